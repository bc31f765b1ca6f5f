package org.tidegate.decode;

import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import org.tidegate.text.Vocabulary;

/**
 * Beam search over any model that scores the next token: of all continuations of the {@code beam} best unfinished hypotheses the best
 * are kept. One that ends leaves the beam, which is then narrower by one (Sutskever et al. 2014), so a beam of 1 is greedy search.
 * Hypotheses are ranked by log probability ÷ length^alpha: alpha 0 takes the sum as it is, which favours the short, alpha 1 the mean.
 * Immutable.
 *
 * <p>Several searches run side by side, each over {@code beam} rows of the model: row r belongs to search r ÷ beam. The number of rows
 * never changes, so a session steps on with the same batch; rows that have nothing to do repeat themselves. With a session:
 *
 * <pre>{@code
 * // rows = searches * beam sequences, all rows of a search in the same state
 * List<List<Hypothesis>> found = BeamSearch.of(5).lengthNormalization(1).best(3).search(starts, end, 50, (parents, tokens) -> {
 *     if (!BeamSearch.isIdentity(parents)) {
 *         session.select("words", parents);
 *     }
 *     return session.step(tokens);
 * });
 * }</pre>
 *
 * <p>{@link DecoderSteps} is such a model, of a decoder.
 */
public final class BeamSearch {
    private final int beam;
    private final double alpha;
    private final int best;
    private final int[] banned;

    private BeamSearch(int beam, double alpha, int best, int[] banned) {
        this.beam = beam;
        this.alpha = alpha;
        this.best = best;
        this.banned = banned;
    }

    /** The model: reads a token in each row and scores the next. */
    @FunctionalInterface
    public interface Scorer {
        /**
         * Scores the tokens that may come next in each row.
         *
         * @param parents for each row, the row of the call before whose state it goes on from; of the same search. In the first call
         *     each row itself
         * @param tokens for each row, the token that it reads: in the first call the start, then what was chosen
         * @return logits {@code [rows, vocabulary]} from the buffer's position to its limit; unnormalised, −∞ is never chosen. They
         *     are read before the next call and not changed
         */
        FloatBuffer next(int[] parents, int[] tokens);
    }

    /**
     * A search with that many hypotheses; the best one, ranked by the sum, is the answer unless {@link #lengthNormalization} and
     * {@link #best} say otherwise.
     *
     * @throws IllegalArgumentException if beam is not positive
     */
    public static BeamSearch of(int beam) {
        if (beam < 1) {
            throw new IllegalArgumentException("the beam is " + beam + "; expected 1 or more hypotheses");
        }
        return new BeamSearch(beam, 0, 1, new int[0]);
    }

    /** The most likely token at each step: a beam of 1. */
    public static BeamSearch greedy() {
        return of(1);
    }

    /**
     * Ranks by log probability ÷ length^alpha, 0 by default.
     *
     * @throws IllegalArgumentException if alpha is negative or not finite
     */
    public BeamSearch lengthNormalization(double value) {
        if (!(value >= 0) || Double.isInfinite(value)) {
            throw new IllegalArgumentException("the length normalisation is " + value
                    + "; expected 0 (sum), 1 (mean) or another number from 0 on");
        }
        return new BeamSearch(beam, value, best, banned);
    }

    /**
     * How many hypotheses are returned at most, best first; 1 by default.
     *
     * @throws IllegalArgumentException if it is not between 1 and the beam
     */
    public BeamSearch best(int count) {
        if (count < 1 || count > beam) {
            throw new IllegalArgumentException("the " + count + " best hypotheses of a beam of " + beam + "; expected 1 to " + beam);
        }
        return new BeamSearch(beam, alpha, count, banned);
    }

    /**
     * Further tokens that are never chosen, {@code <bos>} for example; they count in the normalisation of probabilities all the same.
     */
    public BeamSearch without(int... tokens) {
        int[] all = Arrays.copyOf(banned, banned.length + tokens.length);
        System.arraycopy(tokens, 0, all, banned.length, tokens.length);
        return new BeamSearch(beam, alpha, best, all);
    }

    /** How many hypotheses live at a time. */
    public int beam() {
        return beam;
    }

    /** The exponent of the length that log probabilities are divided by. */
    public double lengthNormalization() {
        return alpha;
    }

    /** How many hypotheses are returned at most. */
    public int best() {
        return best;
    }

    /** The search that each row of so many searches belongs to: what a session selects of N sources to have them in all rows. */
    public int[] rows(int searches) {
        int[] rows = new int[Math.multiplyExact(searches, beam)];
        Arrays.setAll(rows, row -> row / beam);
        return rows;
    }

    /** Whether each row goes on from itself, so that no state needs to move. */
    public static boolean isIdentity(int[] parents) {
        for (int row = 0; row < parents.length; row++) {
            if (parents[row] != row) {
                return false;
            }
        }
        return true;
    }

    /**
     * Searches. A search ends when nothing that lives can still become one of the {@link #best}, when as many as the beam have ended,
     * or at the greatest length, where what lives is cut off and ranked with the others.
     *
     * @param starts the token that each search reads first; their number is the number of searches
     * @param end the token that ends a sequence, or −1 for a model without one
     * @param maximumLength how many tokens a hypothesis has at most, the end sign counted
     * @param scorer the model
     * @return for each search its hypotheses, best first, at least one; equal scores are in the order in which they were found
     * @throws IllegalArgumentException if there is no search or no length, the logits are not {@code [rows, vocabulary]} or not
     *     numbers, or nothing may be chosen
     */
    public List<List<Hypothesis>> search(int[] starts, int end, int maximumLength, Scorer scorer) {
        if (starts.length == 0 || maximumLength < 1) {
            throw new IllegalArgumentException(
                    starts.length + " searches of at most " + maximumLength + " tokens; expected 1 or more of each");
        }
        BeamRows rows = new BeamRows(beam, end, banned);
        BeamList[] lists = new BeamList[starts.length];
        int[] parents = new int[Math.multiplyExact(starts.length, beam)];
        int[] tokens = new int[parents.length];
        for (int search = 0; search < lists.length; search++) {
            lists[search] = new BeamList(beam, alpha, best, maximumLength);
            Arrays.fill(tokens, search * beam, (search + 1) * beam, starts[search]);
        }
        Arrays.setAll(parents, row -> row);
        boolean searching = true;
        while (searching) {
            rows.show(scorer.next(parents, tokens), parents.length);
            searching = false;
            for (int search = 0; search < lists.length; search++) {
                searching |= lists[search].advance(rows, search * beam, parents, tokens);
            }
        }
        return Arrays.stream(lists).map(BeamList::result).toList();
    }

    /**
     * Searches for sequences of a vocabulary with signs for begin and end: each begins with the one, which is never chosen, and ends with
     * the other. Else as {@link #search(int[], int, int, Scorer)}.
     *
     * @param searches how many
     */
    public List<List<Hypothesis>> search(int searches, Vocabulary vocabulary, int maximumLength, Scorer scorer) {
        int[] starts = new int[searches];
        Arrays.fill(starts, vocabulary.beginId());
        return without(vocabulary.beginId()).search(starts, vocabulary.endId(), maximumLength, scorer);
    }

    /** The settings. */
    @Override
    public String toString() {
        return beam == 1 ? "greedy" : "beam=" + beam + " length_normalization=" + alpha;
    }
}
