package org.tidegate.metrics;

import java.util.List;
import java.util.stream.IntStream;

/**
 * A confusion matrix: how often examples of each class were predicted as each class. A ratio whose denominator is 0 is 0: the precision
 * of a class that was never predicted, the recall and the F1 of a class without examples.
 */
public final class ConfusionMatrix {
    private final List<String> labels;
    private final long[][] counts; // rows of classes that occur; null for the others, of which there may be thousands
    private long examples;
    private long correct;

    /**
     * A matrix of zeros.
     *
     * @param labels the classes, numbered in this order
     */
    public ConfusionMatrix(List<String> labels) {
        this.labels = List.copyOf(labels);
        counts = new long[labels.size()][];
    }

    /**
     * Counts an example.
     *
     * @param truth the number of its class
     * @param predicted the number of the class predicted
     */
    public void add(int truth, int predicted) {
        if (counts[truth] == null) {
            counts[truth] = new long[labels.size()];
        }
        counts[truth][predicted]++;
        examples++;
        correct += truth == predicted ? 1 : 0;
    }

    /** {@return the classes, in the order of their numbers} */
    public List<String> labels() {
        return labels;
    }

    /** {@return how many examples were counted} */
    public long examples() {
        return examples;
    }

    /** {@return how many of them were predicted as their own class} */
    public long correct() {
        return correct;
    }

    /**
     * {@return how many examples of one class were predicted as another}
     *
     * @param truth the number of its class
     * @param predicted the number of the class predicted
     */
    public long count(int truth, int predicted) {
        return counts[truth] == null ? 0 : counts[truth][predicted];
    }

    /** {@return the accuracy, correct ÷ examples; 0 if there are none} */
    public double accuracy() {
        return examples == 0 ? 0 : (double) correct / examples;
    }

    /**
     * {@return the counts of a class}
     *
     * @param label the number of the class
     */
    public ClassScore score(int label) {
        long occurrences = IntStream.range(0, labels.size()).mapToLong(predicted -> count(label, predicted)).sum();
        long predictions = IntStream.range(0, labels.size()).mapToLong(truth -> count(truth, label)).sum();
        return new ClassScore(labels.get(label), occurrences, predictions, count(label, label));
    }

    /** {@return the counts of each class, in the order of their numbers} */
    public List<ClassScore> scores() {
        return IntStream.range(0, labels.size()).mapToObj(this::score).toList();
    }

    /** {@return the macro F1: the mean F1 of the classes that occur or were predicted; 0 if there are none} */
    public double macroF1() {
        return ClassScore.macroF1(scores());
    }

    /** {@return the matrix with rows normalised to the sum 1, {@code [truth][predicted]}; rows of classes without examples are 0} */
    public double[][] shares() {
        double[][] shares = new double[labels.size()][labels.size()];
        for (int truth = 0; truth < shares.length; truth++) {
            long occurrences = Math.max(1, score(truth).count());
            for (int predicted = 0; predicted < shares.length; predicted++) {
                shares[truth][predicted] = (double) count(truth, predicted) / occurrences;
            }
        }
        return shares;
    }
}
