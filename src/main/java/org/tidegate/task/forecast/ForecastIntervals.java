package org.tidegate.task.forecast;

import java.util.Arrays;

/**
 * The prediction intervals of a forecaster, from its errors on held-out data: the ends of truth minus forecast for each number of a
 * forecast. An interval contains at least the forecast itself, also where a model is biased to one side.
 *
 * <p>They are those of split conformal prediction (Vovk, Gammerman and Shafer 2005): of n errors the one of rank (n + 1) p by size, so that
 * also few errors hold what they say. Where errors follow one another, as those of several steps do, fewer count than there are.
 * Where that rank is beyond all errors, the ends are those of normal errors, by Student's t.
 *
 * @param probability the share of truths within the intervals, 0.9 for example
 * @param errors how many errors each number has had at least, 0 if it is not known
 * @param low {@code [steps x targets]} the lower ends, 0 or less
 * @param high {@code [steps x targets]} the upper ends, 0 or more
 * @param relative whether the ends of targets whose logarithm is learned are parts of the forecast, which grow as it does; those of a
 *     {@link Forecast} never are
 */
public record ForecastIntervals(double probability, int errors, double[] low, double[] high, boolean relative) {
    /** Errors beyond each end from which on each end has its own, as errors may be skewed. */
    private static final int MANY = 5;
    /** Errors of fewer seasons count half: what is wrong with one season is wrong with all of them. */
    private static final int SEASONS = 2;
    /** Below so many independent errors an interval is at least that of normal errors. */
    private static final int FEW = 20;
    private static final double ROUNDING = 1e-9;

    /**
     * Takes copies.
     *
     * @param probability the share of truths within the intervals, 0.9 for example
     * @param errors how many errors each number has had at least, 0 if it is not known
     * @param low {@code [steps x targets]} the lower ends, 0 or less
     * @param high {@code [steps x targets]} the upper ends, 0 or more
     * @param relative whether the ends of targets whose logarithm is learned are parts of the forecast
     * @throws IllegalArgumentException if the probability is not between 0 and 1, the number of errors is negative, the lengths differ, or
     *     an end has the wrong sign
     */
    public ForecastIntervals {
        if (!(probability > 0 && probability < 1) || errors < 0 || low.length != high.length) {
            throw new IllegalArgumentException("intervals of probability " + probability + " from " + errors + " errors with " + low.length
                    + " lower and " + high.length + " upper ends; expected a probability between 0 and 1 and as many of each");
        }
        if (!Arrays.stream(low).allMatch(end -> end <= 0) || !Arrays.stream(high).allMatch(end -> end >= 0)) {
            throw new IllegalArgumentException("intervals from " + Arrays.toString(low) + " to " + Arrays.toString(high)
                    + "; expected 0 or less, and 0 or more");
        }
        low = low.clone();
        high = high.clone();
    }

    /**
     * Takes copies, of ends in the targets' units.
     *
     * @param probability the share of truths within the intervals, 0.9 for example
     * @param errors how many errors each number has had at least, 0 if it is not known
     * @param low {@code [steps x targets]} the lower ends, 0 or less
     * @param high {@code [steps x targets]} the upper ends, 0 or more
     * @throws IllegalArgumentException if the probability is not between 0 and 1, the number of errors is negative, the lengths differ, or
     *     an end has the wrong sign
     */
    public ForecastIntervals(double probability, int errors, double[] low, double[] high) {
        this(probability, errors, low, high, false);
    }

    /**
     * The intervals of errors {@code [forecasts][outputs]}, truth minus forecast, or NaN; at least one number of each output. Relative ones
     * where the errors are ({@link ForecasterReading#errors}).
     *
     * @param period the length of a season, 0 for none: errors of less than two seasons count half
     */
    static ForecastIntervals of(double[][] errors, double probability, int period) {
        int outputs = errors[0].length;
        double[] low = new double[outputs];
        double[] high = new double[outputs];
        int least = Integer.MAX_VALUE;
        for (int o = 0; o < outputs; o++) {
            int output = o;
            double[] own = Arrays.stream(errors).mapToDouble(row -> row[output]).filter(error -> !Double.isNaN(error)).toArray();
            least = Math.min(least, own.length);
            double count = independent(own, period);
            double[] sorted = Arrays.stream(own).sorted().toArray();
            if (count * (1 - probability) / 2 >= MANY) {
                double end = level(count, (1 + probability) / 2);
                high[o] = Math.max(0, ranked(sorted, end));
                low[o] = Math.min(0, -ranked(Arrays.stream(own).map(error -> -error).sorted().toArray(), end));
            } else {
                high[o] = end(own, count, probability);
                low[o] = -high[o];
            }
        }
        return new ForecastIntervals(probability, least, low, high, true);
    }

    /** The end of an interval to both sides. */
    private static double end(double[] errors, double count, double probability) {
        double[] sizes = Arrays.stream(errors).map(Math::abs).sorted().toArray();
        double level = level(count, probability);
        double found = ranked(sizes, level);
        if (level <= 1 && count >= FEW) {
            return found;
        }
        double squares = Arrays.stream(errors).map(error -> error * error).average().orElseThrow();
        return Math.max(found, Math.sqrt(squares * (1 + 1 / count)) * StudentT.quantile((1 + probability) / 2, count));
    }

    /** The share of errors that an end has to lie above, so that the next one lies below it with a probability; above 1 of too few. */
    private static double level(double count, double probability) {
        return (count + 1) * probability / count;
    }

    /** The error of a rank, between two of them in proportion. */
    private static double ranked(double[] sorted, double share) {
        double rank = Math.min(Math.max(share * sorted.length, 1), sorted.length) - 1;
        int below = (int) Math.floor(rank + ROUNDING);
        int above = Math.min(below + 1, sorted.length - 1);
        return sorted[below] + Math.max(0, rank - below) * (sorted[above] - sorted[below]);
    }

    /** How many independent errors tell as much of their size, where each goes on from the one before it as in an AR(1) process. */
    private static double independent(double[] errors, int period) {
        double squares = 0;
        double products = 0;
        for (int i = 0; i < errors.length; i++) {
            squares += errors[i] * errors[i];
            products += i == 0 ? 0 : errors[i] * errors[i - 1];
        }
        double correlation = squares > 0 ? Math.max(0, products / squares) : 0;
        double alike = correlation * correlation;
        double count = errors.length < SEASONS * (long) period ? errors.length / 2.0 : errors.length;
        return Math.max(1, count * (1 - alike) / (1 + alike));
    }

    /** {@return the lower ends {@code [steps x targets]}, in an array of the caller's own} */
    @Override
    public double[] low() {
        return low.clone();
    }

    /** {@return the upper ends {@code [steps x targets]}, in an array of the caller's own} */
    @Override
    public double[] high() {
        return high.clone();
    }

    /** The number of outputs of a forecast. */
    int outputs() {
        return low.length;
    }

    /** The lower end of an output. */
    double low(int output) {
        return low[output];
    }

    /** The upper end of an output. */
    double high(int output) {
        return high[output];
    }

    /** These, but no end nearer to the forecast than another's. */
    ForecastIntervals atLeast(ForecastIntervals other) {
        double[] lower = low.clone();
        double[] upper = high.clone();
        Arrays.setAll(lower, output -> Math.min(low[output], other.low[output]));
        Arrays.setAll(upper, output -> Math.max(high[output], other.high[output]));
        return new ForecastIntervals(probability, errors, lower, upper, relative);
    }

    /** These of a forecast, in the targets' units: relative ends are multiplied by the sizes of what they are parts of, 1 for others. */
    ForecastIntervals times(double[] sizes) {
        double[] lower = low.clone();
        double[] upper = high.clone();
        Arrays.setAll(lower, output -> low[output] * sizes[output]);
        Arrays.setAll(upper, output -> high[output] * sizes[output]);
        return new ForecastIntervals(probability, errors, lower, upper);
    }
}
