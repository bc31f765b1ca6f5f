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
                for (int input = 0; input < setup.inputs(); input++) {
                    weights[(row * setup.inputs() + input + 1) * lags - 1] += (float) found[lags + input];
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

    /** Some inputs of each moment, as the network reads them. */
    private double[][] last(int... inputs) {
        double[][] values = new double[inputs.length == 0 ? 0 : columns.length()][inputs.length];
        for (int t = setup.history(); t < values.length; t++) {
            for (int i = 0; i < inputs.length; i++) {
                values[t][i] = input(inputs[i], t);
            }
        }
        return values;
    }

    /** An input as the network reads it. */
    private double input(int input, int moment) {
        return input >= setup.columns().size() ? columns.value(input, moment)
                : reading.inputs().scale(input, ForecasterReading.input(setup, columns, input, moment));
    }

    /**
     * The weights of lags, newest first, of the last moment's inputs, of which other columns count where Akaike's criterion is for them, and
     * the constant; of what the network reads and gives.
     */
    private double[] found(int output, int column) {
        int target = output % setup.targets().size();
        ForecastTransform transform = setup.transforms().get(target);
        int length = targets.length();
        double[] levels = IntStream.range(0, length).mapToDouble(t -> transform.level(targets.value(target, t))).toArray();
        boolean[] filled = new boolean[length];
        for (int t = 0; t < length; t++) {
            filled[t] = targets.isFilled(target, t);
        }
        int offset = setup.offset(output / setup.targets().size());
        ForecastTransform read = ForecastTransform.of(false, transform.difference(), transform.seasonal());
        int[] calendar = IntStream.range(setup.columns().size(), setup.inputs()).toArray();
        AveragedRegression mean = AveragedRegression.of(new AveragedRegression.Levels(levels, filled, last(calendar), setup.period(), offset),
                read, setup.linear());
        int[] others = IntStream.range(0, setup.inputs()).filter(input -> input != column).toArray();
        if (others.length > calendar.length) {
            AveragedRegression all = AveragedRegression.of(new AveragedRegression.Levels(levels, filled, last(others), setup.period(),
                    offset), read, setup.linear());
            if (all.criterion() < mean.criterion()) {
                mean = all;
            }
        }
        double[] extras = new double[setup.inputs()];
        int[] used = mean.others().length == calendar.length ? calendar : others;
        for (int i = 0; i < used.length; i++) {
            extras[used[i]] = mean.others()[i];
        }
        double inputMean = reading.inputs().mean()[column];
        double outputSize = reading.outputs().deviation()[output];
        double constant = mean.constant() - reading.outputs().mean()[output];
        double[] found = new double[setup.linear() + extras.length + 1];
        for (int lag = 0; lag < setup.linear(); lag++) {
            double weight = mean.weights()[lag] - (setup.residual() && lag == 0 ? 1 : 0); // a change from the last level is given
            found[lag] = weight * reading.inputs().deviation()[column] / outputSize;
            constant += weight * inputMean;
        }
        for (int i = 0; i < extras.length; i++) {
            found[setup.linear() + i] = extras[i] / outputSize;
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
            sum += weights[i] * (i < lags ? read[moment - i] : input(i - lags, moment));
        }
        return sum;
    }

    /** A column as the network reads it; 0 before its differences are known. */
    private double[] scaled(int column) {
        return IntStream.range(0, columns.length()).mapToDouble(t -> t < setup.history() ? 0 : input(column, t)).toArray();
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
