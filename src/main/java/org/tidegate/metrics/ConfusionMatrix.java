package org.tidegate.metrics;

import java.util.List;
import java.util.stream.IntStream;

/**
 * How often examples of each class were answered with each class, counted one by one. A ratio whose denominator is 0 counts as 0: the
 * precision of a class that was never answered, the recall and the F1 of a class without examples.
 */
public final class ConfusionMatrix {
    private final List<String> labels;
    private final long[][] counts;
    private long examples;
    private long correct;

    /** A matrix of zeros over these classes, which are numbered in their order. */
    public ConfusionMatrix(List<String> labels) {
        this.labels = List.copyOf(labels);
        counts = new long[labels.size()][labels.size()];
    }

    /** Counts an example of class {@code truth} that was answered with class {@code answer}. */
    public void add(int truth, int answer) {
        counts[truth][answer]++;
        examples++;
        correct += truth == answer ? 1 : 0;
    }

    /** The classes, in the order of their numbers. */
    public List<String> labels() {
        return labels;
    }

    /** How many examples were counted. */
    public long examples() {
        return examples;
    }

    /** How many of them were answered with their own class. */
    public long correct() {
        return correct;
    }

    /** How many examples of class {@code truth} were answered with class {@code answer}. */
    public long count(int truth, int answer) {
        return counts[truth][answer];
    }

    /** The share of examples that were answered with their own class; 0 if there are none. */
    public double accuracy() {
        return examples == 0 ? 0 : (double) correct / examples;
    }

    /** What became of a class. */
    public ClassScore score(int label) {
        long occurrences = IntStream.range(0, labels.size()).mapToLong(answer -> counts[label][answer]).sum();
        long answers = IntStream.range(0, labels.size()).mapToLong(truth -> counts[truth][label]).sum();
        return new ClassScore(labels.get(label), occurrences, answers, counts[label][label]);
    }

    /** What became of each class, in the order of their numbers. */
    public List<ClassScore> scores() {
        return IntStream.range(0, labels.size()).mapToObj(this::score).toList();
    }

    /** The mean F1 of the classes that occur or were answered; 0 if there are none. */
    public double macroF1() {
        return scores().stream().filter(score -> score.count() + score.given() > 0).mapToDouble(ClassScore::f1).average().orElse(0);
    }

    /** Of the examples of each class the shares that were answered with each class, {@code [truth][answer]}. */
    public double[][] shares() {
        double[][] shares = new double[labels.size()][labels.size()];
        for (int truth = 0; truth < shares.length; truth++) {
            long occurrences = Math.max(1, score(truth).count());
            for (int answer = 0; answer < shares.length; answer++) {
                shares[truth][answer] = (double) counts[truth][answer] / occurrences;
            }
        }
        return shares;
    }
}
