package org.tidegate.task.forecast;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.tidegate.Model;
import org.tidegate.data.Series;

/**
 * The first parameters of a network with a linear path: that path forecasts each target as the mean of its own autoregressions does,
 * each step directly ({@link AveragedRegression}), and the recurrent layers add nothing to it yet.
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
            double[] found = found(output, column);
            double[] errors = reading.loss().givesQuantiles() ? errors(output, column, found) : new double[0];
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
                double apart = errors.length == 0 ? 0
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

    /** The weights of lags, newest first, of the last moment's sines and cosines, and the constant, of what the network reads and gives. */
    private double[] found(int output, int column) {
        int target = output % setup.targets().size();
        ForecastTransform transform = setup.transforms().get(target);
        int length = targets.length();
        int extra = 2 * setup.calendar().size();
        double[] levels = IntStream.range(0, length).mapToDouble(t -> transform.level(targets.value(target, t))).toArray();
        boolean[] filled = new boolean[length];
        double[][] others = new double[extra == 0 ? 0 : length][extra];
        for (int t = 0; t < length; t++) {
            filled[t] = targets.isFilled(target, t);
            for (int i = 0; i < extra; i++) {
                others[t][i] = columns.value(setup.columns().size() + i, t);
            }
        }
        int offset = setup.offset(output / setup.targets().size());
        AveragedRegression mean = AveragedRegression.of(new AveragedRegression.Levels(levels, filled, others, setup.period(), offset),
                ForecastTransform.of(false, transform.difference(), transform.seasonal()), setup.linear());
        double inputMean = reading.inputs().mean()[column];
        double outputSize = reading.outputs().deviation()[output];
        double constant = mean.constant() - reading.outputs().mean()[output];
        double[] found = new double[setup.linear() + extra + 1];
        for (int lag = 0; lag < setup.linear(); lag++) {
            double weight = mean.weights()[lag] - (setup.residual() && lag == 0 ? 1 : 0); // a change from the last level is given
            found[lag] = weight * reading.inputs().deviation()[column] / outputSize;
            constant += weight * inputMean;
        }
        for (int i = 0; i < extra; i++) {
            found[setup.linear() + i] = mean.others()[i] / outputSize;
        }
        found[found.length - 1] = constant / outputSize;
        return found;
    }

    /** Truth minus forecast of an output, in its scale, in their order. */
    private double[] errors(int output, int column, double[] weights) {
        double[] read = scaled(column);
        double[] truths = truths(output);
        return IntStream.range(setup.history() + setup.linear() - 1, truths.length).filter(t -> !Double.isNaN(truths[t]))
                .mapToDouble(t -> truths[t] - value(weights, read, t)).sorted().toArray();
    }

    private double value(double[] weights, double[] read, int moment) {
        double sum = weights[weights.length - 1];
        for (int i = 0; i < weights.length - 1; i++) {
            int lags = setup.linear();
            sum += weights[i] * (i < lags ? read[moment - i] : columns.value(setup.columns().size() + i - lags, moment));
        }
        return sum;
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
