package org.tidegate.task.forecast;

import java.util.Optional;

/**
 * What comes next, in the targets' own units.
 *
 * @param values {@code [steps x targets]}, step by step
 * @param targets how many targets there are
 * @param intervals around the values, if the forecaster has them
 */
public record Forecast(double[] values, int targets, Optional<ForecastIntervals> intervals) {
    /** Takes a copy of the values. */
    public Forecast {
        values = values.clone();
    }

    /** {@code [steps x targets]}, step by step, in an array of the caller's own. */
    @Override
    public double[] values() {
        return values.clone();
    }

    /** How many moments are forecast. */
    public int steps() {
        return values.length / targets;
    }

    /** The value of a target at a step, both from 0 on. */
    public double value(int step, int target) {
        return values[step * targets + target];
    }

    /** The lower end of a value's interval, NaN if there is none. */
    public double low(int step, int target) {
        return intervals.isEmpty() ? Double.NaN : value(step, target) + intervals.get().low(step * targets + target);
    }

    /** The upper end of a value's interval, NaN if there is none. */
    public double high(int step, int target) {
        return intervals.isEmpty() ? Double.NaN : value(step, target) + intervals.get().high(step * targets + target);
    }
}
