package org.tidegate.task;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.tidegate.Batch;
import org.tidegate.Model;
import org.tidegate.NodeSpec;
import org.tidegate.Session;
import org.tidegate.Tensor;

/**
 * Where a decoder looked, read from the port {@code weights} of its attention. The port has a fixed number of columns, which training
 * has no use for; so the network is built once more with as many as the sentence needs.
 */
final class AttentionWeights {
    private AttentionWeights() {}

    static double[][] of(Translator translator, String sentence, List<String> words) {
        int[] read = translator.encodeSource(sentence);
        int[] written = DecoderWords.begun(translator.targetVocabulary(), Translator.ended(translator.targetVocabulary(), words));
        try (Model model = withWeights(translator.model(), read.length); Session session = model.newSession()) {
            Batch batch = model.newBatch().lengths(Translator.SOURCE, read.length).lengths(Translator.TARGET, written.length);
            session.forward(batch.ids(Translator.SOURCE, read).ids(Translator.WORDS, written));
            FloatBuffer weights = session.output(Translator.ATTENTION + ".weights").buffer();
            double[][] rows = new double[written.length][read.length];
            for (double[] row : rows) {
                Arrays.setAll(row, column -> weights.get());
            }
            return rows;
        }
    }

    private static Model withWeights(Model trained, int columns) {
        List<NodeSpec> nodes = new ArrayList<>(trained.nodes());
        nodes.replaceAll(node -> node.name().equals(Translator.ATTENTION) ? node.with("weights", Integer.toString(columns)) : node);
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
