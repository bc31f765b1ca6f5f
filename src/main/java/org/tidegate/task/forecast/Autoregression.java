package org.tidegate.task.forecast;

import java.util.stream.IntStream;

/**
 * A linear function of the last values of a column that a truth is near, by least squares: the mean of those of 0, 1, 2, … values, weighted
 * by how well the corrected criterion of Akaike finds them (Burnham and Anderson 2002), of which half counts: the criterion itself is
 * uncertain where values are few.
 *
 * @param weights of the last values, the newest first, then of the other features of a moment, and behind them the constant
 * @param criterion the least of the criteria, for the rows that were asked for; NaN where there were too few
 */
record Autoregression(double[] weights, double criterion) {
    /** Greater than this the common rows of all numbers of values do, which takes one pass. */
    private static final int FEW = 500;
    private static final double LEAST_SHARE = 1e-3;
    private static final double LEAST_ERROR = 1e-30;
    /** The part of the criterion's differences that counts. */
    private static final double BELIEVED = 0.5;

    /** What is regressed on what: the column, what is to be found after each moment or NaN, and other features of each moment. */
    private record Rows(double[] values, double[] truths, double[][] others) {
        /** The sums over the rows of the moments from one on. */
        LeastSquares of(int from, int lags) {
            int extra = others.length == 0 ? 0 : others[0].length;
            LeastSquares squares = new LeastSquares(lags + extra);
            double[] row = new double[lags + extra + 1];
            for (int t = Math.max(0, from); t < truths.length; t++) {
                if (Double.isNaN(truths[t])) {
                    continue;
                }
                for (int lag = 0; lag < lags; lag++) {
                    row[lag] = values[t - lag];
                }
                if (extra > 0) {
                    System.arraycopy(others[t], 0, row, lags, extra);
                }
                row[lags + extra] = truths[t];
                squares.add(row);
            }
            return squares;
        }
    }

    /**
     * @param values the column, of which the first ones may be unknown
     * @param truths for each moment what is to be found after it, or NaN
     * @param others for each moment other features, which are always read; empty for none
     * @param known the first moment with a value
     * @param from the first moment that the criterion counts
     * @param most the most values that are read
     */
    static Autoregression of(double[] values, double[] truths, double[][] others, int known, int from, int most) {
        Rows rows = new Rows(values, truths, others);
        int extra = others.length == 0 ? 0 : others[0].length;
        LeastSquares common = values.length > FEW ? rows.of(Math.max(from, known + most - 1), most) : null;
        double[] criteria = new double[most + 1];
        double least = Double.POSITIVE_INFINITY;
        for (int lags = 0; lags <= most; lags++) {
            LeastSquares squares = common != null ? common : rows.of(Math.max(from, known + lags - 1), lags);
            criteria[lags] = criterion(squares, chosen(squares, lags, extra));
            least = Math.min(least, criteria[lags]);
        }
        double[] weights = new double[most + extra + 1];
        double shares = 0;
        for (int lags = 0; lags <= most; lags++) {
            double share = Math.exp((least - criteria[lags]) * truths.length / 2 * BELIEVED);
            if (lags == 0 && least == Double.POSITIVE_INFINITY) {
                share = 1;
            }
            if (!(share > LEAST_SHARE)) {
                continue;
            }
            shares += share;
            LeastSquares squares = common != null ? common : rows.of(known + lags - 1, lags);
            double[] one = squares.weights(chosen(squares, lags, extra));
            for (int i = 0; i < one.length; i++) {
                weights[i < lags ? i : i - lags + most] += share * one[i];
            }
        }
        for (int i = 0; i < weights.length; i++) {
            weights[i] /= shares;
        }
        return new Autoregression(weights, Double.isFinite(least) ? least : Double.NaN);
    }

    /** As many lags, and all other features. */
    private static int[] chosen(LeastSquares squares, int lags, int extra) {
        int others = squares.features() - 1 - extra;
        return IntStream.concat(IntStream.range(0, lags), IntStream.range(others, others + extra)).toArray();
    }

    /** For each row. */
    private static double criterion(LeastSquares squares, int... chosen) {
        int rows = squares.rows();
        int parameters = chosen.length + 2;
        if (rows - parameters < 3) {
            return Double.POSITIVE_INFINITY;
        }
        double error = Math.max(LEAST_ERROR, squares.error(squares.weights(chosen), chosen));
        return Math.log(error) + 2.0 * parameters * rows / (rows - parameters - 1) / rows;
    }
}
