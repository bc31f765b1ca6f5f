package org.tidegate.decode;

import java.util.Arrays;

/**
 * A sequence that a {@link BeamSearch} found.
 *
 * @param tokens its tokens, without the start and the end sign
 * @param logProbability the sum of the log probabilities of its tokens, the end sign's included where it ended
 * @param score the length-normalised log probability, log probability ÷ length^alpha, by which hypotheses are ranked; the length counts the
 *     end sign where it ended
 * @param ended whether the end sign followed; false where the maximum length cut it off
 */
public record Hypothesis(int[] tokens, double logProbability, double score, boolean ended) {

    /** Whether the other has the same tokens and figures. */
    @Override
    public boolean equals(Object other) {
        return other instanceof Hypothesis that && Arrays.equals(tokens, that.tokens) && logProbability == that.logProbability
                && score == that.score && ended == that.ended;
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(tokens) + Double.hashCode(score);
    }

    /** The tokens and the score. */
    @Override
    public String toString() {
        return Arrays.toString(tokens) + (ended ? " ended" : " cut off") + " with score " + score;
    }
}
