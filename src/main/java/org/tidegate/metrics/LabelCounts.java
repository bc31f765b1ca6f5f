package org.tidegate.metrics;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * The counts of a multi-label classification, in which an example has any number of labels, none too: each label's {@link ClassScore},
 * micro and macro F1, and how often all labels of an example were right. Beside them what the best constant answer would reach.
 */
public final class LabelCounts {
    private final List<String> labels;
    private final long[] counts;
    private final long[] given;
    private final long[] correct;
    private final Map<Set<Integer>, Long> sets = new HashMap<>();
    private long examples;
    private long exact;

    /**
     * No examples yet.
     *
     * @param labels the labels, numbered in this order
     */
    public LabelCounts(List<String> labels) {
        this.labels = List.copyOf(labels);
        counts = new long[labels.size()];
        given = new long[labels.size()];
        correct = new long[labels.size()];
    }

    /**
     * Counts an example.
     *
     * @param truth the numbers of its labels
     * @param predicted the numbers of the labels predicted
     */
    public void add(Set<Integer> truth, Set<Integer> predicted) {
        truth.forEach(label -> counts[label]++);
        predicted.forEach(label -> {
            given[label]++;
            correct[label] += truth.contains(label) ? 1 : 0;
        });
        examples++;
        exact += truth.equals(predicted) ? 1 : 0;
        sets.merge(new HashSet<>(truth), 1L, Long::sum);
    }

    /** {@return the labels, in the order of their numbers} */
    public List<String> labels() {
        return labels;
    }

    /** {@return how many examples were counted} */
    public long examples() {
        return examples;
    }

    /** {@return the exact-match ratio, the share of examples whose labels were all predicted and no others; 0 if there are none} */
    public double exactMatch() {
        return examples == 0 ? 0 : (double) exact / examples;
    }

    /** {@return the counts of each label, in the order of their numbers} */
    public List<ClassScore> scores() {
        return IntStream.range(0, labels.size()).mapToObj(k -> new ClassScore(labels.get(k), counts[k], given[k], correct[k])).toList();
    }

    /** {@return the micro F1: the F1 of the sums of all labels' counts} */
    public double microF1() {
        return ClassScore.microF1(scores());
    }

    /** {@return the macro F1: the mean F1 of the labels that occur or were predicted} */
    public double macroF1() {
        return ClassScore.macroF1(scores());
    }

    /**
     * {@return the counts of the baseline for F1: giving every example the same labels, those with which the micro F1 of these examples is
     * greatest} They are the most frequent ones: of m labels given to n examples the micro F1 is 2 · their occurrences ÷ (all occurrences
     * + m n).
     */
    public List<ClassScore> constantScores() {
        List<Integer> frequent = new ArrayList<>(IntStream.range(0, labels.size()).boxed().toList());
        frequent.sort(Comparator.comparingLong(k -> -counts[k]));
        List<ClassScore> best = constant(List.of());
        for (int m = 1; m <= frequent.size(); m++) {
            List<ClassScore> scores = constant(frequent.subList(0, m));
            best = ClassScore.microF1(scores) > ClassScore.microF1(best) ? scores : best;
        }
        return best;
    }

    /** {@return the baseline for the exact-match ratio: the share of examples with the most frequent set of labels, the empty one too} */
    public double constantExactMatch() {
        return examples == 0 ? 0 : (double) sets.values().stream().mapToLong(Long::longValue).max().orElse(0) / examples;
    }

    private List<ClassScore> constant(List<Integer> answer) {
        return IntStream.range(0, labels.size()).mapToObj(k -> new ClassScore(labels.get(k), counts[k], answer.contains(k) ? examples : 0,
                answer.contains(k) ? counts[k] : 0)).toList();
    }
}
