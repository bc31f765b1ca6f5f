package org.tidegate.study;

/**
 * An n-gram language model with interpolated, modified Kneser–Ney smoothing: what can be had by counting, to hold a network against.
 *
 * <p>The probability of a token w after a context h, of which at most the last n−1 tokens are seen
 * (S. F. Chen and J. Goodman: An empirical study of smoothing techniques for language modeling, 1999):
 *
 * <pre>
 *   p(w | h) = max(c(hw) − D(c(hw)), 0) / Σ_v c(hv)  +  γ(h) p(w | h'),     h' = h without its first token
 *   γ(h)     = (D1 N1(h) + D2 N2(h) + D3 N3(h)) / Σ_v c(hv)                 Nk(h): how many tokens follow h k times (3: or more)
 *   D1 = 1 − 2 Y n2/n1,   D2 = 2 − 3 Y n3/n2,   D3 = 3 − 4 Y n4/n3,   Y = n1 / (n1 + 2 n2)     nk: n-grams of the order counted k
 * </pre>
 *
 * c counts occurrences in the highest order and, below it, the different tokens that are followed by hw. Below single tokens stands
 * the uniform distribution over the vocabulary, so every token has a probability and they sum to 1. An order in which one of the nk is
 * 0, or a discount is no part of its count (the few single characters of a text, say), has the discounts ½, 1 and 1½.
 *
 * <p>Ids and vocabulary are a neural model's, unknown tokens included, so the figures compare. Immutable.
 */
public final class NGramModel {
    private static final double[] COMMON_DISCOUNTS = {0, 0.5, 1, 1.5};
    private static final int LONGEST = 100;

    private final int vocabulary;
    private final NGramCounts counts;
    // Of each node as a context: the counts of all that follows it, and γ.
    private final long[] total;
    private final double[] gamma;
    private final double[][] discounts;

    /**
     * Counts the n-grams of a text.
     *
     * @param ids the text, each id at least 0 and less than the vocabulary's size
     * @param vocabulary V, the number of different tokens
     * @param order n, the maximum number of tokens of an n-gram: the context is the last n−1 tokens
     * @throws IllegalArgumentException if the text is empty, an id is out of range, or the order is not between 1 and 100
     */
    public NGramModel(int[] ids, int vocabulary, int order) {
        if (order < 1 || order > LONGEST) {
            throw new IllegalArgumentException("the order of an n-gram model is " + order + "; expected 1 to " + LONGEST);
        }
        if (ids.length == 0) {
            throw new IllegalArgumentException("the text to count is empty");
        }
        for (int id : ids) {
            if (id < 0 || id >= vocabulary) {
                throw new IllegalArgumentException("id " + id + " is outside the vocabulary; expected 0 to " + (vocabulary - 1));
            }
        }
        this.vocabulary = vocabulary;
        counts = new NGramCounts(ids, order);
        discounts = discounts();
        total = new long[counts.nodes()];
        gamma = new double[counts.nodes()];
        for (int node = 1; node < counts.nodes(); node++) {
            total[counts.parent(node)] += counts.count(node);
            gamma[counts.parent(node)] += discount(node);
        }
        for (int node = 0; node < counts.nodes(); node++) {
            gamma[node] = total[node] == 0 ? 1 : gamma[node] / total[node];
        }
    }

    /** {@return n, the maximum number of tokens of an n-gram} */
    public int order() {
        return counts.order();
    }

    /** {@return V, the number of different tokens} */
    public int vocabularySize() {
        return vocabulary;
    }

    /** {@return the number of n-grams of all orders, which compares to a network's number of parameters} */
    public long size() {
        return counts.nodes() - 1L;
    }

    /**
     * {@return the discounts D1, D2 and D3 of the n-grams of a length}
     *
     * @param length the number of tokens, 1 to n
     * @throws IllegalArgumentException if the length is not between 1 and n
     */
    public double[] discounts(int length) {
        if (length < 1 || length > order()) {
            throw new IllegalArgumentException("n-grams of length " + length + " are not counted; expected 1 to " + order());
        }
        double[] d = discounts[length];
        return new double[] {d[1], d[2], d[3]};
    }

    /**
     * {@return the probability of a token after a context}
     *
     * @param token the id of the token
     * @param context the ids before it, of any length; tokens that the counted text lacks are allowed
     * @throws IllegalArgumentException if the token is outside the vocabulary
     */
    public double probability(int token, int... context) {
        if (token < 0 || token >= vocabulary) {
            throw new IllegalArgumentException("id " + token + " is outside the vocabulary; expected 0 to " + (vocabulary - 1));
        }
        int node = NGramCounts.EMPTY;
        for (int each : context) {
            node = after(node, each);
        }
        return probability(node, token);
    }

    /**
     * {@return the mean loss on a text, read from its first token to its last, nats per token; the first is not predicted}
     *
     * @param ids the text, at least two tokens
     * @throws IllegalArgumentException if the text has fewer than two tokens, or an id is outside the vocabulary
     */
    public double loss(int... ids) {
        if (ids.length < 2) {
            throw new IllegalArgumentException("the text has " + ids.length + " tokens; expected at least 2");
        }
        double sum = 0;
        int node = after(NGramCounts.EMPTY, ids[0]);
        for (int i = 1; i < ids.length; i++) {
            if (ids[i] < 0 || ids[i] >= vocabulary) {
                throw new IllegalArgumentException("id " + ids[i] + " is outside the vocabulary; expected 0 to " + (vocabulary - 1));
            }
            sum -= Math.log(probability(node, ids[i]));
            node = after(node, ids[i]);
        }
        return sum / (ids.length - 1);
    }

    /** The longest suffix of "context token" that can be a context: it was counted and leaves room for one token more. */
    private int after(int context, int token) {
        int node = context;
        while (true) {
            int next = counts.child(node, token);
            if (next >= 0 && counts.length(next) < order()) {
                return next;
            }
            if (node == NGramCounts.EMPTY) {
                return NGramCounts.EMPTY;
            }
            node = counts.suffix(node);
        }
    }

    /** Interpolates from the whole context down to none; a context that was never followed by a token is skipped. */
    private double probability(int context, int token) {
        double sum = 0;
        double share = 1;
        for (int node = context; ; node = counts.suffix(node)) {
            int child = counts.child(node, token);
            if (child >= 0) {
                sum += share * (counts.count(child) - discount(child)) / total[node];
            }
            share *= gamma[node];
            if (node == NGramCounts.EMPTY) {
                return sum + share / vocabulary;
            }
        }
    }

    private double discount(int node) {
        return discounts[counts.length(node)][Math.min(counts.count(node), 3)];
    }

    private double[][] discounts() {
        double[][] n = new double[order() + 1][5];
        for (int node = 1; node < counts.nodes(); node++) {
            int count = counts.count(node);
            if (count <= 4) {
                n[counts.length(node)][count]++;
            }
        }
        double[][] result = new double[order() + 1][];
        for (int length = 1; length <= order(); length++) {
            result[length] = discounts(n[length]);
        }
        return result;
    }

    private static double[] discounts(double[] n) {
        double[] d = {0, 0, 0, 0};
        double y = n[1] / (n[1] + 2 * n[2]);
        for (int k = 1; k <= 3; k++) {
            d[k] = k - (k + 1) * y * n[k + 1] / n[k];
            // Not a number where a count is 0. Below 0 or above the count itself, the estimate makes no sense.
            if (!(n[k + 1] > 0 && d[k] >= 0 && d[k] <= k)) {
                return COMMON_DISCOUNTS;
            }
        }
        return d;
    }
}
