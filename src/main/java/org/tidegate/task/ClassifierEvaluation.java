package org.tidegate.task;

import java.util.List;
import java.util.stream.IntStream;
import org.tidegate.metrics.ClassScore;

/**
 * How well a {@link Classifier} does on labelled texts.
 *
 * <p>A ratio whose denominator is 0 counts as 0: the precision of a class that was never answered, the recall and the F1 of a class
 * without examples. {@link #macroF1} leaves out classes that neither occur nor were answered.
 */
public final class ClassifierEvaluation {
    private final List<String> labels;
    private final int[][] confusion;
    private final double loss;
    private final int examples;

    private ClassifierEvaluation(List<String> labels, int[][] confusion, double loss, int examples) {
        this.labels = labels;
        this.confusion = confusion;
        this.loss = loss;
        this.examples = examples;
    }

    /** The classes, in the order of their numbers. */
    public List<String> labels() {
        return labels;
    }

    /** How many texts were judged. */
    public int examples() {
        return examples;
    }

    /** How many texts of class {@code truth} were answered with class {@code answer}. */
    public int count(int truth, int answer) {
        return confusion[truth][answer];
    }

    /** The share of texts whose likeliest class is theirs. */
    public double accuracy() {
        return examples == 0 ? 0 : (double) IntStream.range(0, labels.size()).map(k -> confusion[k][k]).sum() / examples;
    }

    /** The mean negative log probability of the true class, nats per text; every text counts the same, whatever the class weights. */
    public double loss() {
        return loss;
    }

    /** How many texts are of a class. */
    public int occurrences(int label) {
        return IntStream.of(confusion[label]).sum();
    }

    /** How many texts were answered with a class. */
    public int answers(int label) {
        return IntStream.range(0, labels.size()).map(k -> confusion[k][label]).sum();
    }

    /** Of the texts answered with a class, the share that are of it. */
    public double precision(int label) {
        return score(label).precision();
    }

    /** Of the texts of a class, the share that were answered with it. */
    public double recall(int label) {
        return score(label).recall();
    }

    /** The harmonic mean of precision and recall. */
    public double f1(int label) {
        return score(label).f1();
    }

    /** The mean F1 of the classes that occur or were answered. */
    public double macroF1() {
        return IntStream.range(0, labels.size()).filter(k -> occurrences(k) + answers(k) > 0).mapToDouble(this::f1).average()
                .orElse(0);
    }

    private ClassScore score(int label) {
        return new ClassScore(labels.get(label), occurrences(label), answers(label), confusion[label][label]);
    }

    /** Gathers what an evaluation is made of. */
    static final class Counts {
        private final List<String> labels;
        private final int[][] confusion;
        private double lossSum;
        private int examples;

        Counts(List<String> labels) {
            this.labels = labels;
            confusion = new int[labels.size()][labels.size()];
        }

        /** A text of class truth, and the logarithms of the probabilities that the classes got. */
        void add(int truth, double... logProbabilities) {
            int answer = 0;
            for (int k = 1; k < logProbabilities.length; k++) {
                if (logProbabilities[k] > logProbabilities[answer]) {
                    answer = k;
                }
            }
            confusion[truth][answer]++;
            lossSum -= logProbabilities[truth];
            examples++;
        }

        ClassifierEvaluation evaluation() {
            return new ClassifierEvaluation(labels, confusion, lossSum / examples, examples);
        }
    }
}
