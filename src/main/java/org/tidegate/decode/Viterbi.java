package org.tidegate.decode;

import java.util.Arrays;
import org.tidegate.Model;

/**
 * The best tag sequence under a linear-chain conditional random field (the op {@code crf}): of all {@code K^T} sequences y the one with the
 * greatest {@code start[y1] + sum of scores[t, y_t] + sum of transitions[y_t, y_t+1] + end[y_T]}. Viterbi, "Error bounds for
 * convolutional codes and an asymptotically optimum decoding algorithm", 1967.
 *
 * <p>Immutable, for all threads.
 */
public final class Viterbi {
    /**
     * A tag sequence.
     *
     * @param tags {@code [T]}, a tag for each step
     * @param score its sum of scores, unnormalised: minus the log partition function it is the log probability
     */
    public record Path(int[] tags, double score) {

        /** Whether the other has the same tags and score. */
        @Override
        public boolean equals(Object other) {
            return other instanceof Path that && Arrays.equals(tags, that.tags) && score == that.score;
        }

        @Override
        public int hashCode() {
            return 31 * Arrays.hashCode(tags) + Double.hashCode(score);
        }

        /** The tags and the score. */
        @Override
        public String toString() {
            return Arrays.toString(tags) + " with score " + score;
        }
    }

    private final int tags;
    private final float[] transitions;
    private final float[] start;
    private final float[] end;

    /**
     * Copies the parameters.
     *
     * @param transitions {@code [K,K]}, the score of the row's tag followed by the column's; -∞ forbids a transition
     * @param start {@code [K]}, the score of each tag at the first step
     * @param end {@code [K]}, the score of each tag at the last step
     * @throws IllegalArgumentException if the sizes do not fit, or a number is NaN or +∞
     */
    public Viterbi(float[] transitions, float[] start, float[] end) {
        tags = start.length;
        if (tags == 0 || end.length != tags || transitions.length != (long) tags * tags) {
            throw new IllegalArgumentException("there are " + transitions.length + " transitions, " + tags + " start and " + end.length
                    + " end scores; expected K * K, K and K for K tags, at least one");
        }
        this.transitions = checked("transitions", transitions.clone(), tags);
        this.start = checked("start", start.clone(), tags);
        this.end = checked("end", end.clone(), tags);
    }

    /**
     * Reads the parameters of a model's {@code crf} node as they are now.
     *
     * @param model a model with a {@code crf} node
     * @param crf the node's name
     * @return a decoder with a copy of the parameters
     * @throws IllegalArgumentException if the model has no such parameters
     */
    public static Viterbi of(Model model, String crf) {
        return new Viterbi(model.parameter(crf + ".transitions").toArray(), model.parameter(crf + ".start").toArray(),
            model.parameter(crf + ".end").toArray());
    }

    /** {@return K, the number of tags} */
    public int tags() {
        return tags;
    }

    /**
     * The best tag sequence; ties go to the smallest last tag, then to the smallest before it, and so on. Where every sequence is forbidden
     * its score is -∞.
     *
     * @param scores {@code [T,K]}, the emission scores of one sequence, not packed with others
     * @return the sequence of T tags and its score
     * @throws IllegalArgumentException if there are no whole rows or none, or a number is NaN or +∞
     */
    public Path bestPath(float[] scores) {
        if (scores.length == 0 || scores.length % tags != 0) {
            throw new IllegalArgumentException(
                scores.length + " scores are no rows of " + tags + " tags; expected [T,K] with T at least 1");
        }
        checked("scores", scores, tags);
        int steps = scores.length / tags;
        int[] from = new int[scores.length];
        double[] best = new double[tags];
        for (int tag = 0; tag < tags; tag++) {
            best[tag] = (double) start[tag] + scores[tag];
        }
        double[] before = new double[tags];
        for (int t = 1; t < steps; t++) {
            double[] swapped = before;
            before = best;
            best = swapped;
            for (int tag = 0; tag < tags; tag++) {
                int previous = bestBefore(before, tag);
                from[t * tags + tag] = previous;
                best[tag] = before[previous] + transitions[previous * tags + tag] + scores[t * tags + tag];
            }
        }
        int last = 0;
        for (int tag = 1; tag < tags; tag++) {
            if (best[tag] + end[tag] > best[last] + end[last]) {
                last = tag;
            }
        }
        int[] path = new int[steps];
        path[steps - 1] = last;
        for (int t = steps - 1; t > 0; t--) {
            path[t - 1] = from[t * tags + path[t]];
        }
        return new Path(path, best[last] + end[last]);
    }

    private int bestBefore(double[] before, int tag) {
        int best = 0;
        for (int previous = 1; previous < tags; previous++) {
            if (before[previous] + transitions[previous * tags + tag] > before[best] + transitions[best * tags + tag]) {
                best = previous;
            }
        }
        return best;
    }

    private static float[] checked(String what, float[] values, int columns) {
        for (int i = 0; i < values.length; i++) {
            if (Float.isNaN(values[i]) || values[i] == Float.POSITIVE_INFINITY) {
                throw new IllegalArgumentException(
                    what + ": row " + i / columns + ", column " + i % columns + " is " + values[i] + "; expected a number, or -Infinity");
            }
        }
        return values;
    }
}
