package org.tidegate.task.translate;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.tidegate.Batch;
import org.tidegate.Model;
import org.tidegate.Network;
import org.tidegate.NodeSpec;
import org.tidegate.Session;
import org.tidegate.Tensor;
import org.tidegate.decode.TeacherForcing;

/**
 * The attention weights of a translation, from the port {@code weights} of the attention node. The port has a fixed number of columns,
 * which training has no use for, so the network is built again with the columns that the sentence needs.
 */
final class AttentionWeights {
    private AttentionWeights() {}

    /** Whether a network has attention. */
    static boolean in(Network network) {
        return network.values().stream().anyMatch(value -> value.name().equals(TranslatorReading.ATTENTION));
    }

    static double[][] of(TranslatorReading reading, Model trained, String sentence, List<String> words) {
        if (!in(trained)) {
            throw new IllegalStateException("This translator has no attention: its decoder has only the encoder's final states.");
        }
        int[] read = reading.source(sentence);
        int[] written = TeacherForcing.inputs(reading.targetVocabulary(), reading.target(words));
        try (Model model = withWeights(trained, read.length); Session session = model.newSession()) {
            Batch batch = model.newBatch().lengths(TranslatorReading.TARGET, written.length).ids(TranslatorReading.WORDS, written);
            reading.fillSources(batch, List.of(read));
            session.forward(batch);
            FloatBuffer weights = FloatBuffer.wrap(session.output(TranslatorReading.ATTENTION + ".weights").toArray());
            double[][] rows = new double[written.length][read.length];
            for (double[] row : rows) {
                Arrays.setAll(row, column -> weights.get());
            }
            return rows;
        }
    }

    private static Model withWeights(Model trained, int columns) {
        List<NodeSpec> nodes = new ArrayList<>(trained.nodes());
        nodes.replaceAll(node -> node.name().equals(TranslatorReading.ATTENTION) ? node.with("weights", Integer.toString(columns)) : node);
        Model model = Model.of(nodes, 0);
        try {
            for (Tensor parameter : trained.parameters()) {
                model.parameter(parameter.name()).set(parameter.toArray());
            }
            return model;
        } catch (RuntimeException | Error e) {
            model.close();
            throw e;
        }
    }
}
