package org.tidegate.metrics;

/**
 * The counts of one class in a classification, and its precision, recall and F1. A ratio whose denominator is 0 is 0: the precision of a
 * class that was never predicted, for example.
 *
 * @param name the class
 * @param count its support: how many targets are of the class
 * @param given how many predictions are of the class
 * @param correct how many targets of the class were predicted as such
 */
public record ClassScore(String name, long count, long given, long correct) {
    /** {@return the precision: correct ÷ given} */
    public double precision() {
        return ratio(correct, given);
    }

    /** {@return the recall: correct ÷ count} */
    public double recall() {
        return ratio(correct, count);
    }

    /** {@return the F1, the harmonic mean of precision and recall: 2 correct ÷ (count + given)} */
    public double f1() {
        return ratio(2 * correct, count + given);
    }

    private static double ratio(long part, long whole) {
        return whole == 0 ? 0 : (double) part / whole;
    }
}
