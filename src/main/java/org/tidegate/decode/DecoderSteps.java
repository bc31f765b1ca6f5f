package org.tidegate.decode;

import java.nio.FloatBuffer;
import org.tidegate.Batch;
import org.tidegate.Session;

/**
 * A session's decoder as the model that a {@link BeamSearch} asks: it reads a word in each row and scores the next, carrying the state of
 * the hypotheses on. The sources are encoded first, each once, and then repeated for the beams:
 *
 * <pre>{@code
 * session.forward(batch);                                     // the sources alone
 * session.select("source", search.rows(sources));
 * search.search(sources, vocabulary, 50, new DecoderSteps(session, batch, "target", "words", sources * search.beam()));
 * }</pre>
 *
 * <p>For one search, and one thread. Session and batch stay the caller's, who uses them for nothing else meanwhile.
 */
public final class DecoderSteps implements BeamSearch.Scorer {
    private final Session session;
    private final Batch batch;
    private final String axis;
    private final String words;

    /**
     * The steps of a search.
     *
     * @param session knows the sources, and carries no state of the decoder
     * @param batch for the session; its content is replaced
     * @param axis the decoder's axis
     * @param words the input of the words that the decoder reads, on that axis; the graph's last node gives the logits of the next ones
     * @param rows the sequences that are decoded side by side
     */
    public DecoderSteps(Session session, Batch batch, String axis, String words, int rows) {
        this.session = session;
        this.batch = batch.clear().equalLengths(axis, rows, 1);
        this.axis = axis;
        this.words = words;
    }

    @Override
    public FloatBuffer next(int[] parents, int[] tokens) {
        if (!BeamSearch.isIdentity(parents)) {
            session.select(axis, parents);
        }
        return session.step(batch.ids(words, tokens));
    }
}
