package org.tidegate.task;

import java.nio.FloatBuffer;
import org.tidegate.Batch;
import org.tidegate.Session;
import org.tidegate.decode.BeamSearch;

/**
 * A decoder's steps as a search takes them: the first one reads what the decoder starts from, the others carry the states of the
 * hypotheses on. For one search.
 */
final class DecoderSteps implements BeamSearch.Scorer {
    private final Session session;
    private final Batch first;
    private final Batch next;
    private final String words;
    private final String logits;
    private boolean begun;

    /**
     * The steps of a search, over a session that forgets what it did before.
     *
     * @param first all inputs of the first step but its words
     * @param next the batch of each further step, with its lengths
     * @param words the input of the words that are read
     * @param logits the output of the scores of the words that may come next
     */
    DecoderSteps(Session session, Batch first, Batch next, String words, String logits) {
        this.session = session;
        this.first = first;
        this.next = next;
        this.words = words;
        this.logits = logits;
        session.reset();
    }

    @Override
    public FloatBuffer next(int[] parents, int[] tokens) {
        if (!begun) {
            begun = true;
            session.forward(first.ids(words, tokens));
            return session.output(logits).buffer();
        }
        if (!BeamSearch.isIdentity(parents)) {
            session.setState(session.state().select(parents));
        }
        return session.step(next.ids(words, tokens));
    }
}
