package org.tidegate.metrics;

import java.util.List;

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

    /**
     * {@return the macro F1: the mean F1 of the classes that occur or were predicted; 0 if there are none}
     *
     * @param scores the counts of each class
     */
    public static double macroF1(List<ClassScore> scores) {
        return scores.stream().filter(score -> score.count + score.given > 0).mapToDouble(ClassScore::f1).average().orElse(0);
    }

    /**
     * {@return the micro F1: the F1 of the sums of all classes' counts; 0 if nothing occurs or was predicted}
     *
     * @param scores the counts of each class
     */
    public static double microF1(List<ClassScore> scores) {
        return new ClassScore("all", scores.stream().mapToLong(ClassScore::count).sum(), scores.stream().mapToLong(ClassScore::given).sum(),
                scores.stream().mapToLong(ClassScore::correct).sum()).f1();
    }

    private static double ratio(long part, long whole) {
        return whole == 0 ? 0 : (double) part / whole;
    }
}
