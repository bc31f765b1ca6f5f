package org.tidegate.metrics;

/**
 * What became of one class. A ratio whose denominator is 0 counts as 0: the precision of a class that was never given, say.
 *
 * @param name the class
 * @param count how many targets are of it
 * @param given how many were given it
 * @param correct how many of both
 */
public record ClassScore(String name, long count, long given, long correct) {
    /** The share of the targets that were given it rightly. */
    public double precision() {
        return ratio(correct, given);
    }

    /** The share of the targets of it that were given it. */
    public double recall() {
        return ratio(correct, count);
    }

    /** The harmonic mean of precision and recall: 2 correct / (count + given). */
    public double f1() {
        return ratio(2 * correct, count + given);
    }

    private static double ratio(long part, long whole) {
        return whole == 0 ? 0 : (double) part / whole;
    }
}
