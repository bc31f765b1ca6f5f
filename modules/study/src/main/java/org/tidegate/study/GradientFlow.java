package org.tidegate.study;

import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.tidegate.Batch;
import org.tidegate.Model;
import org.tidegate.NodeSpec;
import org.tidegate.OutputGradient;
import org.tidegate.Session;
import org.tidegate.Tensor;

/**
 * The norm of a loss's gradient at the inputs of earlier steps (Hochreiter 1991; Bengio, Simard and Frasconi 1994). The loss has at a
 * sequence's last step T a gradient dL/dh_T of norm 1 in a random direction; at step t the norm of dL/dx_t is measured. Where it falls with
 * every step back the gradient vanishes, where it grows it explodes.
 *
 * @param name the name of the layer
 * @param norms {@code norms[k]}: the mean over the sequences of the norm k steps before the last; 0 where it underflows
 */
public record GradientFlow(String name, double[] norms) {
    /** The axis, the input and the layer of a model that is a layer by itself. */
    static final String AXIS = "steps";
    static final String INPUT = "x";
    static final String LAYER = "rnn";
    private static final String RECURRENT = "recurrent";

    /**
     * Takes a copy of the norms.
     *
     * @param name the name of the layer
     * @param norms {@code norms[k]}: the mean over the sequences of the norm k steps before the last; 0 where it underflows
     */
    public GradientFlow {
        norms = norms.clone();
    }

    /** {@return the norms, in an array of the caller's own} */
    @Override
    public double[] norms() {
        return norms.clone();
    }

    /**
     * {@return the gradient flow through an untrained layer, over normally distributed inputs}
     *
     * @param layer the layer
     * @param sequences the number of sequences of the mean
     * @param steps T, the length of the sequences
     * @param seed the seed
     * @throws IllegalArgumentException if a number is not positive
     */
    public static GradientFlow untrained(UntrainedLayer layer, int sequences, int steps, long seed) {
        try (Model model = layer.newModel(seed)) {
            return measure(layer.toString(), model, LayerInputs.of(model, LAYER).random(sequences, steps, seed), seed);
        }
    }

    /**
     * {@return the names of a model's recurrent nodes, in the order of its spec}
     *
     * @param model the model
     */
    public static List<String> layers(Model model) {
        return model.nodes().stream().filter(node -> node.op().equals(RECURRENT)).map(NodeSpec::name).toList();
    }

    /**
     * {@return the gradient flow through a recurrent node of a model by itself, without dropout and initial states}
     *
     * @param model the model
     * @param layer the node's name, one of {@link #layers}
     * @param rows {@code [N][T][C]}, the inputs of the node: N sequences, each of any length
     * @param seed the seed
     * @throws IllegalArgumentException if the model has no such node, or there is no sequence
     */
    public static GradientFlow through(Model model, String layer, float[][][] rows, long seed) {
        NodeSpec node = layer(model, layer);
        if (rows.length == 0 || Arrays.stream(rows).anyMatch(sequence -> sequence.length == 0)) {
            throw new IllegalArgumentException("got no sequence to measure, or one without steps");
        }
        long columns = model.value(node.inputs().get(0)).columns();
        NodeSpec input = new NodeSpec(INPUT, "input", List.of(),
                Map.of("axis", AXIS, "cols", Long.toString(columns), "gradient", "true"));
        NodeSpec plain = node.without("h0", "c0", "dropout", "weight_drop", "trainable");
        try (Model alone = Model.of(List.of(input, new NodeSpec(LAYER, RECURRENT, List.of(INPUT), plain.attributes())), seed)) {
            for (Tensor parameter : alone.parameters()) {
                parameter.set(model.parameter(layer + parameter.name().substring(LAYER.length())).toArray());
            }
            return measure(layer, alone, rows, seed);
        }
    }

    /** The recurrent node of that name. */
    static NodeSpec layer(Model model, String name) {
        return model.nodes().stream().filter(node -> node.op().equals(RECURRENT) && node.name().equals(name)).findFirst().orElseThrow(
                () -> new IllegalArgumentException("the model has no recurrent node '" + name + "'; it has " + layers(model)));
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
