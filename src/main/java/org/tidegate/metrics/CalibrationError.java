package org.tidegate.metrics;

/**
 * The expected calibration error (Naeini et al. 2015): answers are put into {@value #BINS} bins of equal width by their probability, and
 * the differences of a bin's mean probability and its share of right answers are averaged over the answers. 0 where of the answers with
 * probability 0.8, say, 80 % are right.
 */
public final class CalibrationError {
    private static final int BINS = 15;

    private final double[] probabilities = new double[BINS];
    private final long[] right = new long[BINS];
    private long answers;

    /** No answers yet. */
    public CalibrationError() {}

    /**
     * Counts an answer.
     *
     * @param probability its probability, 0 to 1
     * @param isRight whether it is right
     * @throws IllegalArgumentException if the probability is not from 0 to 1
     */
    public void add(double probability, boolean isRight) {
        if (!(probability >= 0 && probability <= 1)) {
            throw new IllegalArgumentException("the probability is " + probability + "; expected 0 to 1");
        }
        int bin = Math.min((int) (probability * BINS), BINS - 1);
        probabilities[bin] += probability;
        right[bin] += isRight ? 1 : 0;
        answers++;
    }

    /** {@return the error, 0 to 1; 0 if there are no answers} */
    public double value() {
        double sum = 0;
        for (int bin = 0; bin < BINS; bin++) {
            sum += Math.abs(probabilities[bin] - right[bin]);
        }
        return answers == 0 ? 0 : sum / answers;
    }
}
