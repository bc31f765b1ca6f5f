package org.tidegate.task;

import java.util.HashSet;
import java.util.List;
import org.tidegate.data.Series;

/**
 * What a forecaster reads and what it says. From the columns up to a moment it forecasts the targets of the next moments, all at once
 * (direct multi-step forecasting).
 *
 * @param columns the names of the columns that it reads
 * @param targets the names of the columns that it forecasts
 * @param window how many moments a forecast reads; of a stateful forecaster, how many it is let read before it is judged
 * @param horizon M, how many moments it forecasts; 0 for the targets at the last moment that it read, of which it does not read the
 *     targets
 * @param stateful whether it reads the series as one stream, its state carried along, instead of window by window
 * @param residual whether the network says the change against the last value instead of the value
 * @param period of the seasonal baseline, 0 for none: 7 for days that follow the week, 365 for the year
 */
public record ForecastSetup(List<String> columns, List<String> targets, int window, int horizon, boolean stateful, boolean residual,
        int period) {

    /**
     * Takes copies.
     *
     * @throws IllegalArgumentException if a size is out of range, a name is there twice, or what it says would stand in what it reads
     */
    public ForecastSetup {
        columns = List.copyOf(columns);
        targets = List.copyOf(targets);
        if (columns.isEmpty() || targets.isEmpty() || hasTwice(columns) || hasTwice(targets)) {
            throw new IllegalArgumentException("the columns " + columns + " and the targets " + targets
                + " are no forecast; expected at least one of each, none of them twice");
        }
        if (window < 1 || horizon < 0 || period < 0) {
            throw new IllegalArgumentException("window " + window + ", horizon " + horizon + ", period " + period
                + "; expected a window of 1 or more, a horizon and a period of 0 or more");
        }
        if (horizon == 0 && targets.stream().anyMatch(columns::contains)) {
            throw new IllegalArgumentException("with a horizon of 0 the targets are said at the moment that is read, so " + targets
                + " must not be among the columns " + columns + "; give other columns, or a horizon of 1");
        }
        if (horizon == 0 && residual) {
            throw new IllegalArgumentException("with a horizon of 0 the target's last value is not known, so there is no change against"
                + " it; leave residual out, or give a horizon of 1");
        }
    }

    /** How many moments a forecast is of: the horizon, or 1. */
    public int steps() {
        return Math.max(horizon, 1);
    }

    /** How many numbers a forecast has: its steps x its targets, step by step. */
    public int outputs() {
        return steps() * targets.size();
    }

    /** How far after the last moment that was read a step of the forecast is, the step counted from 0. */
    int offset(int step) {
        return horizon == 0 ? 0 : step + 1;
    }

    /** How far after the last moment that was read the forecast ends. */
    int lastOffset() {
        return horizon;
    }

    /** The first moment after which a forecast is judged: the window was read, and each baseline has its value. */
    int firstJudged() {
        return Math.max(Math.max(window - 1, period - (horizon == 0 ? 0 : 1)), horizon == 0 ? 1 : 0);
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

    private static boolean hasTwice(List<String> names) {
        return new HashSet<>(names).size() != names.size();
    }
}
