package org.tidegate.task.forecast;

import java.util.Arrays;

/**
 * How far the truth lay from a forecaster's forecasts on data that it had not learned from: for each number of a forecast the
 * quantiles of truth minus forecast between which a share of them fell. An interval reaches at least to the forecast itself: where a
 * model always errs to the same side, the quantiles alone would leave its own forecast out.
 *
 * @param probability that share, 0.9 for example
 * @param low {@code [steps x targets]} the lower quantiles, 0 or less
 * @param high the upper ones, 0 or more
 */
public record ForecastIntervals(double probability, double[] low, double[] high) {
    /**
     * Takes copies.
     *
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

    /** The intervals of errors {@code [forecasts][outputs]}, truth minus forecast; at least one. */
    static ForecastIntervals of(double[][] errors, double probability) {
        int outputs = errors[0].length;
        double[] low = new double[outputs];
        double[] high = new double[outputs];
        for (int o = 0; o < outputs; o++) {
            int output = o;
            double[] sorted = Arrays.stream(errors).mapToDouble(row -> row[output]).sorted().toArray();
            low[o] = Math.min(0, quantile(sorted, (1 - probability) / 2));
            high[o] = Math.max(0, quantile(sorted, (1 + probability) / 2));
        }
        return new ForecastIntervals(probability, low, high);
    }

    /** {@code [steps x targets]} the lower quantiles, in an array of the caller's own. */
    @Override
    public double[] low() {
        return low.clone();
    }

    /** {@code [steps x targets]} the upper quantiles, in an array of the caller's own. */
    @Override
    public double[] high() {
        return high.clone();
    }

    /** Of how many numbers of a forecast. */
    int outputs() {
        return low.length;
    }

    /** The lower quantile of a number of the forecast. */
    double low(int output) {
        return low[output];
    }

    /** The upper quantile of a number of the forecast. */
    double high(int output) {
        return high[output];
    }

    /** Whether a truth lies in the interval around a forecast. */
    boolean contains(int output, double forecast, double truth) {
        return truth >= forecast + low[output] && truth <= forecast + high[output];
    }

    /** The quantile with linear interpolation (number 7 of Hyndman and Fan 1996). */
    private static double quantile(double[] sorted, double share) {
        double at = share * (sorted.length - 1);
        int below = (int) Math.floor(at);
        int above = Math.min(below + 1, sorted.length - 1);
        return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
    }
}
