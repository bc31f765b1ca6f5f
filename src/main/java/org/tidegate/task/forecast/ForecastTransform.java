package org.tidegate.task.forecast;

import java.util.Locale;

/**
 * What is done to a target before a network reads and learns it, and undone in what it answers: the logarithm, then the difference to the
 * value before, the difference to the value a period before, or both.
 */
public enum ForecastTransform {
    /** The values as they are. */
    NONE(false, false, false),
    /** The logarithm, of positive values alone. */
    LOG(true, false, false),
    /** The change from the value before. */
    DIFFERENCE(false, true, false),
    /** The relative change from the value before. */
    LOG_DIFFERENCE(true, true, false),
    /** The change from the value a {@link ForecastSetup#period} before. */
    SEASONAL(false, false, true),
    /** The relative change from the value a period before. */
    LOG_SEASONAL(true, false, true),
    /** The change of the change from the value a period before. */
    DIFFERENCE_SEASONAL(false, true, true),
    /** The same of logarithms. */
    LOG_DIFFERENCE_SEASONAL(true, true, true);

    private final boolean log;
    private final boolean difference;
    private final boolean seasonal;

    ForecastTransform(boolean log, boolean difference, boolean seasonal) {
        this.log = log;
        this.difference = difference;
        this.seasonal = seasonal;
    }

    /** The one that does these. */
    static ForecastTransform of(boolean log, boolean difference, boolean seasonal) {
        for (ForecastTransform each : values()) {
            if (each.log == log && each.difference == difference && each.seasonal == seasonal) {
                return each;
            }
        }
        throw new AssertionError();
    }

    /** {@return whether the logarithm is taken} */
    public boolean log() {
        return log;
    }

    /** {@return whether the difference to the value before is taken} */
    public boolean difference() {
        return difference;
    }

    /** {@return whether the difference to the value a period before is taken} */
    public boolean seasonal() {
        return seasonal;
    }

    /** {@return whether values before the last one are needed} */
    public boolean differences() {
        return difference || seasonal;
    }

    /**
     * {@return how many values before the last one are needed}
     *
     * @param period the length of a season
     */
    public int history(int period) {
        return (difference ? 1 : 0) + (seasonal ? period : 0);
    }

    /** The value or its logarithm. */
    double level(double value) {
        if (log && !(value > 0)) {
            throw new IllegalArgumentException("a target has the value " + value + ", and its logarithm is forecast; expected more than 0."
                    + " Train with another transform: none, or difference");
        }
        return log ? Math.log(value) : value;
    }

    /** The value of a level. */
    double value(double level) {
        return log ? Math.exp(level) : level;
    }

    /** The transformed value at a moment with {@link #history} before it. */
    double at(Column column, int moment, int period) {
        double change = change(column, moment);
        return seasonal ? change - change(column, moment - period) : change;
    }

    private double change(Column column, int moment) {
        double level = level(column.value(moment));
        return difference ? level - level(column.value(moment - 1)) : level;
    }

    /**
     * The level some moments after a moment if all differences were 0 from there on: what the network's outputs are added to.
     *
     * @param ahead 1 or more; anything where there are no differences
     */
    double base(Column column, int moment, int ahead, int period) {
        if (!differences()) {
            return 0;
        }
        double last = level(column.value(moment));
        if (!seasonal) {
            return last;
        }
        int seasons = (ahead + period - 1) / period;
        double before = level(column.value(moment + ahead - seasons * period));
        return difference ? before + seasons * (last - level(column.value(moment - period))) : before;
    }

    /** {@return the name as options have it: {@code log+difference}} */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '+');
    }

    /**
     * {@return the transform of a name: {@code none}, {@code log}, {@code difference}, {@code seasonal}, or several joined by +}
     *
     * @param name as {@link #toString}
     * @throws IllegalArgumentException if there is none of this name
     */
    public static ForecastTransform named(String name) {
        for (ForecastTransform transform : values()) {
            if (transform.toString().equals(name.strip().toLowerCase(Locale.ROOT))) {
                return transform;
            }
        }
        throw new IllegalArgumentException("no transform \"" + name + "\"; expected none, log, difference, seasonal, or several in this"
                + " order, joined by +: log+difference");
    }

    /** The values of a column. */
    @FunctionalInterface
    interface Column {
        /** The value at a moment. */
        double value(int moment);
    }
}
