package org.tidegate.task;

import java.nio.FloatBuffer;
import java.util.function.IntFunction;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.tidegate.data.Scaler;
import org.tidegate.data.Series;

/**
 * Between a series in its own units and a forecaster's network, whose inputs and outputs have mean 0 and standard deviation 1.
 *
 * @param setup what is read and said
 * @param inputs of the columns
 * @param outputs of the forecast's numbers, [steps x targets]: of the targets, or of their changes
 */
record ForecastScaling(ForecastSetup setup, Scaler inputs, Scaler outputs) {
    ForecastScaling {
        if (inputs.columns() != setup.columns().size() || outputs.columns() != setup.outputs()) {
            throw new IllegalArgumentException("scalers of " + inputs.columns() + " inputs and " + outputs.columns() + " outputs for "
                + setup.columns().size() + " columns and " + setup.outputs() + " numbers of a forecast");
        }
    }

    /** That of a training series. */
    static ForecastScaling of(ForecastSetup setup, Series series) {
        Series columns = series.select(setup.columns());
        Series targets = series.select(setup.targets());
        Scaler inputs = Scaler.of(series.length(), each(setup.columns().size(), column -> moment -> columns.value(column, moment)));
        int count = series.length() - setup.lastOffset();
        int names = setup.targets().size();
        Scaler outputs = Scaler.of(count, each(setup.outputs(),
            output -> moment -> truth(setup, targets, moment, output / names, output % names)));
        return new ForecastScaling(setup, inputs, outputs);
    }

    /** Writes steps of a series as sequence n of N, packed: rows n, n + N, and so on. */
    void inputs(Series columns, int from, int steps, FloatBuffer rows, int n, int sequences) {
        int count = inputs.columns();
        for (int t = 0; t < steps; t++) {
            int row = (t * sequences + n) * count;
            for (int c = 0; c < count; c++) {
                rows.put(row + c, inputs.scale(c, columns.value(c, from + t)));
            }
        }
    }

    /** Writes what should be said after a moment as one row. */
    void truth(Series targets, int moment, FloatBuffer rows, int row) {
        int names = setup.targets().size();
        for (int output = 0; output < setup.outputs(); output++) {
            double value = truth(setup, targets, moment, output / names, output % names);
            rows.put(row * setup.outputs() + output, outputs.scale(output, value));
        }
    }

    /** What a row of the network's output says of the time after a moment. The targets are read where the network says changes. */
    double[] forecast(FloatBuffer rows, int row, Series targets, int moment) {
        int names = setup.targets().size();
        double[] forecast = new double[setup.outputs()];
        for (int output = 0; output < forecast.length; output++) {
            double said = outputs.unscale(output, rows.get(row * forecast.length + output));
            forecast[output] = setup.residual() ? said + targets.value(output % names, moment) : said;
        }
        return forecast;
    }

    private static double truth(ForecastSetup setup, Series targets, int moment, int step, int target) {
        double value = targets.value(target, moment + setup.offset(step));
        return setup.residual() ? value - targets.value(target, moment) : value;
    }

    private static IntToDoubleFunction[] each(int count, IntFunction<IntToDoubleFunction> column) {
        return IntStream.range(0, count).mapToObj(column).toArray(IntToDoubleFunction[]::new);
    }
}
