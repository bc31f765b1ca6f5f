package org.tidegate.task;

import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.util.List;
import org.tidegate.Attribute;
import org.tidegate.Batch;
import org.tidegate.Network;
import org.tidegate.Session;
import org.tidegate.decode.LogSoftmax;
import org.tidegate.metrics.Accuracy;
import org.tidegate.text.Vocabulary;

/**
 * The accuracy of a decoder's next token (a word, unless the vocabulary has others) in a validation: the decoder reads the tokens before it
 * from the right answer, of which every token and the end count. One that the vocabulary lacks counts as wrong. Where the network's loss is
 * smoothed ({@link Attribute#labelSmoothing}) the validation's is that of the right tokens alone, so that losses compare.
 *
 * @param <E> an example
 */
public final class NextWordScore<E> implements ExampleReading.Score<E> {
    private final Vocabulary vocabulary;
    private final String logits;
    private final String targets;
    private final Accuracy accuracy = new Accuracy();
    private double nats; // of the right tokens, where the network's loss is another
    private long tokens;

    /**
     * A score of one validation.
     *
     * @param vocabulary the decoder's words
     * @param logits the output {@code [R,V]}, the logits of the next word
     * @param targets the input of the ids that the decoder should give, the end included
     */
    public NextWordScore(Vocabulary vocabulary, String logits, String targets) {
        this.vocabulary = vocabulary;
        this.logits = logits;
        this.targets = targets;
    }

    /**
     * {@return the name of the figure: {@code "next_word_accuracy"}, or that of what else a token is, {@code "next_token_accuracy"}}
     *
     * @param vocabulary the decoder's
     */
    public static String name(Vocabulary vocabulary) {
        return "next_" + vocabulary.unit().noun() + "_accuracy";
    }

    @Override
    public void add(Session session, Batch batch, List<E> examples) {
        FloatBuffer rows = session.output(logits).buffer();
        IntBuffer right = batch.writableIds(targets);
        if (isSmoothed(session.network())) {
            count(rows, right);
        }
        for (int row = 0; row < right.limit(); row++) {
            if (right.get(row) == vocabulary.unknownId()) {
                accuracy.add(false);
            } else {
                accuracy.add(rows, row, vocabulary.size(), 0, right.get(row));
            }
        }
    }

    /** Whether a network's own loss is smoothed. */
    static boolean isSmoothed(Network network) {
        return network.nodes().stream().anyMatch(node -> node.attribute("label_smoothing").isPresent());
    }

    private void count(FloatBuffer rows, IntBuffer right) {
        float[] row = new float[vocabulary.size()];
        for (int i = 0; i < right.limit(); i++) {
            rows.get(rows.position() + i * row.length, row);
            nats -= LogSoftmax.of(row, 0, row.length)[right.get(i)];
        }
        tokens += right.limit();
    }

    @Override
    public double value() {
        return accuracy.value();
    }

    @Override
    public double loss(double network) {
        return tokens == 0 ? network : nats / tokens;
    }
}
