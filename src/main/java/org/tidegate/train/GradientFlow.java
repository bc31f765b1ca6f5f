package org.tidegate.train;

import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.tidegate.Batch;
import org.tidegate.Cell;
import org.tidegate.Model;
import org.tidegate.OutputGradient;
import org.tidegate.Session;
import org.tidegate.Tensor;

/**
 * How much of a loss's gradient reaches the inputs of earlier steps (Hochreiter 1991; Bengio, Simard and Frasconi 1994). The loss
 * stands after a sequence's last step T and has there a gradient dL/dh_T of norm 1 in a random direction; what arrives at step t is
 * the norm of dL/dx_t. Where it falls with every step back it vanishes, where it grows it explodes.
 *
 * @param name what was measured
 * @param norms {@code norms[k]}: the mean over the sequences of the norm that arrives k steps before the last; 0 where it is too small
 *     for a float
 */
public record GradientFlow(String name, double[] norms) {
    private static final String AXIS = "steps";
    private static final String INPUT = "x";
    private static final String LAYER = "rnn";
    private static final Pattern RECURRENT = Pattern.compile("(?m)^(\\w+) = recurrent (\\S+)(.*)$");

    /** Takes a copy of the norms. */
    public GradientFlow {
        norms = norms.clone();
    }

    @Override
    public double[] norms() {
        return norms.clone();
    }

    /**
     * The flow through a layer that has not learned anything, over normally distributed inputs. Both forget biases of an LSTM
     * begin with 1, as they do where one wants it to remember.
     *
     * @param gain what the recurrent weights are multiplied by, 1 to leave them as they are drawn
     * @param steps T, the length of the sequences
     * @param sequences how many are averaged
     * @throws IllegalArgumentException if a number is too small
     */
    public static GradientFlow untrained(Cell cell, int hidden, int inputs, double gain, int steps, int sequences, long seed) {
        if (steps < 1 || sequences < 1 || inputs < 1 || !(gain > 0)) {
            throw new IllegalArgumentException("got " + sequences + " sequences of " + steps + " steps of " + inputs
                + " inputs and a gain of "
                + gain + "; expected 1 or more of each and a gain above 0");
        }
        String attributes = "cell=" + cell.spec() + " size=" + hidden + (cell == Cell.LSTM ? " forget_bias=1" : "");
        SplittableRandom random = new SplittableRandom(seed);
        float[][][] rows = new float[sequences][steps][inputs];
        for (float[][] sequence : rows) {
            for (float[] row : sequence) {
                for (int c = 0; c < inputs; c++) {
                    row[c] = (float) random.nextGaussian();
                }
            }
        }
        try (Model model = Model.of(spec(inputs, attributes), seed)) {
            for (Tensor parameter : model.parameters()) {
                if (parameter.name().startsWith(LAYER + ".weight_hh")) {
                    float[] values = parameter.toArray();
                    for (int i = 0; i < values.length; i++) {
                        values[i] *= (float) gain;
                    }
                    parameter.set(values);
                }
            }
            return measure(cell.spec() + (gain == 1 ? "" : " x " + gain), model, rows, seed);
        }
    }

    /**
     * The names of a model's recurrent nodes, in the order of its spec.
     */
    public static List<String> layers(Model model) {
        return RECURRENT.matcher(model.spec()).results().map(line -> line.group(1)).toList();
    }

    /** The name of the value that a recurrent node of a model reads. */
    public static String inputOf(Model model, String layer) {
        return line(model, layer).group(2);
    }

    /**
     * The flow through a recurrent node of a model, by itself: without dropout and without initial states.
     *
     * @param layer the node's name, see {@link #layers}
     * @param rows {@code [N][T][C]}, what the node reads: N sequences, each as long as it likes
     * @throws IllegalArgumentException if the model has no such node, or there is no sequence
     */
    public static GradientFlow through(Model model, String layer, float[][][] rows, long seed) {
        Matcher line = line(model, layer);
        if (rows.length == 0 || Arrays.stream(rows).anyMatch(sequence -> sequence.length == 0)) {
            throw new IllegalArgumentException("got no sequence to measure, or one without steps");
        }
        String attributes = line.group(3).replaceAll(" (h0|c0|dropout|weight_drop|trainable)=\\S+", "").strip();
        int columns = (int) model.value(line.group(2)).columns();
        try (Model alone = Model.of(spec(columns, attributes), seed)) {
            for (Tensor parameter : alone.parameters()) {
                parameter.set(model.parameter(layer + parameter.name().substring(LAYER.length())).toArray());
            }
            return measure(layer, alone, rows, seed);
        }
    }

    private static Matcher line(Model model, String layer) {
        Matcher line = RECURRENT.matcher(model.spec());
        while (line.find()) {
            if (line.group(1).equals(layer)) {
                return line;
            }
        }
        throw new IllegalArgumentException("the model has no recurrent node '" + layer + "'; it has " + layers(model));
    }

    private static String spec(int columns, String attributes) {
        return INPUT + " = input axis=" + AXIS + " cols=" + columns + " gradient=true\n" + LAYER + " = recurrent " + INPUT + " "
            + attributes
            + "\n";
    }

    private static GradientFlow measure(String name, Model model, float[][][] rows, long seed) {
        int[] lengths = Arrays.stream(rows).mapToInt(sequence -> sequence.length).toArray();
        Batch batch = model.newBatch().lengths(AXIS, lengths).reals(INPUT, rows);
        try (Session session = model.newTrainingSession(seed)) {
            session.forward(batch);
            session.backward(new OutputGradient(LAYER, seeds(batch, (int) model.value(LAYER).columns(), seed)));
            int columns = (int) model.value(INPUT).columns();
            float[] gradient = session.outputGradient(INPUT).toArray();
            double[] norms = new double[batch.steps(AXIS)];
            int[] counts = new int[norms.length];
            for (int s = 0; s < lengths.length; s++) {
                for (int k = 0; k < lengths[s]; k++) {
                    norms[k] += norm(gradient, batch.row(AXIS, s, lengths[s] - 1 - k) * columns, columns);
                    counts[k]++;
                }
            }
            for (int k = 0; k < norms.length; k++) {
                norms[k] /= counts[k];
            }
            return new GradientFlow(name, norms);
        }
    }

    /** dL/dh: of norm 1 at each sequence's last step, 0 before it. */
    private static FloatBuffer seeds(Batch batch, int columns, long seed) {
        SplittableRandom random = new SplittableRandom(seed ^ 0x9E3779B97F4A7C15L);
        float[] data = new float[batch.rows(AXIS) * columns];
        for (int s = 0; s < batch.sequences(AXIS); s++) {
            int at = batch.row(AXIS, s, batch.length(AXIS, s) - 1) * columns;
            for (int c = 0; c < columns; c++) {
                data[at + c] = (float) random.nextGaussian();
            }
            double norm = norm(data, at, columns);
            for (int c = 0; c < columns; c++) {
                data[at + c] /= (float) norm;
            }
        }
        return FloatBuffer.wrap(data);
    }

    private static double norm(float[] data, int from, int count) {
        double sum = 0;
        for (int i = from; i < from + count; i++) {
            sum += (double) data[i] * data[i];
        }
        return Math.sqrt(sum);
    }
}
