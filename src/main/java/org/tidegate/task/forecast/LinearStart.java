package org.tidegate.task.forecast;

import java.util.Arrays;
import java.util.Comparator;
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

    /** The most other columns that are read: those that go most with the errors of the target's own autoregression. */
    private static final int MOST_OTHERS = 4;
    /** What an autoregression of a target alone finds, about: two weights, the constant and the errors' size. */
    private static final int OWN_PARAMETERS = 4;

    private final ForecasterReading reading;
    private final ForecastSetup setup;
    private final Series targets;
    private final double[][] inputs; // of each moment, as the network reads them; 0 before differences are known

    /** Of a training series without what is held out. */
    LinearStart(ForecasterReading reading, Series series) {
        this.reading = reading;
        setup = reading.setup();
        Series last = series.range(Math.max(0, series.length() - AveragedRegression.MOMENTS), series.length());
        Series columns = setup.inputs(last);
        targets = last.select(setup.targets());
        inputs = new double[columns.length()][setup.inputs()];
        for (int t = setup.history(); t < inputs.length; t++) {
            for (int input = 0; input < setup.inputs(); input++) {
                inputs[t][input] = input >= setup.columns().size() ? columns.value(input, t)
                        : reading.inputs().scale(input, ForecasterReading.input(setup, columns, input, t));
            }
        }
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
            double[] errors = reading.loss().givesQuantiles() ? sorted(errors(output, column, found)) : new double[0];
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

    private static double[] sorted(double[] errors) {
        return Arrays.stream(errors).filter(error -> !Double.isNaN(error)).sorted().toArray();
    }

    /**
     * The weights of lags, newest first, of the last moment's inputs, of which other columns count where Akaike's criterion is for them, and
     * the constant; of what the network reads and gives.
     */
    private double[] found(int output, int column) {
        int[] calendar = IntStream.range(setup.columns().size(), setup.inputs()).toArray();
        int[] others = IntStream.range(0, setup.columns().size()).filter(input -> input != column).toArray();
        AveragedRegression own = regression(output, calendar);
        double[] found = scaled(own, output, column, calendar);
        if (others.length == 0) {
            return found;
        }
        double[] errors = errors(output, column, found);
        int[] used = IntStream.concat(IntStream.of(others).boxed()
                .sorted(Comparator.comparingDouble(other -> -correlation(errors, other))).limit(MOST_OTHERS).mapToInt(Integer::intValue),
                IntStream.of(calendar)).sorted().toArray();
        AveragedRegression all = regression(output, used);
        return all.criterion() + price(others.length, offset(output)) < own.criterion() ? scaled(all, output, column, used) : found;
    }

    /**
     * How much less the criterion shall be for other columns: what it asks for all that were looked at, of as many moments as have errors
     * of their own. Forecasts several moments ahead err together, so that chance finds columns that go with their errors.
     */
    private double price(int others, int offset) {
        double moments = (double) inputs.length / offset;
        return price(moments, OWN_PARAMETERS + others) - price(moments, OWN_PARAMETERS);
    }

    private static double price(double moments, int parameters) {
        double left = moments - parameters - 1;
        return left > 0 ? 2 * parameters / left : Double.POSITIVE_INFINITY;
    }

    /** The size of an input's correlation with the errors that are known. */
    private double correlation(double[] errors, int input) {
        double count = 0;
        double x = 0;
        double xx = 0;
        double xe = 0;
        double e = 0;
        for (int t = 0; t < errors.length; t++) {
            if (!Double.isNaN(errors[t])) {
                count++;
                x += inputs[t][input];
                xx += inputs[t][input] * inputs[t][input];
                xe += inputs[t][input] * errors[t];
                e += errors[t];
            }
        }
        double variance = xx - x * x / count;
        return variance > 0 ? Math.abs(xe - x * e / count) / Math.sqrt(variance) : 0;
    }

    private int offset(int output) {
        return setup.offset(output / setup.targets().size());
    }

    /** The regression of an output on its target and, of each moment, some inputs. */
    private AveragedRegression regression(int output, int[] others) {
        int target = output % setup.targets().size();
        ForecastTransform transform = setup.transforms().get(target);
        int length = targets.length();
        double[] levels = IntStream.range(0, length).mapToDouble(t -> transform.level(targets.value(target, t))).toArray();
        boolean[] filled = new boolean[length];
        for (int t = 0; t < length; t++) {
            filled[t] = targets.isFilled(target, t);
        }
        double[][] read = others.length == 0 ? new double[0][] : Arrays.stream(inputs)
                .map(moment -> IntStream.of(others).mapToDouble(input -> moment[input]).toArray()).toArray(double[][]::new);
        return AveragedRegression.of(new AveragedRegression.Levels(levels, filled, read, setup.period(), offset(output)),
                ForecastTransform.of(false, transform.difference(), transform.seasonal()), setup.linear());
    }

    /** A regression in terms of what the network reads and gives. */
    private double[] scaled(AveragedRegression regression, int output, int column, int[] others) {
        double inputMean = reading.inputs().mean()[column];
        double outputSize = reading.outputs().deviation()[output];
        double constant = regression.constant() - reading.outputs().mean()[output];
        double[] found = new double[setup.linear() + setup.inputs() + 1];
        for (int lag = 0; lag < setup.linear(); lag++) {
            double weight = regression.weights()[lag] - (setup.residual() && lag == 0 ? 1 : 0); // a change from the last level is given
            found[lag] = weight * reading.inputs().deviation()[column] / outputSize;
            constant += weight * inputMean;
        }
        for (int i = 0; i < others.length; i++) {
            found[setup.linear() + others[i]] = regression.others()[i] / outputSize;
        }
        found[found.length - 1] = constant / outputSize;
        return found;
    }

    /** After each moment truth minus forecast of an output, in its scale; NaN where one is not known. */
    private double[] errors(int output, int column, double[] weights) {
        double[] errors = truths(output);
        for (int t = 0; t < errors.length; t++) {
            errors[t] = t < setup.history() + setup.linear() - 1 ? Double.NaN : errors[t] - value(weights, column, t);
        }
        return errors;
    }

    private double value(double[] weights, int column, int moment) {
        double sum = weights[weights.length - 1];
        for (int lag = 0; lag < setup.linear(); lag++) {
            sum += weights[lag] * inputs[moment - lag][column];
        }
        for (int input = 0; input < setup.inputs(); input++) {
            sum += weights[setup.linear() + input] * inputs[moment][input];
        }
        return sum;
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
