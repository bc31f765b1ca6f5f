package org.tidegate.task;

import java.nio.FloatBuffer;
import java.util.List;
import java.util.function.Function;
import org.tidegate.Batch;
import org.tidegate.Session;
import org.tidegate.metrics.Accuracy;
import org.tidegate.text.Vocabulary;

/**
 * The accuracy of a decoder's next word in a validation: the decoder reads the words before it from the right answer, of which every word
 * and the end count. A word that the vocabulary lacks counts as wrong.
 *
 * @param <E> an example
 */
public final class NextWordScore<E> implements ExampleReading.Score<E> {
    /** The name of the figure. */
    public static final String NAME = "next_word_accuracy";

    private final Vocabulary vocabulary;
    private final String axis;
    private final String logits;
    private final Function<E, int[]> targets;
    private final Accuracy accuracy = new Accuracy();

    /**
     * A score of one validation.
     *
     * @param vocabulary the decoder's words
     * @param axis the decoder's axis
     * @param logits the output {@code [R,V]}, the logits of the next word
     * @param targets the ids that the decoder should give for an example, the end included
     */
    public NextWordScore(Vocabulary vocabulary, String axis, String logits, Function<E, int[]> targets) {
        this.vocabulary = vocabulary;
        this.axis = axis;
        this.logits = logits;
        this.targets = targets;
    }

    @Override
    public void add(Session session, Batch batch, List<E> examples) {
        FloatBuffer rows = session.output(logits).buffer();
        for (int s = 0; s < examples.size(); s++) {
            int[] right = targets.apply(examples.get(s));
            for (int t = 0; t < right.length; t++) {
                if (right[t] == vocabulary.unknownId()) {
                    accuracy.add(false);
                } else {
                    accuracy.add(rows, batch.row(axis, s, t), vocabulary.size(), 0, right[t]);
                }
            }
        }
    }

    @Override
    public double value() {
        return accuracy.value();
    }
}
