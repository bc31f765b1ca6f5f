package org.tidegate.task.forecast;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.tidegate.Model;
import org.tidegate.data.Series;

/**
 * The first parameters of a network with a linear path: that path forecasts each target as its own autoregression of least squares does,
 * each step directly, and the recurrent layers add nothing to it yet.
 */
final class LinearStart {
    /** The linear path's node. */
    static final String LINEAR = "linear";
    /** The node of what the recurrent layers add. */
    static final String RECURRENT = "recurrent";

    private final ForecasterReading reading;
    private final ForecastSetup setup;
    private final Series columns;
    private final Series targets;

    /** Of a training series without what is held out. */
    LinearStart(ForecasterReading reading, Series series) {
        this.reading = reading;
        setup = reading.setup();
        columns = setup.inputs(series);
        targets = series.select(setup.targets());
    }

    void put(Model model) {
        int lags = setup.linear();
        int names = setup.targets().size();
        float[] weights = new float[reading.outputsOfNetwork() * setup.inputs() * lags];
        float[] biases = new float[reading.outputsOfNetwork()];
        for (int output = 0; output < setup.outputs(); output++) {
            int column = setup.columns().indexOf(setup.targets().get(output % names));
            if (column < 0) {
                continue;
            }
            double[] read = scaled(column);
            double[] truths = truths(output);
            double[] found = setup.calendar().isEmpty()
                    ? Autoregression.of(read, truths, setup.history(), setup.history(), lags).weights() : withCalendar(read, truths);
            double[] errors = IntStream.range(setup.history() + lags - 1, truths.length).filter(t -> !Double.isNaN(truths[t]))
                    .mapToDouble(t -> truths[t] - value(found, read, t)).sorted().toArray();
            for (int level = 0; level < reading.loss().outputs(); level++) {
                int row = level * setup.outputs() + output;
                int first = (row * setup.inputs() + column) * lags;
                for (int lag = 0; lag < lags; lag++) {
                    weights[first + lags - 1 - lag] = (float) found[lag];
                }
                for (int extra = lags; extra < found.length - 1; extra++) {
                    int input = setup.columns().size() + extra - lags;
                    weights[(row * setup.inputs() + input + 1) * lags - 1] = (float) found[extra];
                }
                double apart = !reading.loss().givesQuantiles() || errors.length == 0 ? 0
                        : errors[(int) Math.round(reading.loss().levels().get(level) * (errors.length - 1))];
                biases[row] = (float) (found[found.length - 1] + apart);
            }
        }
        model.parameter(LINEAR + ".weight").set(weights);
        model.parameter(LINEAR + ".bias").set(biases);
        for (String parameter : new String[] {RECURRENT + ".weight", RECURRENT + ".bias"}) {
            model.parameter(parameter).set(new float[(int) model.parameter(parameter).size()]);
        }
    }

    /** The weights of lags, of the last moment's sines and cosines, and the constant, by least squares. */
    private double[] withCalendar(double[] read, double[] truths) {
        LeastSquares squares = new LeastSquares(setup.linear() + 2 * setup.calendar().size());
        for (int t = setup.history() + setup.linear() - 1; t < truths.length; t++) {
            if (!Double.isNaN(truths[t])) {
                double[] row = Arrays.copyOf(features(read, t), squares.features());
                row[row.length - 1] = truths[t];
                squares.add(row);
            }
        }
        return squares.weights(IntStream.range(0, squares.features() - 1).toArray());
    }

    private double value(double[] weights, double[] read, int moment) {
        double[] features = features(read, moment);
        return weights[features.length] + IntStream.range(0, features.length).mapToDouble(i -> weights[i] * features[i]).sum();
    }

    private double[] features(double[] read, int moment) {
        int lags = setup.linear();
        return IntStream.range(0, lags + 2 * setup.calendar().size()).mapToDouble(i -> i < lags ? read[moment - i]
                : columns.value(setup.columns().size() + i - lags, moment)).toArray();
    }

    /** A column as the network reads it; 0 before its differences are known. */
    private double[] scaled(int column) {
        return IntStream.range(0, columns.length()).mapToDouble(t -> t < setup.history() ? 0
                : reading.inputs().scale(column, ForecasterReading.input(setup, columns, column, t))).toArray();
    }

    /** What an output should be after each moment; NaN where that is not known. */
    private double[] truths(int output) {
        int names = setup.targets().size();
        double[] truths = new double[targets.length()];
        Arrays.fill(truths, Double.NaN);
        for (int t = Math.max(0, setup.history() - 1); t + setup.lastOffset() < truths.length; t++) {
            int step = output / names;
            if (!targets.isFilled(output % names, t + setup.offset(step))) {
                truths[t] = reading.outputs().scale(output, ForecasterReading.truth(setup, targets, t, step, output % names));
            }
        }
        return truths;
    }
}
