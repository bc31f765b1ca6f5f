package org.tidegate.decode;

import java.nio.FloatBuffer;
import java.util.SplittableRandom;

/**
 * Draws tokens from logits by the settings of a {@link Sampling}. It keeps the state of its random number generator, so one sampler serves
 * one sequence at a time. A draw allocates nothing.
 */
public final class Sampler {
    private final Sampling sampling;
    private final boolean[] banned;
    private final SplittableRandom random;
    private final double[] weights;
    private final int[] order;

    Sampler(Sampling sampling, int vocabularySize, int... banned) {
        this.sampling = sampling;
        this.banned = new boolean[vocabularySize];
        for (int id : banned) {
            if (id < 0 || id >= vocabularySize) {
                throw new IllegalArgumentException("banned id " + id + " is outside the vocabulary of " + vocabularySize);
            }
            this.banned[id] = true;
        }
        int left = 0;
        for (boolean b : this.banned) {
            left += b ? 0 : 1;
        }
        if (left == 0) {
            throw new IllegalArgumentException("every token of the vocabulary of " + vocabularySize + " is banned");
        }
        this.random = new SplittableRandom(sampling.seed());
        this.weights = new double[vocabularySize];
        this.order = new int[left];
    }

    /**
     * Draws the next token.
     *
     * @param logits {@code [vocabulary]}, from the buffer's position to its limit; −∞ is never chosen and the buffer is not changed
     * @return the id of the token
     * @throws IllegalArgumentException if there are not as many logits as tokens, one is NaN or +∞, or all are −∞
     */
    public int choose(FloatBuffer logits) {
        if (logits.remaining() != weights.length) {
            throw new IllegalArgumentException("got " + logits.remaining() + " logits; expected " + weights.length);
        }
        int best = best(logits);
        if (sampling.temperature() == 0) {
            return best;
        }
        // Subtracting the maximum before the division keeps every exponent at or below 0, even at tiny temperatures.
        int base = logits.position();
        double top = logits.get(base + best);
        int candidates = 0;
        double total = 0;
        for (int id = 0; id < weights.length; id++) {
            double weight = banned[id] ? 0 : Math.exp((logits.get(base + id) - top) / sampling.temperature());
            weights[id] = weight;
            if (weight > 0) {
                order[candidates++] = id;
                total += weight;
            }
        }
        boolean cutK = sampling.topK() > 0 && sampling.topK() < candidates;
        if (cutK || sampling.topP() < 1) {
            sortByWeight(candidates);
            if (cutK) {
                candidates = sampling.topK();
                total = sum(candidates);
            }
            if (sampling.topP() < 1) {
                candidates = nucleus(candidates, sampling.topP() * total);
                total = sum(candidates);
            }
        }
        return draw(candidates, total);
    }

    private int best(FloatBuffer logits) {
        int base = logits.position();
        int best = -1;
        for (int id = 0; id < weights.length; id++) {
            float logit = logits.get(base + id);
            if (Float.isNaN(logit) || logit == Float.POSITIVE_INFINITY) {
                throw new IllegalArgumentException("the logit of token " + id + " is " + logit + "; the model's parameters are not finite");
            }
            if (!banned[id] && logit != Float.NEGATIVE_INFINITY && (best < 0 || logit > logits.get(base + best))) {
                best = id;
            }
        }
        if (best < 0) {
            throw new IllegalArgumentException("every token that may be chosen has the logit -Infinity");
        }
        return best;
    }

    private int draw(int candidates, double total) {
        double left = random.nextDouble() * total;
        for (int i = 0; i < candidates - 1; i++) {
            left -= weights[order[i]];
            if (left < 0) {
                return order[i];
            }
        }
        return order[candidates - 1];
    }

    private int nucleus(int candidates, double mass) {
        double sum = 0;
        for (int i = 0; i < candidates; i++) {
            sum += weights[order[i]];
            if (sum >= mass) {
                return i + 1;
            }
        }
        return candidates;
    }

    private double sum(int candidates) {
        double sum = 0;
        for (int i = 0; i < candidates; i++) {
            sum += weights[order[i]];
        }
        return sum;
    }

    // Heap sort in place, largest weight first, ties by the smaller id: no comparator objects, no allocation.
    private void sortByWeight(int size) {
        for (int root = size / 2 - 1; root >= 0; root--) {
            sift(root, size);
        }
        for (int end = size - 1; end > 0; end--) {
            int last = order[0];
            order[0] = order[end];
            order[end] = last;
            sift(0, end);
        }
    }

    private void sift(int from, int size) {
        int root = from;
        while (2 * root + 1 < size) {
            int child = 2 * root + 1;
            if (child + 1 < size && comesAfter(order[child + 1], order[child])) {
                child++;
            }
            if (!comesAfter(order[child], order[root])) {
                return;
            }
            int swapped = order[root];
            order[root] = order[child];
            order[child] = swapped;
            root = child;
        }
    }

    private boolean comesAfter(int a, int b) {
        return weights[a] < weights[b] || (weights[a] == weights[b] && a > b);
    }
}
