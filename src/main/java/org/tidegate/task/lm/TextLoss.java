package org.tidegate.task.lm;

import java.nio.IntBuffer;
import org.tidegate.Batch;
import org.tidegate.Session;
import org.tidegate.metrics.Bootstrap;

/** The mean loss on a text, chunk by chunk with the state carried over. */
final class TextLoss {
    /** Rows of a call: bounds its memory. */
    private static final int ROWS = 4096;
    /** The greatest number of steps of a call. */
    private static final int STEPS = 256;

    private TextLoss() {}

    /**
     * The mean loss, nats per token.
     *
     * @param session carries its state afterwards
     * @param ids at least two tokens
     * @param streams the number of parts of equal length that are read side by side; 1 reads the text as it stands
     */
    static double of(Session session, Batch batch, int[] ids, int streams) {
        return of(session, batch, ids, streams, new Bootstrap());
    }

    /** As {@link #of(Session, Batch, int[], int)}; parts receives the nats and the tokens of each chunk. */
    static double of(Session session, Batch batch, int[] ids, int streams, Bootstrap parts) {
        session.setCarry(true);
        session.reset();
        int length = (ids.length - 1) / streams;
        int chunk = Math.max(1, Math.min(STEPS, ROWS / streams));
        double sum = 0;
        long targets = 0;
        for (int at = 0; at < length; at += chunk) {
            int steps = Math.min(chunk, length - at);
            batch.equalLengths(LanguageModelReading.AXIS, streams, steps);
            IntBuffer tokens = batch.writableIds(LanguageModelReading.TOKENS);
            IntBuffer next = batch.writableIds(LanguageModelReading.NEXT);
            for (int t = 0; t < steps; t++) {
                for (int n = 0; n < streams; n++) {
                    int from = n * length + at + t;
                    tokens.put(ids[from]);
                    next.put(ids[from + 1]);
                }
            }
            long count = (long) steps * streams;
            double nats = session.forward(batch).loss() * count;
            sum += nats;
            targets += count;
            parts.add(nats, count);
        }
        return sum / targets;
    }
}
