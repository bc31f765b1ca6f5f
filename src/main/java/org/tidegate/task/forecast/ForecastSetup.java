package org.tidegate.task.forecast;

import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.tidegate.data.Series;
import org.tidegate.json.JsonObject;

/**
 * What a forecaster reads and what it forecasts: from the columns up to a moment the targets of the next moments, all at once (direct
 * multi-step forecasting). Immutable: every setter gives a changed copy, in whatever order they are called.
 */
public final class ForecastSetup {
    /** How many moments a forecast reads by default. */
    public static final int WINDOW = 30;
    /** How many moments are forecast by default. */
    public static final int HORIZON = 1;

    private final List<String> columns;
    private final List<String> targets;
    private final int window;
    private final int horizon;
    private final boolean stateful;
    private final boolean residual;
    private final int period;

    private ForecastSetup(List<String> columns, List<String> targets, int window, int horizon, boolean stateful, boolean residual,
            int period) {
        this.columns = columns;
        this.targets = targets;
        this.window = window;
        this.horizon = horizon;
        this.stateful = stateful;
        this.residual = residual;
        this.period = period;
    }

    /**
     * The next value of some columns from some columns, in windows of {@link #WINDOW} moments.
     *
     * @param columns the names of the columns that it reads
     * @param targets the names of the columns that it forecasts
     * @throws IllegalArgumentException if there is none of either, or a name is there twice
     */
    public static ForecastSetup of(List<String> columns, List<String> targets) {
        if (columns.isEmpty() || targets.isEmpty() || hasTwice(columns) || hasTwice(targets)) {
            throw new IllegalArgumentException("the columns " + columns + " and the targets " + targets
                    + " are no forecast; expected at least one of each, none of them twice");
        }
        return new ForecastSetup(List.copyOf(columns), List.copyOf(targets), WINDOW, HORIZON, false, false, 0);
    }

    /** The next value of a column from the column itself: {@link #of(List, List)}. */
    public static ForecastSetup of(String column) {
        return of(List.of(column), List.of(column));
    }

    static ForecastSetup of(JsonObject json) {
        json.only("columns", "targets", "window", "horizon", "stateful", "residual", "period");
        return of(json.strings("columns"), json.strings("targets")).window(json.integer("window")).horizon(json.integer("horizon"))
                .stateful(json.flag("stateful")).residual(json.flag("residual")).period(json.integer("period"));
    }

    /**
     * How many moments a forecast reads, {@link #WINDOW} by default; of a stream, over how many gradients flow back, and how many it reads
     * before it is judged. Not positive is an {@link IllegalArgumentException}.
     */
    public ForecastSetup window(int moments) {
        return new ForecastSetup(columns, targets, atLeast(1, "window", moments), horizon, stateful, residual, period);
    }

    /**
     * How many moments are forecast, {@link #HORIZON} by default; 0 for the targets at the last moment that is read, where they themselves are
     * not read. Negative is an {@link IllegalArgumentException}.
     */
    public ForecastSetup horizon(int moments) {
        return new ForecastSetup(columns, targets, window, atLeast(0, "horizon", moments), stateful, residual, period);
    }

    /** Whether the series is read as one stream, its state carried along, instead of window by window; false by default. */
    public ForecastSetup stateful(boolean value) {
        return new ForecastSetup(columns, targets, window, horizon, value, residual, period);
    }

    /** Whether the network gives the change against the last value instead of the value; false by default. */
    public ForecastSetup residual(boolean value) {
        return new ForecastSetup(columns, targets, window, horizon, stateful, value, period);
    }

    /**
     * The period of the seasonal baseline, 0 for none, the default: 7 for days that follow the week, 365 for the year. Negative is an
     * {@link IllegalArgumentException}.
     */
    public ForecastSetup period(int moments) {
        return new ForecastSetup(columns, targets, window, horizon, stateful, residual, atLeast(0, "period", moments));
    }

    /** The names of the columns that are read. */
    public List<String> columns() {
        return columns;
    }

    /** The names of the columns that are forecast. */
    public List<String> targets() {
        return targets;
    }

    /** How many moments a forecast reads. */
    public int window() {
        return window;
    }

    /** How many moments are forecast; 0 for the targets at the last moment that is read. */
    public int horizon() {
        return horizon;
    }

    /** Whether the series is read as one stream. */
    public boolean stateful() {
        return stateful;
    }

    /** Whether the network gives the change against the last value. */
    public boolean residual() {
        return residual;
    }

    /** The period of the seasonal baseline, 0 for none. */
    public int period() {
        return period;
    }

    /** All names: the columns, then the targets that are not among them. Training and evaluating need these. */
    public List<String> names() {
        Set<String> all = new LinkedHashSet<>(columns);
        all.addAll(targets);
        return List.copyOf(all);
    }

    /** The names that a forecast needs: the columns, and for a change all names. */
    public List<String> needed() {
        return residual ? names() : columns;
    }

    /** How many moments a forecast is of: the horizon, or 1. */
    public int steps() {
        return Math.max(horizon, 1);
    }

    /** How many numbers a forecast has: its steps x its targets, step by step. */
    public int outputs() {
        return steps() * targets.size();
    }

    /**
     * The moment after which the first forecast is judged, if no moment before one counts: the window was read, and each baseline has its
     * value.
     *
     * @param from the first moment that counts
     */
    public int firstJudged(int from) {
        int first = Math.max(Math.max(window - 1, period - offset(0)), horizon == 0 ? 1 : 0);
        return Math.max(first, from - offset(0));
    }

    /**
     * This setup, if its settings go together.
     *
     * @throws IllegalArgumentException if what it forecasts would stand in what it reads
     */
    ForecastSetup checked() {
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

    /** How far after the last moment that was read a step of the forecast is, the step counted from 0. */
    int offset(int step) {
        return horizon == 0 ? 0 : step + 1;
    }

    /** How far after the last moment that was read the forecast ends. */
    int lastOffset() {
        return horizon;
    }

    /** The value of a target that lies before a forecast's step and that persistence repeats. */
    double persistence(Series series, int target, int moment) {
        return series.value(target, horizon == 0 ? moment - 1 : moment);
    }

    /** The value of a target one season, or as many as it takes, before a forecast's step. */
    double seasonal(Series series, int target, int moment, int step) {
        int offset = offset(step);
        int seasons = Math.max(1, (offset + period - 1) / period);
        return series.value(target, moment + offset - seasons * period);
    }

    JsonObject toJson() {
        return JsonObject.builder().put("columns", columns).put("targets", targets).put("window", window).put("horizon", horizon)
                .put("stateful", stateful).put("residual", residual).put("period", period).build();
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

    private static int atLeast(int least, String name, int value) {
        if (value < least) {
            throw new IllegalArgumentException("the " + name + " is " + value + "; expected " + least + " or more");
        }
        return value;
    }

    private static boolean hasTwice(List<String> names) {
        return new HashSet<>(names).size() != names.size();
    }
}
