package org.tidegate.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.tidegate.metrics.ConfusionMatrix;
import org.tidegate.task.Figures;

/** The figures of an evaluation for people: a line each, then the tables. */
final class FiguresReport {
    private static final int GAP = 2;
    /** Smaller numbers would lose their digits to a fixed count of decimals. */
    private static final double LEAST = 1e-3;

    private final Figures figures;

    FiguresReport(Figures figures) {
        this.figures = figures;
    }

    void print(Screen screen) {
        List<Figures.Figure> shown = figures.all().stream().filter(figure -> !figure.text().isEmpty()).toList();
        int width = shown.stream().mapToInt(figure -> figure.label().length()).max().orElse(0) + GAP;
        shown.forEach(figure -> screen.line("%-" + width + "s%s", figure.label(), Printable.of(figure.text())));
        for (Figures.Table table : figures.tables()) {
            screen.line("");
            List<List<String>> lines = new ArrayList<>();
            lines.add(table.columns().stream().map(column -> column.replace('_', ' ')).toList());
            table.rows().forEach(row -> lines.add(row.stream().map(FiguresReport::text).toList()));
            print(screen, lines);
        }
        figures.confusion().map(ConfusedLabels::new).ifPresent(confused -> {
            screen.line("");
            screen.line("confusion: a row for each true label, a column for each answer%s", confused.note());
            print(screen, confusion(confused));
        });
    }

    /** Draws the confusion matrix: each row the answers to the examples of one label, as shares of them. */
    void draw(Path file) throws IOException {
        ConfusionMatrix matrix = figures.confusion().orElseThrow();
        ConfusedLabels confused = new ConfusedLabels(matrix);
        String title = String.format(Locale.ROOT, "accuracy %.4f of %,d", matrix.accuracy(), matrix.examples()) + confused.note();
        HeatMap.save(file, title, "answer", confused.labels(), "true label", confused.labels(), confused.shares(), 1, "0.00");
    }

    /** A point for each 0, which are the most of many labels. */
    private static List<List<String>> confusion(ConfusedLabels confused) {
        List<String> head = new ArrayList<>(List.of(""));
        head.addAll(confused.labels());
        List<List<String>> lines = new ArrayList<>(List.of(head));
        for (long[] counts : confused.counts()) {
            List<String> line = new ArrayList<>(List.of(head.get(lines.size())));
            for (long count : counts) {
                line.add(count == 0 ? "." : text(count));
            }
            lines.add(line);
        }
        return lines;
    }

    /** Columns as wide as their widest cell, the first one to the left, the others to the right. */
    private static void print(Screen screen, List<List<String>> table) {
        List<List<String>> lines = table.stream().map(line -> line.stream().map(Printable::of).toList()).toList();
        int[] widths = IntStream.range(0, lines.get(0).size())
                .map(column -> lines.stream().mapToInt(line -> line.get(column).length()).max().orElse(0)).toArray();
        for (List<String> line : lines) {
            StringBuilder text = new StringBuilder(String.format("%-" + Math.max(1, widths[0]) + "s", line.get(0)));
            for (int column = 1; column < widths.length; column++) {
                text.append(" ".repeat(GAP)).append(String.format("%" + Math.max(1, widths[column]) + "s", line.get(column)));
            }
            screen.line("%s", text.toString().stripTrailing());
        }
    }

    private static String text(Object cell) {
        if (cell instanceof Double number) {
            boolean tiny = number != 0 && Math.abs(number) < LEAST;
            return number.isNaN() ? "-" : String.format(Locale.ROOT, tiny ? "%.3e" : "%.4f", number);
        }
        return cell instanceof Long || cell instanceof Integer ? String.format(Locale.ROOT, "%,d", cell) : cell.toString();
    }
}
