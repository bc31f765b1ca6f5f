package org.tidegate.task;

import java.nio.IntBuffer;
import org.tidegate.Batch;
import org.tidegate.Network;
import org.tidegate.Session;
import org.tidegate.text.Vocabulary;

/** Reads text with a language model, chunk after chunk with the state carried over, and sums what it costs to predict it. */
final class TextReader implements AutoCloseable {
    /** Rows of a call: bounds its memory. */
    private static final int ROWS = 4096;
    /** The greatest number of steps of a call. */
    private static final int STEPS = 256;

    private final Session session;
    private final Batch batch;

    TextReader(Network network, int threads) {
        session = Sessions.of(network, threads);
        session.setCarry(true);
        batch = network.newBatch();
    }

    /** The measures of a text that is read as one stream. */
    LanguageModelEvaluation evaluate(Vocabulary vocabulary, String text) {
        int[] ids = vocabulary.encode(text);
        if (ids.length < 2) {
            throw new IllegalArgumentException("the text has " + ids.length + (ids.length == 1 ? " token" : " tokens")
                    + "; expected at least 2, as each is predicted from those before it");
        }
        return LanguageModelEvaluation.of(vocabulary, text, ids, loss(ids, 1));
    }

    /**
     * The mean loss of a text, nats per token.
     *
     * @param ids at least two tokens
     * @param streams the number of parts of equal length that are read side by side; 1 reads it as it stands
     */
    double loss(int[] ids, int streams) {
        session.reset();
        int length = (ids.length - 1) / streams;
        int chunk = Math.max(1, Math.min(STEPS, ROWS / streams));
        double sum = 0;
        long targets = 0;
        for (int at = 0; at < length; at += chunk) {
            int steps = Math.min(chunk, length - at);
            batch.equalLengths(LanguageModel.AXIS, streams, steps);
            IntBuffer tokens = batch.writableIds(LanguageModel.TOKENS);
            IntBuffer next = batch.writableIds(LanguageModel.NEXT);
            for (int t = 0; t < steps; t++) {
                for (int n = 0; n < streams; n++) {
                    int from = n * length + at + t;
                    tokens.put(ids[from]);
                    next.put(ids[from + 1]);
                }
            }
            long count = (long) steps * streams;
            sum += session.forward(batch).loss() * count;
            targets += count;
        }
        return sum / targets;
    }

    @Override
    public void close() {
        session.close();
    }
}
