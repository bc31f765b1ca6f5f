package org.tidegate.task.forecast;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.tidegate.json.JsonObject;
import org.tidegate.task.forecast.ForecastTransform.Column;

/**
 * The linear autoregression that forecasts are judged by: a constant and a weight for each of the last values, or of the last changes,
 * fitted by least squares. Forecasts of several moments read those before them.
 *
 * @param changes whether it is one of changes, which may follow a trend
 * @param constant the constant
 * @param weights of the last values or changes, the newest first
 */
public record LinearForecast(boolean changes, double constant, double[] weights) {
    /** The most weights that are tried. */
    static final int MOST = 30;
    /** The part of the values whose errors choose the number of weights. */
    private static final double JUDGES = 0.25;

    /**
     * Takes a copy.
     *
     * @param changes whether it is one of changes
     * @param constant the constant
     * @param weights of the last values or changes, the newest first
     */
    public LinearForecast {
        weights = weights.clone();
    }

    /** {@return the weights of the last values or changes, the newest first, in an array of the caller's own} */
    @Override
    public double[] weights() {
        return weights.clone();
    }

    static LinearForecast of(JsonObject json) {
        json.only("changes", "constant", "weights");
        return new LinearForecast(json.flag("changes"), json.number("constant"), json.numbers("weights"));
    }

    JsonObject toJson() {
        return JsonObject.builder().put("changes", changes).put("constant", constant).put("weights", weights).build();
    }

    /**
     * The autoregression of a column. The number of its weights, and whether they are those of changes, are chosen by the errors on the
     * last quarter, from what comes before it; then all values are fitted.
     *
     * @param reads how many values it may read
     */
    static LinearForecast of(Column column, int length, int reads) {
        double center = IntStream.range(0, length).mapToDouble(column::value).average().orElse(0);
        double size = Math.sqrt(IntStream.range(0, length).mapToDouble(t -> column.value(t) - center).map(x -> x * x).average().orElse(0));
        double scale = size > 0 ? size : 1;
        double[] values = IntStream.range(0, length).mapToDouble(t -> (column.value(t) - center) / scale).toArray();
        double[] steps = IntStream.range(1, length).mapToDouble(t -> values[t] - values[t - 1]).toArray();
        int judged = Math.min(Math.max(1, (int) (length * JUDGES)), Math.max(1, length - 2));
        int most = Math.max(0, Math.min(Math.min(MOST, reads), (length - judged) / 3));
        Fit plain = Fit.of(values, most, judged);
        Fit change = Fit.of(steps, Math.max(0, Math.min(most, reads - 1)), Math.min(judged, Math.max(1, steps.length - 1)));
        boolean changes = reads > 0 && steps.length > 1 && change.error < plain.error;
        double[] found = (changes ? change : plain).weights;
        double[] weights = Arrays.copyOf(found, found.length - 1);
        double constant = found[found.length - 1] * scale;
        return new LinearForecast(changes, changes ? constant : constant + center * (1 - Arrays.stream(weights).sum()), weights);
    }

    /** The forecast some moments after one, from the values up to it. */
    double value(Column column, int moment, int ahead) {
        int known = weights.length + (changes ? 1 : 0);
        double[] values = new double[known + ahead];
        for (int i = 0; i < known; i++) {
            values[i] = column.value(moment - known + 1 + i);
        }
        for (int t = known; t < values.length; t++) {
            double sum = constant;
            for (int lag = 1; lag <= weights.length; lag++) {
                sum += weights[lag - 1] * (changes ? values[t - lag] - values[t - lag - 1] : values[t - lag]);
            }
            values[t] = changes ? values[t - 1] + sum : sum;
        }
        return values[values.length - 1];
    }

    /** Whether both have the same numbers. */
    @Override
    public boolean equals(Object other) {
        return other instanceof LinearForecast that && toJson().equals(that.toJson());
    }

    @Override
    public int hashCode() {
        return toJson().hashCode();
    }

    /** Weights, the constant last, and the mean squared error by which they were chosen. */
    private record Fit(double[] weights, double error) {
        static Fit of(double[] values, int most, int judged) {
            LeastSquares first = rows(values, most, most, values.length - judged);
            LeastSquares last = rows(values, most, Math.max(most, values.length - judged), values.length);
            int best = 0;
            double least = Double.POSITIVE_INFINITY;
            for (int lags = 0; lags <= most && first.rows() > 0 && last.rows() > 0; lags++) {
                int[] chosen = IntStream.range(0, lags).toArray();
                double error = last.error(first.weights(chosen), chosen);
                if (error < least) {
                    least = error;
                    best = lags;
                }
            }
            return new Fit(rows(values, best, best, values.length).weights(IntStream.range(0, best).toArray()), least);
        }

        private static LeastSquares rows(double[] values, int lags, int from, int to) {
            LeastSquares squares = new LeastSquares(lags);
            double[] row = new double[lags + 1];
            for (int t = from; t < to; t++) {
                for (int lag = 1; lag <= lags; lag++) {
                    row[lag - 1] = values[t - lag];
                }
                row[lags] = values[t];
                squares.add(row);
            }
            return squares;
        }
    }
}
