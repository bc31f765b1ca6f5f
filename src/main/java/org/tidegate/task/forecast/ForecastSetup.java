package org.tidegate.task.forecast;

import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.tidegate.data.Missing;
import org.tidegate.data.Series;
import org.tidegate.json.JsonObject;

/**
 * The columns and targets of a forecaster: it forecasts the targets of the next moments from the columns up to a moment, all steps at once
 * (direct multi-step forecasting). Immutable: every setter returns a changed copy, in any order.
 */
public final class ForecastSetup {
    /** The number of moments of a window by default. */
    public static final int WINDOW = 30;
    /** The number of forecast moments by default. */
    public static final int HORIZON = 1;
    private static final int MOST_WINDOW = 1 << 20;
    private static final int MOST_HORIZON = 1 << 16;
    private static final int MOST_PERIOD = 1 << 30;
    private static final int MOST_OUTPUTS = 1 << 24;

    private final List<String> columns;
    private final List<String> targets;
    private final int window;
    private final int horizon;
    private final boolean stateful;
    private final boolean residual;
    private final int period;
    private final Missing missing;

    private ForecastSetup(List<String> columns, List<String> targets, int window, int horizon, boolean stateful, boolean residual,
            int period, Missing missing) {
        this.columns = columns;
        this.targets = targets;
        this.window = window;
        this.horizon = horizon;
        this.stateful = stateful;
        this.residual = residual;
        this.period = period;
        this.missing = missing;
    }

    /**
     * {@return a setup that forecasts the next value of the targets from windows of {@link #WINDOW} moments}
     *
     * @param columns the names of the columns that are read
     * @param targets the names of the columns that are forecast
     * @throws IllegalArgumentException if there is none of either, or a name occurs twice
     */
    public static ForecastSetup of(List<String> columns, List<String> targets) {
        if (columns.isEmpty() || targets.isEmpty() || hasTwice(columns) || hasTwice(targets)) {
            throw new IllegalArgumentException("the columns " + columns + " and the targets " + targets
                    + " are no forecast; expected at least one of each, none of them twice");
        }
        return new ForecastSetup(List.copyOf(columns), List.copyOf(targets), WINDOW, HORIZON, false, false, 0,
                Missing.REFUSE);
    }

    /**
     * {@return a setup that forecasts the next value of a column from the column itself, as {@link #of(List, List)}}
     *
     * @param column its name
     */
    public static ForecastSetup of(String column) {
        return of(List.of(column), List.of(column));
    }

    static ForecastSetup of(JsonObject json) {
        json.only("columns", "targets", "window", "horizon", "stateful", "residual", "period", "missing");
        return of(json.strings("columns"), json.strings("targets")).window(json.integer("window")).horizon(json.integer("horizon"))
                .stateful(json.flag("stateful")).residual(json.flag("residual")).period(json.integer("period"))
                .missing(json.has("missing") ? json.constant("missing", Missing.class) : Missing.REFUSE);
    }

    /**
     * Sets the number of moments of a window, {@link #WINDOW} by default. For a stream it is the length of truncated backpropagation
     * through time, and of the warm-up before an evaluation.
     *
     * @param moments the number
     * @return a changed copy
     * @throws IllegalArgumentException if it is not positive, or more than 2^20
     */
    public ForecastSetup window(int moments) {
        return new ForecastSetup(columns, targets, within(1, MOST_WINDOW, "window", moments), horizon, stateful, residual, period, missing);
    }

    /**
     * Sets the number of forecast moments, {@link #HORIZON} by default.
     *
     * @param moments the number; 0 forecasts the targets at the last moment that is read, where they themselves are not read
     * @return a changed copy
     * @throws IllegalArgumentException if it is negative, or more than 2^16
     */
    public ForecastSetup horizon(int moments) {
        return new ForecastSetup(columns, targets, window, within(0, MOST_HORIZON, "horizon", moments), stateful, residual, period,
                missing);
    }

    /**
     * Sets whether the series is read as one stream with its state carried along, instead of in windows; false by default.
     *
     * @param value whether it is
     * @return a changed copy
     */
    public ForecastSetup stateful(boolean value) {
        return new ForecastSetup(columns, targets, window, horizon, value, residual, period, missing);
    }

    /**
     * Sets whether the network's outputs are changes from the last value instead of values; false by default.
     *
     * @param value whether they are
     * @return a changed copy
     */
    public ForecastSetup residual(boolean value) {
        return new ForecastSetup(columns, targets, window, horizon, stateful, value, period, missing);
    }

    /**
     * Sets the period of the seasonal baseline: 7 for the week of daily values, 365 for the year.
     *
     * @param moments the number of moments, 0 (the default) for none
     * @return a changed copy
     * @throws IllegalArgumentException if it is negative, or more than 2^30
     */
    public ForecastSetup period(int moments) {
        return new ForecastSetup(columns, targets, window, horizon, stateful, residual, within(0, MOST_PERIOD, "period", moments),
                missing);
    }

    /**
     * Sets what was done about missing values of the training series, so that who answers does the same: {@link Missing#REFUSE} by default.
     *
     * @param value what is done; the columns of {@link Missing#MASK} are named among the setup's
     * @return a changed copy
     */
    public ForecastSetup missing(Missing value) {
        return new ForecastSetup(columns, targets, window, horizon, stateful, residual, period, Objects.requireNonNull(value, "missing"));
    }

    /** {@return what is done about missing values} */
    public Missing missing() {
        return missing;
    }

    /** {@return the names of the columns that are read} */
    public List<String> columns() {
        return columns;
    }

    /** {@return the names of the columns that are forecast} */
    public List<String> targets() {
        return targets;
    }

    /** {@return the number of moments of a window} */
    public int window() {
        return window;
    }

    /** {@return the number of forecast moments; 0 for the targets at the last moment that is read} */
    public int horizon() {
        return horizon;
    }

    /** {@return whether the series is read as one stream} */
    public boolean stateful() {
        return stateful;
    }

    /** {@return whether the network's outputs are changes from the last value} */
    public boolean residual() {
        return residual;
    }

    /** {@return the period of the seasonal baseline, 0 for none} */
    public int period() {
        return period;
    }

    /** {@return all names, the columns and then the targets that are not among them} Training and evaluation need these. */
    public List<String> names() {
        Set<String> all = new LinkedHashSet<>(columns);
        all.addAll(targets);
        return List.copyOf(all);
    }

    /** {@return the names that a forecast needs: the columns, and for changes all names} */
    public List<String> needed() {
        return residual ? names() : columns;
    }

    /** {@return the number of steps of a forecast: the horizon, or 1} */
    public int steps() {
        return Math.max(horizon, 1);
    }

    /** {@return the number of outputs of a forecast: steps x targets, step by step} */
    public int outputs() {
        return steps() * targets.size();
    }

    /**
     * {@return the last moment that the first evaluated forecast reads: from there on the window is full, and each baseline has its value}
     *
     * @param from the first evaluated moment
     */
    public int firstJudged(int from) {
        int first = Math.max(Math.max(window - 1, period - offset(0)), horizon == 0 ? 1 : 0);
        return Math.max(first, from - offset(0));
    }

    /**
     * This setup, if its settings are consistent.
     *
     * @throws IllegalArgumentException if what it forecasts is among what it reads, or is absurdly much
     */
    ForecastSetup checked() {
        if ((long) steps() * targets.size() > MOST_OUTPUTS) {
            throw new IllegalArgumentException("a horizon of " + horizon + " moments of " + targets.size() + " targets; expected at most "
                    + MOST_OUTPUTS + " numbers of a forecast");
        }
        if (horizon == 0 && targets.stream().anyMatch(columns::contains)) {
            throw new IllegalArgumentException("with a horizon of 0 the targets are forecast at the moment that is read, so " + targets
                    + " must not be among the columns " + columns + "; give other columns, or a horizon of 1");
        }
        if (horizon == 0 && residual) {
            throw new IllegalArgumentException("with a horizon of 0 the target's last value is not known, so there is no change against"
                    + " it; leave residual out, or give a horizon of 1");
        }
        return this;
    }

    /** The distance of a step, from 0 on, from the last moment that was read. */
    int offset(int step) {
        return horizon == 0 ? 0 : step + 1;
    }

    /** The distance of the last step from the last moment that was read. */
    int lastOffset() {
        return horizon;
    }

    /** The value of a target that the persistence baseline repeats. */
    double persistence(Series series, int target, int moment) {
        return series.value(target, horizon == 0 ? moment - 1 : moment);
    }

    /** The value of a target one season, or the fewest that suffice, before a forecast's step. */
    double seasonal(Series series, int target, int moment, int step) {
        int offset = offset(step);
        int seasons = Math.max(1, (offset + period - 1) / period);
        return series.value(target, moment + offset - seasons * period);
    }

    JsonObject toJson() {
        var json = JsonObject.builder().put("columns", columns).put("targets", targets).put("window", window).put("horizon", horizon)
                .put("stateful", stateful).put("residual", residual).put("period", period);
        return missing == Missing.REFUSE ? json.build() : json.put("missing", missing).build();
    }

    /** Whether the other has the same settings. */
    @Override
    public boolean equals(Object other) {
        return other instanceof ForecastSetup that && toJson().equals(that.toJson());
    }

    @Override
    public int hashCode() {
        return toJson().hashCode();
    }

    /** The settings as JSON. */
    @Override
    public String toString() {
        return toJson().toString();
    }

    private static int within(int least, int greatest, String name, int value) {
        if (value < least || value > greatest) {
            throw new IllegalArgumentException("the " + name + " is " + value + "; expected "
                    + (value < least ? least + " or more" : greatest + " at most"));
        }
        return value;
    }

    private static boolean hasTwice(List<String> names) {
        return new HashSet<>(names).size() != names.size();
    }
}
