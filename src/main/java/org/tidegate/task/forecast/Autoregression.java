package org.tidegate.task.forecast;

import java.util.stream.IntStream;

/**
 * A linear function of the last values of a column that a truth is near, by least squares: the mean of those of 0, 1, 2, … values, weighted
 * by how well the corrected criterion of Akaike finds them (Burnham and Anderson 2002).
 *
 * @param weights of the last values, the newest first, and behind them the constant
 * @param criterion the least of the criteria, for the rows that were asked for; NaN where there were too few
 */
record Autoregression(double[] weights, double criterion) {
    /** Greater than this the common rows of all numbers of values do, which takes one pass. */
    private static final int FEW = 2000;
    private static final double LEAST_SHARE = 1e-3;
    private static final double LEAST_ERROR = 1e-30;

    /**
     * @param values the column, of which the first ones may be unknown
     * @param truths for each moment what is to be found after it, or NaN
     * @param known the first moment with a value
     * @param from the first moment that the criterion counts
     * @param most the most values that are read
     */
    static Autoregression of(double[] values, double[] truths, int known, int from, int most) {
        LeastSquares common = values.length > FEW ? rows(values, truths, known + most, most) : null;
        double[] criteria = new double[most + 1];
        double least = Double.POSITIVE_INFINITY;
        for (int lags = 0; lags <= most; lags++) {
            LeastSquares squares = common != null ? common : rows(values, truths, Math.max(from, known + lags - 1), lags);
            criteria[lags] = criterion(squares, lags);
            least = Math.min(least, criteria[lags]);
        }
        double[] weights = new double[most + 1];
        double shares = 0;
        for (int lags = 0; lags <= most; lags++) {
            double share = Math.exp((least - criteria[lags]) * truths.length / 2);
            if (lags == 0 && least == Double.POSITIVE_INFINITY) {
                share = 1;
            }
            if (!(share > LEAST_SHARE)) {
                continue;
            }
            shares += share;
            LeastSquares squares = common != null ? common : rows(values, truths, known + lags - 1, lags);
            double[] one = squares.weights(IntStream.range(0, lags).toArray());
            for (int lag = 0; lag < lags; lag++) {
                weights[lag] += share * one[lag];
            }
            weights[most] += share * one[lags];
        }
        for (int i = 0; i <= most; i++) {
            weights[i] /= shares;
        }
        return new Autoregression(weights, Double.isFinite(least) ? least : Double.NaN);
    }

    /** What is found after a moment. */
    double value(double[] values, int moment) {
        double sum = weights[weights.length - 1];
        for (int lag = 0; lag < weights.length - 1; lag++) {
            sum += weights[lag] == 0 ? 0 : weights[lag] * values[moment - lag];
        }
        return sum;
    }

    /** For each row. */
    private static double criterion(LeastSquares squares, int lags) {
        int rows = squares.rows();
        int parameters = lags + 2;
        if (rows - parameters < 3) {
            return Double.POSITIVE_INFINITY;
        }
        int[] chosen = IntStream.range(0, lags).toArray();
        double error = Math.max(LEAST_ERROR, squares.error(squares.weights(chosen), chosen));
        return Math.log(error) + 2.0 * parameters * rows / (rows - parameters - 1) / rows;
    }

    private static LeastSquares rows(double[] values, double[] truths, int from, int lags) {
        LeastSquares squares = new LeastSquares(lags);
        double[] row = new double[lags + 1];
        for (int t = Math.max(0, from); t < truths.length; t++) {
            if (Double.isNaN(truths[t])) {
                continue;
            }
            for (int lag = 0; lag < lags; lag++) {
                row[lag] = values[t - lag];
            }
            row[lags] = truths[t];
            squares.add(row);
        }
        return squares;
    }
}
