package org.tidegate.cli;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.tidegate.metrics.ConfusionMatrix;

/** What is shown of a confusion matrix: all of it, or of many labels those that are confused most, in their own order. */
final class ConfusedLabels {
    /** More rows and columns cannot be read. */
    static final int MOST = 30;

    private final ConfusionMatrix matrix;
    private final List<Integer> shown;

    ConfusedLabels(ConfusionMatrix matrix) {
        this.matrix = matrix;
        shown = matrix.labels().size() <= MOST ? range(matrix.labels().size()) : chosen(matrix);
    }

    /** An entry beside the diagonal, or on it. */
    private record Entry(int truth, int answer, long count) {}

    /** The labels of the greatest entries beside the diagonal, then those of the greatest on it. */
    private static List<Integer> chosen(ConfusionMatrix matrix) {
        List<Entry> entries = new ArrayList<>();
        for (int truth : range(matrix.labels().size())) {
            for (int answer : range(matrix.labels().size())) {
                if (matrix.count(truth, answer) > 0) {
                    entries.add(new Entry(truth, answer, matrix.count(truth, answer)));
                }
            }
        }
        entries.sort(Comparator.comparing((Entry entry) -> entry.truth == entry.answer)
                .thenComparing(Entry::count, Comparator.reverseOrder()));
        Set<Integer> labels = new LinkedHashSet<>();
        for (Entry entry : entries) {
            labels.add(entry.truth);
            labels.add(entry.answer);
        }
        return labels.stream().limit(MOST).sorted().toList();
    }

    private static List<Integer> range(int end) {
        return IntStream.range(0, end).boxed().toList();
    }

    /** What is left out, for a title: "; the 30 of 400 labels that are confused most". */
    String note() {
        return shown.size() == matrix.labels().size() ? ""
                : "; the " + shown.size() + " of " + matrix.labels().size() + " labels that are confused most";
    }

    List<String> labels() {
        return shown.stream().map(matrix.labels()::get).toList();
    }

    /** {@code [truth][answer]}, of the labels that are shown. */
    long[][] counts() {
        return shown.stream().map(truth -> shown.stream().mapToLong(answer -> matrix.count(truth, answer)).toArray())
                .toArray(long[][]::new);
    }

    /** The counts as shares of all examples of their true label, those with other answers too; 0 without examples. */
    double[][] shares() {
        return shown.stream().map(truth -> {
            double examples = Math.max(1, range(matrix.labels().size()).stream().mapToLong(answer -> matrix.count(truth, answer)).sum());
            return shown.stream().mapToDouble(answer -> matrix.count(truth, answer) / examples).toArray();
        }).toArray(double[][]::new);
    }
}
