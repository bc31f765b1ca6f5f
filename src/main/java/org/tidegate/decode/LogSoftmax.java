package org.tidegate.decode;

/** From logits x to log probabilities: x[i] − log Σ exp(x[j]), in double. */
public final class LogSoftmax {
    private LogSoftmax() {}

    /**
     * The log probabilities of a row.
     *
     * @param logits unnormalised log probabilities, row after row
     * @param from where the row begins
     * @param count how many logits it has
     * @return {@code [count]}; NaN if all are −∞
     */
    public static double[] of(float[] logits, int from, int count) {
        double[] row = new double[count];
        of(logits, from, row);
        return row;
    }

    /** As {@link #of(float[], int, int)}, into a row that is there. */
    static void of(float[] logits, int from, double[] row) {
        double greatest = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < row.length; i++) {
            greatest = Math.max(greatest, logits[from + i]);
        }
        double sum = 0;
        for (int i = 0; i < row.length; i++) {
            sum += Math.exp(logits[from + i] - greatest);
        }
        double norm = greatest + Math.log(sum);
        for (int i = 0; i < row.length; i++) {
            row[i] = logits[from + i] - norm;
        }
    }
}
