package org.tidegate.task.forecast;

/** Quantiles of Student's t distribution, of any number of degrees of freedom from 1 on. */
final class StudentT {
    private static final int BISECTIONS = 80;
    private static final int TERMS = 300;
    private static final double SMALLEST = 1e-300;

    private StudentT() {
    }

    /** The number below which a share of more than 0.5 and less than 1 lies. */
    static double quantile(double share, double degrees) {
        double low = 0;
        double high = 1;
        while (above(high, degrees) > 1 - share) {
            high *= 2;
        }
        for (int i = 0; i < BISECTIONS; i++) {
            double middle = (low + high) / 2;
            if (above(middle, degrees) > 1 - share) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return (low + high) / 2;
    }

    /** The probability of more than t, which is 0 or more: half the regularised incomplete beta function. */
    private static double above(double t, double degrees) {
        return beta(degrees / (degrees + t * t), degrees / 2, 0.5) / 2;
    }

    /** I_x(a, b) by its continued fraction (Abramowitz and Stegun 26.5.8), evaluated as Lentz has it. */
    private static double beta(double x, double a, double b) {
        if (x <= 0 || x >= 1) {
            return x <= 0 ? 0 : 1;
        }
        if (x > (a + 1) / (a + b + 2)) {
            return 1 - beta(1 - x, b, a);
        }
        double fraction = 1;
        double c = 1;
        double d = 0;
        for (int i = 0; i <= TERMS; i++) {
            int m = i / 2;
            double numerator = i == 0 ? 1 : i % 2 == 0 ? m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
                    : -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
            d = 1 / away(1 + numerator * d);
            c = away(1 + numerator / c);
            fraction *= c * d;
        }
        double front = Math.exp(a * Math.log(x) + b * Math.log1p(-x) - logBeta(a, b)) / a;
        return front * (fraction - 1);
    }

    private static double away(double value) {
        return Math.abs(value) < SMALLEST ? SMALLEST : value;
    }

    private static double logBeta(double a, double b) {
        return logGamma(a) + logGamma(b) - logGamma(a + b);
    }

    /** Stirling's series above 10, below by recurrence. */
    private static double logGamma(double x) {
        double shift = 0;
        double at = x;
        while (at < 10) {
            shift -= Math.log(at);
            at++;
        }
        double square = 1 / (at * at);
        return shift + (at - 0.5) * Math.log(at) - at + Math.log(2 * Math.PI) / 2
                + (1 / 12.0 - square * (1 / 360.0 - square * (1 / 1260.0 - square / 1680))) / at;
    }
}
