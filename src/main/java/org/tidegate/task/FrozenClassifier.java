package org.tidegate.task;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.tidegate.Batch;
import org.tidegate.Session;
import org.tidegate.decode.LogSoftmax;

/**
 * Answers with a {@link Classifier} as it was when this was made. An answer has the same bits alone or among others.
 *
 * <p>For one thread at a time. Holds native memory until it is closed; closing twice is harmless.
 */
public final class FrozenClassifier implements AutoCloseable {
    /** Texts that are evaluated at once. */
    private static final int BATCH = 64;

    private final ClassifierReading reading;
    private final Session session;
    private final Batch batch;

    /** The session belongs to this object from now on. */
    FrozenClassifier(ClassifierReading reading, Session session) {
        this.reading = reading;
        this.session = session;
        batch = session.network().newBatch();
    }

    /**
     * The classes of a text by decreasing probability; equal ones in the order of {@link Classifier#labels}.
     *
     * @throws IllegalArgumentException if the text has no token
     */
    public List<LabelProbability> classify(String text) {
        double[] log = logProbabilities(List.of(reading.tokens(text, "the text"))).get(0);
        return IntStream.range(0, log.length).mapToObj(k -> new LabelProbability(reading.labels().get(k), Math.exp(log[k])))
                .sorted(Comparator.comparingDouble(each -> -each.probability())).toList();
    }

    /**
     * Measures the model; see {@link Classifier#evaluate(List)}.
     *
     * @throws IllegalArgumentException if there is no example, one has no token, or a label is unknown; the message says where
     */
    public ClassifierEvaluation evaluate(List<LabelledText> examples) {
        if (examples.isEmpty()) {
            throw new IllegalArgumentException("there are no texts to evaluate");
        }
        int[] truth = examples.stream().mapToInt(reading::label).toArray();
        ClassifierEvaluation.Counts counts = new ClassifierEvaluation.Counts(reading.labels());
        for (int from = 0; from < examples.size(); from += BATCH) {
            List<LabelledText> part = examples.subList(from, Math.min(from + BATCH, examples.size()));
            List<double[]> answers = logProbabilities(part.stream().map(reading::tokens).toList());
            for (int i = 0; i < part.size(); i++) {
                counts.add(truth[from + i], answers.get(i));
            }
        }
        return counts.evaluation();
    }

    @Override
    public void close() {
        session.close();
    }

    /** The logarithms of the classes' probabilities, [K] for each sequence. */
    private List<double[]> logProbabilities(List<int[]> sequences) {
        batch.clear();
        reading.fill(batch, sequences);
        session.forward(batch);
        float[] logits = session.output(Classifier.LOGITS).toArray();
        int classes = reading.labels().size();
        List<double[]> all = new ArrayList<>();
        for (int s = 0; s < sequences.size(); s++) {
            all.add(LogSoftmax.of(logits, s * classes, classes));
        }
        return all;
    }
}
