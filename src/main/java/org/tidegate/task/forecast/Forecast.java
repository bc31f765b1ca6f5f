package org.tidegate.task.forecast;

import java.util.Optional;
import org.tidegate.data.TimeAxis;

/**
 * A forecast in the targets' own units.
 *
 * <p>Its prediction intervals, from {@link #low} to {@link #high}, are those that were found on held-out data, the same around every
 * forecast ({@code intervals}), or of a forecaster that was trained for {@code quantiles} the outermost of these.
 *
 * @param values {@code [steps x targets]}, step by step
 * @param targets the number of targets
 * @param intervals prediction intervals of the values from held-out data, if the forecaster has them
 * @param quantiles the quantiles, if the forecaster was trained for them; the values are those of the level nearest 0.5
 * @param times the times of the steps, if the series had times
 */
public record Forecast(double[] values, int targets, Optional<ForecastIntervals> intervals, Optional<ForecastQuantiles> quantiles,
        Optional<TimeAxis> times) {
    /**
     * Takes a copy of the values.
     *
     * @param values {@code [steps x targets]}, step by step
     * @param targets the number of targets
     * @param intervals prediction intervals of the values from held-out data, if the forecaster has them
     * @param quantiles the quantiles, if the forecaster was trained for them; the values are those of the level nearest 0.5
     * @param times the times of the steps, if the series had times
     */
    public Forecast {
        values = values.clone();
    }

    /** {@return the values {@code [steps x targets]}, step by step, in an array of the caller's own} */
    @Override
    public double[] values() {
        return values.clone();
    }

    /** A copy with times. */
    Forecast at(Optional<TimeAxis> axis) {
        return new Forecast(values, targets, intervals, quantiles, axis);
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

    /** {@return the share of truths that the intervals shall hold, NaN if there are none} */
    public double probability() {
        double learned = quantiles.map(ForecastQuantiles::probability).orElse(0.0);
        return learned > 0 ? learned : intervals.map(ForecastIntervals::probability).orElse(Double.NaN);
    }

    /**
     * {@return the lower end of a value's interval, NaN if there is none}
     *
     * @param step the step, from 0 on
     * @param target the target's position, from 0 on
     */
    public double low(int step, int target) {
        return Double.isNaN(probability()) ? Double.NaN : quantiles.isPresent() ? quantile(0, step, target)
                : value(step, target) + intervals.get().low(step * targets + target);
    }

    /**
     * {@return the upper end of a value's interval, NaN if there is none}
     *
     * @param step the step, from 0 on
     * @param target the target's position, from 0 on
     */
    public double high(int step, int target) {
        return Double.isNaN(probability()) ? Double.NaN
                : quantiles.isPresent() ? quantile(quantiles.get().levels().size() - 1, step, target)
                : value(step, target) + intervals.get().high(step * targets + target);
    }

    /**
     * {@return a quantile of what may come}
     *
     * @param level the position of the level in {@link ForecastQuantiles#levels}, from 0 on
     * @param step the step, from 0 on
     * @param target the target's position, from 0 on
     * @throws java.util.NoSuchElementException if the forecaster was not trained for quantiles
     */
    public double quantile(int level, int step, int target) {
        return quantiles.orElseThrow().value(level, step * targets + target);
    }

    /** Whether a truth lies in the interval; never where there is none. */
    boolean contains(int step, int target, double truth) {
        return truth >= low(step, target) && truth <= high(step, target);
    }
}
