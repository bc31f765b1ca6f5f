package org.tidegate.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.tidegate.task.ClassifierEvaluation;

/** A classifier's evaluation as people and as programs read it. */
final class ClassifierReport {
    private final ClassifierEvaluation evaluation;

    ClassifierReport(ClassifierEvaluation evaluation) {
        this.evaluation = evaluation;
    }

    void print(Screen screen) {
        screen.line("accuracy        %.4f of %,d texts", evaluation.accuracy(), evaluation.examples());
        screen.line("loss            %.4f nats/text", evaluation.loss());
        screen.line("macro F1        %.4f", evaluation.macroF1());
        screen.line("");
        int width = evaluation.labels().stream().mapToInt(String::length).max().orElse(0);
        width = Math.max(width, "label".length());
        screen.line("%-" + width + "s  precision  recall      F1   texts", "label");
        for (int k = 0; k < evaluation.labels().size(); k++) {
            screen.line("%-" + width + "s  %9.4f  %6.4f  %6.4f  %,6d", evaluation.labels().get(k), evaluation.precision(k),
                    evaluation.recall(k), evaluation.f1(k), evaluation.occurrences(k));
        }
        screen.line("");
        screen.line("confusion: a row for each true label, a column for each answer");
        printConfusion(screen, width);
    }

    private void printConfusion(Screen screen, int width) {
        List<String> labels = evaluation.labels();
        screen.line("%-" + width + "s  %s", "", labels.stream().map(label -> cell(label, label)).collect(Collectors.joining("  ")));
        for (int truth = 0; truth < labels.size(); truth++) {
            int row = truth;
            screen.line("%-" + width + "s  %s", labels.get(truth), IntStream.range(0, labels.size())
                    .mapToObj(answer -> cell(labels.get(answer), String.format(Locale.ROOT, "%,d", evaluation.count(row, answer))))
                    .collect(Collectors.joining("  ")));
        }
    }

    /** Right-aligned in a column as wide as its label, and wide enough for a count. */
    private static String cell(String label, String text) {
        return String.format("%" + Math.max(label.length(), 6) + "s", text);
    }

    /** Draws the confusion matrix: each row the answers to the texts of one label, as shares of them. */
    void draw(Path file) throws IOException {
        int classes = evaluation.labels().size();
        double[][] shares = new double[classes][classes];
        for (int truth = 0; truth < classes; truth++) {
            for (int answer = 0; answer < classes; answer++) {
                shares[truth][answer] = (double) evaluation.count(truth, answer) / Math.max(evaluation.occurrences(truth), 1);
            }
        }
        String title = String.format(Locale.ROOT, "accuracy %.4f of %,d texts", evaluation.accuracy(), evaluation.examples());
        HeatMap.save(file, title, "answer", evaluation.labels(), "true label", evaluation.labels(), shares, 1, "0.00");
    }

    /** The figures under their names in JSON. */
    Map<String, Object> figures() {
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("accuracy", evaluation.accuracy());
        figures.put("loss", evaluation.loss());
        figures.put("macro_f1", evaluation.macroF1());
        figures.put("texts", evaluation.examples());
        Map<String, Object> classes = new LinkedHashMap<>();
        List<List<Integer>> confusion = new ArrayList<>();
        for (int k = 0; k < evaluation.labels().size(); k++) {
            int truth = k;
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("precision", evaluation.precision(k));
            one.put("recall", evaluation.recall(k));
            one.put("f1", evaluation.f1(k));
            one.put("texts", evaluation.occurrences(k));
            classes.put(evaluation.labels().get(k), one);
            confusion.add(IntStream.range(0, evaluation.labels().size()).mapToObj(answer -> evaluation.count(truth, answer)).toList());
        }
        figures.put("labels", classes);
        figures.put("confusion", confusion);
        return figures;
    }
}
