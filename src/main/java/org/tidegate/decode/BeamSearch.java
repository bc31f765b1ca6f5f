package org.tidegate.decode;

import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import org.tidegate.text.Vocabulary;

/**
 * Beam search over any model that gives logits of the next token: of all continuations of the {@code beam} best unfinished hypotheses the
 * best are kept. One that ends leaves the beam, which is then narrower by one (Sutskever et al. 2014), so a beam of 1 is greedy search.
 * Hypotheses are ranked by log probability ÷ length^alpha: alpha 0 is the sum, which favours short sequences, alpha 1 the mean. Immutable.
 *
 * <p>Several searches run side by side, each over {@code beam} rows of the model: row r belongs to search r ÷ beam. The number of rows
 * never changes, so a session keeps its batch size; rows without a live hypothesis repeat their token. With a session:
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
 * <p>{@link DecoderSteps} is such a scorer.
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

    /** The model: reads a token in each row and gives the logits of the next. */
    @FunctionalInterface
    public interface Scorer {
        /**
         * One decoder step over all rows.
         *
         * @param parents for each row, the row of the previous call whose state it continues, one of the same search; in the first call
         *     each row itself
         * @param tokens for each row, the token that it reads: in the first call the start, then the one chosen last
         * @return logits {@code [rows, vocabulary]} from the buffer's position to its limit; −∞ is never chosen. They are read before the
         *     next call and not changed
         */
        FloatBuffer next(int[] parents, int[] tokens);
    }

    /**
     * {@return a search with that many hypotheses} By default it returns the best one, ranked by the sum of the log probabilities; see
     * {@link #lengthNormalization} and {@link #best}.
     *
     * @param beam the beam width, how many hypotheses are kept
     * @throws IllegalArgumentException if beam is not positive
     */
    public static BeamSearch of(int beam) {
        if (beam < 1) {
            throw new IllegalArgumentException("the beam is " + beam + "; expected 1 or more hypotheses");
        }
        return new BeamSearch(beam, 0, 1, new int[0]);
    }

    /** {@return greedy search, the most likely token at each step: a beam of 1} */
    public static BeamSearch greedy() {
        return of(1);
    }

    /**
     * Sets the exponent alpha of the length normalisation: hypotheses are ranked by log probability ÷ length^alpha.
     *
     * @param value alpha, 0 (the default) or more
     * @return a changed copy
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
     * Sets how many hypotheses are returned at most, best first.
     *
     * @param count from 1 (the default) to the beam width
     * @return a changed copy
     * @throws IllegalArgumentException if it is not between 1 and the beam
     */
    public BeamSearch best(int count) {
        if (count < 1 || count > beam) {
            throw new IllegalArgumentException("the " + count + " best hypotheses of a beam of " + beam + "; expected 1 to " + beam);
        }
        return new BeamSearch(beam, alpha, count, banned);
    }

    /**
     * Bans further tokens, {@code <bos>} for example: they are never chosen, but stay in the softmax.
     *
     * @param tokens the ids of the tokens
     * @return a changed copy
     */
    public BeamSearch without(int... tokens) {
        int[] all = Arrays.copyOf(banned, banned.length + tokens.length);
        System.arraycopy(tokens, 0, all, banned.length, tokens.length);
        return new BeamSearch(beam, alpha, best, all);
    }

    /** {@return the beam width, how many hypotheses are live at most} */
    public int beam() {
        return beam;
    }

    /** {@return the exponent of the length that log probabilities are divided by} */
    public double lengthNormalization() {
        return alpha;
    }

    /** {@return how many hypotheses are returned at most} */
    public int best() {
        return best;
    }

    /**
     * {@return the search of each row, {@code [searches * beam]}} {@link org.tidegate.Session#select} with it repeats N encoded sources for
     * all rows.
     *
     * @param searches N
     */
    public int[] rows(int searches) {
        int[] rows = new int[Math.multiplyExact(searches, beam)];
        Arrays.setAll(rows, row -> row / beam);
        return rows;
    }

    /**
     * {@return whether each row is its own parent, so that no state has to be moved}
     *
     * @param parents the parent row of each row
     */
    public static boolean isIdentity(int[] parents) {
        for (int row = 0; row < parents.length; row++) {
            if (parents[row] != row) {
                return false;
            }
        }
        return true;
    }

    /**
     * Searches. A search ends when no live hypothesis can still become one of the {@link #best}, when as many as the beam have finished,
     * or at the maximum length, where live hypotheses are cut off and ranked with the finished ones.
     *
     * @param starts the token that each search reads first; their number is the number of searches
     * @param end the token that ends a sequence, or −1 for a model without one
     * @param maximumLength how many tokens a hypothesis has at most, the end sign counted
     * @param scorer the model
     * @return for each search its hypotheses, best first, at least one; equal scores are in the order in which they were found
     * @throws IllegalArgumentException if there is no search or no length, the logits are not {@code [rows, vocabulary]}, one is NaN or
     *     +∞, or no token may be chosen
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
            rows.setLogits(scorer.next(parents, tokens), parents.length);
            searching = false;
            for (int search = 0; search < lists.length; search++) {
                searching |= lists[search].advance(rows, search * beam, parents, tokens);
            }
        }
        return Arrays.stream(lists).map(BeamList::result).toList();
    }

    /**
     * Searches from the begin sign of a vocabulary, which is never chosen, to its end sign; else as
     * {@link #search(int[], int, int, Scorer)}.
     *
     * @param searches the number of searches
     * @param vocabulary with {@code <bos>} and {@code <eos>}
     * @param maximumLength how many tokens a hypothesis has at most, the end sign counted
     * @param scorer the model
     * @return for each search its hypotheses, best first
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
