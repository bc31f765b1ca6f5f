package org.tidegate.decode;

/** The log-softmax of logits x: x[i] − log Σ exp(x[j]), in double. */
public final class LogSoftmax {
    private LogSoftmax() {}

    /**
     * The log probabilities of a row.
     *
     * @param logits rows of logits, row-major
     * @param from the index of the first logit of the row
     * @param count how many logits it has
     * @return {@code [count]}; NaN if all are −∞
     */
    public static double[] of(float[] logits, int from, int count) {
        double[] row = new double[count];
        of(logits, from, row);
        return row;
    }

    /** As {@link #of(float[], int, int)}, into a given row. */
    static void of(float[] logits, int from, double[] row) {
        double maximum = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < row.length; i++) {
            maximum = Math.max(maximum, logits[from + i]);
        }
        double sum = 0;
        for (int i = 0; i < row.length; i++) {
            sum += Math.exp(logits[from + i] - maximum);
        }
        double norm = maximum + Math.log(sum);
        for (int i = 0; i < row.length; i++) {
            row[i] = logits[from + i] - norm;
        }
    }
}
