package org.tidegate.task.translate;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tidegate.Batch;
import org.tidegate.FrozenModel;
import org.tidegate.Model;
import org.tidegate.Network;
import org.tidegate.NodeSpec;
import org.tidegate.Session;
import org.tidegate.Tensor;
import org.tidegate.decode.TeacherForcing;
import org.tidegate.task.MeanNetwork;

/**
 * The attention weights of translations. A translator's network keeps none, for they have as many columns as the longest sentence, which
 * inference has no other use for. So the attention alone is a network here, with a copy of its parameters: it reads what the translator's
 * attention read, and has the columns that the sentences need. Where the translator is a mean of several networks ({@link MeanNetwork}),
 * they are the means of theirs. Immutable.
 */
final class AttentionWeights {
    private static final String KEYS = "keys";
    private static final String QUERY = "query";
    private static final String DECODER = "attention_decoder";

    private final List<Part> parts;

    private AttentionWeights(List<Part> parts) {
        this.parts = parts;
    }

    /** Those of a translator's network; empty if it has no attention. */
    static Optional<AttentionWeights> of(Model trained) {
        List<Part> parts = MeanNetwork.named(trained, TranslatorReading.ATTENTION).stream()
                .map(name -> new Part(trained.node(name), trained)).toList();
        return parts.isEmpty() ? Optional.empty() : Optional.of(new AttentionWeights(parts));
    }

    /** What a translator without attention is told. */
    static IllegalStateException none() {
        return new IllegalStateException("This translator has no attention: its decoder has only the encoder's final states.");
    }

    /**
     * Computes them, in the precision of the session's network.
     *
     * @param session of the translator's network; keeps all values
     * @param batch for it, empty
     * @param sources the sources' ids, with the end token
     * @param targets the translations' ids, with the end token
     * @return of each pair the weights {@code [target][source]}
     */
    List<double[][]> of(TranslatorReading reading, Session session, Batch batch, List<int[]> sources, List<int[]> targets) {
        reading.fillSources(batch, sources);
        batch.lengths(TranslatorReading.TARGET, TranslatorReading.lengths(targets)).ids(TranslatorReading.WORDS,
                targets.stream().map(ids -> TeacherForcing.inputs(reading.targetVocabulary(), ids)).toArray(int[][]::new));
        session.forward(batch);
        List<double[][]> sums = parts.get(0).of(session, batch, sources, targets);
        for (Part part : parts.subList(1, parts.size())) {
            List<double[][]> others = part.of(session, batch, sources, targets);
            for (int i = 0; i < sums.size(); i++) {
                for (int step = 0; step < sums.get(i).length; step++) {
                    double[] row = others.get(i)[step];
                    double[] sum = sums.get(i)[step];
                    Arrays.setAll(sum, column -> sum[column] + row[column]);
                }
            }
        }
        sums.forEach(rows -> Arrays.stream(rows).forEach(row -> Arrays.setAll(row, column -> row[column] / parts.size())));
        return sums;
    }

    /** One attention of the network. */
    private static final class Part {
        private final String attention;
        private final String keys;
        private final String hidden;
        private final boolean before; // it looks before each step, with the state of the step before
        private final Optional<String> start; // the first of these states; empty for zeros
        private final List<NodeSpec> nodes;
        private final Map<String, float[]> parameters;

        private Part(NodeSpec attention, Model trained) {
            this.attention = attention.name();
            before = attention.op().equals(DECODER);
            keys = attention.inputs().get(1);
            hidden = before ? attention.name() : attention.inputs().get(0);
            start = before ? attention.attribute("h0") : Optional.empty();
            Map<String, String> score = new LinkedHashMap<>();
            score.put("score", attention.attribute("score").orElse(before ? "additive" : "dot"));
            attention.attribute(before ? "attention_size" : "size").ifPresent(size -> score.put("size", size));
            nodes = List.of(input(KEYS, TranslatorReading.SOURCE, trained.value(keys).columns()),
                    input(QUERY, TranslatorReading.TARGET, trained.value(hidden).columns()),
                    new NodeSpec(attention.name(), "attention", List.of(QUERY, KEYS), score));
            parameters = new LinkedHashMap<>();
            try (Model model = Model.of(nodes, 0)) {
                for (Tensor parameter : model.parameters()) {
                    parameters.put(parameter.name(), trained.parameter(parameter.name()).toArray());
                }
            }
        }

        private static NodeSpec input(String name, String axis, long columns) {
            Map<String, String> attributes = new LinkedHashMap<>();
            attributes.put("axis", axis);
            attributes.put("cols", Long.toString(columns));
            return new NodeSpec(name, "input", List.of(), attributes);
        }

        /** Of what the session has just run. */
        private List<double[][]> of(Session session, Batch batch, List<int[]> sources, List<int[]> targets) {
            int[] lengths = TranslatorReading.lengths(targets);
            try (Network score = score(session.network(), sources.stream().mapToInt(ids -> ids.length).max().orElseThrow());
                    Session scoring = score.newSession()) {
                Batch asked = score.newBatch().lengths(TranslatorReading.SOURCE, TranslatorReading.lengths(sources))
                        .lengths(TranslatorReading.TARGET, lengths);
                asked.reals(KEYS, session.output(keys).toArray());
                asked.reals(QUERY, queries(session, batch, lengths));
                scoring.forward(asked);
                FloatBuffer weights = scoring.output(attention + ".weights").buffer();
                int columns = weights.remaining() / Arrays.stream(lengths).sum();
                List<double[][]> all = new ArrayList<>();
                for (int i = 0; i < lengths.length; i++) {
                    double[][] rows = new double[lengths[i]][sources.get(i).length];
                    for (int step = 0; step < rows.length; step++) {
                        int first = asked.row(TranslatorReading.TARGET, i, step) * columns;
                        Arrays.setAll(rows[step], column -> weights.get(first + column));
                    }
                    all.add(rows);
                }
                return all;
            }
        }

        /** The attention alone, in the precision of the network that has it. */
        private Network score(Network network, int columns) {
            List<NodeSpec> seen = new ArrayList<>(nodes);
            seen.set(2, nodes.get(2).with("weights", Integer.toString(columns)));
            Model model = Model.of(seen, 0);
            try {
                parameters.forEach((name, values) -> model.parameter(name).set(values));
                if (network instanceof FrozenModel frozen) {
                    try (model) {
                        return model.freeze(frozen.precision());
                    }
                }
                return model;
            } catch (RuntimeException | Error e) {
                model.close();
                throw e;
            }
        }

        /** The decoder's states after each step, or before it. */
        private float[] queries(Session session, Batch batch, int[] lengths) {
            float[] after = session.output(hidden).toArray();
            if (!before) {
                return after;
            }
            int width = after.length / Arrays.stream(lengths).sum();
            float[] first = start.map(name -> session.output(name).toArray()).orElseGet(() -> new float[lengths.length * width]);
            float[] states = new float[after.length];
            for (int i = 0; i < lengths.length; i++) {
                for (int step = 0; step < lengths[i]; step++) {
                    int to = batch.row(TranslatorReading.TARGET, i, step) * width;
                    if (step == 0) {
                        System.arraycopy(first, i * width, states, to, width);
                    } else {
                        System.arraycopy(after, batch.row(TranslatorReading.TARGET, i, step - 1) * width, states, to, width);
                    }
                }
            }
            return states;
        }
    }
}
