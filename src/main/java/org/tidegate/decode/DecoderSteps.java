package org.tidegate.decode;

import java.nio.FloatBuffer;
import org.tidegate.Batch;
import org.tidegate.Session;

/**
 * The decoder of a session as the {@link BeamSearch.Scorer} of a beam search: each call is one decoder step over all rows, whose recurrent
 * state carries over along the hypotheses. The sources are encoded first, each once, and then repeated for the beams:
 *
 * <pre>{@code
 * session.forward(batch);                                     // the sources alone
 * session.select("source", search.rows(sources));
 * search.search(sources, vocabulary, 50, new DecoderSteps(session, batch, "target", "words", sources * search.beam()));
 * }</pre>
 *
 * <p>For one search and one thread. Session and batch stay the caller's, and must not be used for anything else during the search.
 */
public final class DecoderSteps implements BeamSearch.Scorer {
    private final Session session;
    private final Batch batch;
    private final String axis;
    private final String words;

    /**
     * The decoder of a search.
     *
     * @param session has the encoded sources, and no state of the decoder yet
     * @param batch for the session; its content is replaced
     * @param axis the decoder's axis
     * @param words the input of the words that the decoder reads, on that axis; the graph's last node gives the logits of the next ones
     * @param rows the number of rows: searches × beam width
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
