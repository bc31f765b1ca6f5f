package org.tidegate.task.forecast;

import java.util.Optional;

/**
 * A forecast in the targets' own units.
 *
 * @param values {@code [steps x targets]}, step by step
 * @param targets the number of targets
 * @param intervals prediction intervals of the values, if the forecaster has them
 */
public record Forecast(double[] values, int targets, Optional<ForecastIntervals> intervals) {
    /**
     * Takes a copy of the values.
     *
     * @param values {@code [steps x targets]}, step by step
     * @param targets the number of targets
     * @param intervals prediction intervals of the values, if the forecaster has them
     */
    public Forecast {
        values = values.clone();
    }

    /** {@return the values {@code [steps x targets]}, step by step, in an array of the caller's own} */
    @Override
    public double[] values() {
        return values.clone();
    }

    /** {@return the number of forecast moments} */
    public int steps() {
        return values.length / targets;
    }

    /**
     * {@return a forecast value}
     *
     * @param step the step, from 0 on
     * @param target the target's position, from 0 on
     */
    public double value(int step, int target) {
        return values[step * targets + target];
    }

    /**
     * {@return the lower end of a value's interval, NaN if there is none}
     *
     * @param step the step, from 0 on
     * @param target the target's position, from 0 on
     */
    public double low(int step, int target) {
        return intervals.isEmpty() ? Double.NaN : value(step, target) + intervals.get().low(step * targets + target);
    }

    /**
     * {@return the upper end of a value's interval, NaN if there is none}
     *
     * @param step the step, from 0 on
     * @param target the target's position, from 0 on
     */
    public double high(int step, int target) {
        return intervals.isEmpty() ? Double.NaN : value(step, target) + intervals.get().high(step * targets + target);
    }
}
