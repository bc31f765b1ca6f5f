package org.tidegate.task.forecast;

import java.util.Arrays;

/**
 * The prediction intervals of a forecaster, from its errors on held-out data: for each number of a forecast the quantiles of truth minus
 * forecast. An interval contains at least the forecast itself, also where a model is biased to one side.
 *
 * @param probability the share of truths within the intervals, 0.9 for example
 * @param low {@code [steps x targets]} the lower quantiles, 0 or less
 * @param high {@code [steps x targets]} the upper quantiles, 0 or more
 */
public record ForecastIntervals(double probability, double[] low, double[] high) {
    /**
     * Takes copies.
     *
     * @param probability the share of truths within the intervals, 0.9 for example
     * @param low {@code [steps x targets]} the lower quantiles, 0 or less
     * @param high {@code [steps x targets]} the upper quantiles, 0 or more
     * @throws IllegalArgumentException if the probability is not between 0 and 1, the lengths differ, or a quantile has the wrong sign
     */
    public ForecastIntervals {
        if (!(probability > 0 && probability < 1) || low.length != high.length) {
            throw new IllegalArgumentException("intervals of probability " + probability + " with " + low.length + " lower and "
                    + high.length + " upper ends; expected a probability between 0 and 1 and as many of each");
        }
        if (!Arrays.stream(low).allMatch(end -> end <= 0) || !Arrays.stream(high).allMatch(end -> end >= 0)) {
            throw new IllegalArgumentException("intervals from " + Arrays.toString(low) + " to " + Arrays.toString(high)
                    + "; expected 0 or less, and 0 or more");
        }
        low = low.clone();
        high = high.clone();
    }

    /** The intervals of errors {@code [forecasts][outputs]}, truth minus forecast, or NaN; at least one number of each output. */
    static ForecastIntervals of(double[][] errors, double probability) {
        int outputs = errors[0].length;
        double[] low = new double[outputs];
        double[] high = new double[outputs];
        for (int o = 0; o < outputs; o++) {
            int output = o;
            double[] sorted = Arrays.stream(errors).mapToDouble(row -> row[output])
                    .filter(error -> !Double.isNaN(error)).sorted().toArray();
            low[o] = Math.min(0, quantile(sorted, (1 - probability) / 2));
            high[o] = Math.max(0, quantile(sorted, (1 + probability) / 2));
        }
        return new ForecastIntervals(probability, low, high);
    }

    /** {@return the lower quantiles {@code [steps x targets]}, in an array of the caller's own} */
    @Override
    public double[] low() {
        return low.clone();
    }

    /** {@return the upper quantiles {@code [steps x targets]}, in an array of the caller's own} */
    @Override
    public double[] high() {
        return high.clone();
    }

    /** The number of outputs of a forecast. */
    int outputs() {
        return low.length;
    }

    /** The lower quantile of an output. */
    double low(int output) {
        return low[output];
    }

    /** The upper quantile of an output. */
    double high(int output) {
        return high[output];
    }

    /** The quantile with linear interpolation (number 7 of Hyndman and Fan 1996). */
    private static double quantile(double[] sorted, double share) {
        double at = share * (sorted.length - 1);
        int below = (int) Math.floor(at);
        int above = Math.min(below + 1, sorted.length - 1);
        return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
    }
}
