package org.tidegate.task.forecast;

/** Linear least squares by the normal equations, for many choices of features over the same rows; the last feature is the constant 1. */
final class LeastSquares {
    /** What is added to the diagonal, relative to it: features that say the same share their weight. */
    private static final double RIDGE = 1e-9;

    private final int features;
    private final double[][] products; // features + 1 for the truth, of which the lower triangle is filled
    private int rows;

    /** Of as many features, the constant not counted. */
    LeastSquares(int features) {
        this.features = features + 1;
        products = new double[features + 2][features + 2];
    }

    /** Adds a row: the features, and behind them the truth. */
    void add(double[] row) {
        rows++;
        int truth = features;
        for (int i = 0; i <= truth; i++) {
            double x = i < features - 1 ? row[i] : i == features - 1 ? 1 : row[features - 1];
            for (int j = 0; j <= i; j++) {
                double y = j < features - 1 ? row[j] : j == features - 1 ? 1 : row[features - 1];
                products[i][j] += x * y;
            }
        }
    }

    /** The number of features, with the constant. */
    int features() {
        return features;
    }

    /** The number of rows. */
    int rows() {
        return rows;
    }

    /**
     * The weights of some features, in their order, and last the constant's.
     *
     * @param chosen the features
     */
    double[] weights(int... chosen) {
        int n = chosen.length + 1;
        double[][] factor = new double[n][n];
        double[] right = new double[n];
        for (int i = 0; i < n; i++) {
            int a = i < n - 1 ? chosen[i] : features - 1;
            right[i] = products[features][a];
            for (int j = 0; j <= i; j++) {
                int b = j < n - 1 ? chosen[j] : features - 1;
                factor[i][j] = a >= b ? products[a][b] : products[b][a];
            }
            factor[i][i] += RIDGE * (factor[i][i] + 1);
        }
        return solved(factor, right);
    }

    /** The mean squared error over the rows with weights of some features. */
    double error(double[] weights, int... chosen) {
        double sum = products[features][features];
        for (int i = 0; i < weights.length; i++) {
            int a = i < chosen.length ? chosen[i] : features - 1;
            sum -= 2 * weights[i] * products[features][a];
            for (int j = 0; j < weights.length; j++) {
                int b = j < chosen.length ? chosen[j] : features - 1;
                sum += weights[i] * weights[j] * (a >= b ? products[a][b] : products[b][a]);
            }
        }
        return Math.max(0, sum) / rows;
    }

    /** By Cholesky's factors, in place. */
    private static double[] solved(double[][] factor, double[] right) {
        int n = right.length;
        for (int i = 0; i < n; i++) {
            for (int j = 0; j <= i; j++) {
                double sum = factor[i][j];
                for (int k = 0; k < j; k++) {
                    sum -= factor[i][k] * factor[j][k];
                }
                factor[i][j] = i > j ? sum / factor[j][j] : Math.sqrt(Math.max(sum, Double.MIN_NORMAL));
            }
        }
        for (int i = 0; i < n; i++) {
            for (int k = 0; k < i; k++) {
                right[i] -= factor[i][k] * right[k];
            }
            right[i] /= factor[i][i];
        }
        for (int i = n - 1; i >= 0; i--) {
            for (int k = i + 1; k < n; k++) {
                right[i] -= factor[k][i] * right[k];
            }
            right[i] /= factor[i][i];
        }
        return right;
    }
}
