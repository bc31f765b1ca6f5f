package org.tidegate.cli;

import java.awt.Color;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import org.knowm.xchart.ChartEncoder;
import org.knowm.xchart.HeatMapChart;
import org.knowm.xchart.HeatMapChartBuilder;
import org.tidegate.task.ClassifierEvaluation;

/** A confusion matrix as a picture: each row the answers to the texts of one label, as shares of them. */
final class ConfusionChart {
    private static final Color NONE = Color.WHITE;
    private static final Color ALL = new Color(0x7A, 0xA6, 0xC2);

    private ConfusionChart() {}

    /**
     * Writes the picture, 900 × 800 pixels.
     *
     * @throws IOException if the file cannot be written
     */
    static void save(ClassifierEvaluation evaluation, Path file) throws IOException {
        HeatMapChart chart = new HeatMapChartBuilder().width(900).height(800)
                .title(String.format(Locale.ROOT, "accuracy %.4f of %,d texts", evaluation.accuracy(), evaluation.examples()))
                .xAxisTitle("answer").yAxisTitle("true label").build();
        chart.getStyler().setChartBackgroundColor(Color.WHITE);
        chart.getStyler().setPlotBorderVisible(false);
        chart.getStyler().setRangeColors(new Color[] {NONE, ALL});
        chart.getStyler().setMin(0);
        chart.getStyler().setMax(1);
        chart.getStyler().setShowValue(true);
        chart.getStyler().setHeatMapDecimalValueFormatter(value -> String.format(Locale.ROOT, "%.2f", value));
        List<String> labels = evaluation.labels();
        List<Number[]> cells = new ArrayList<>();
        for (int answer = 0; answer < labels.size(); answer++) {
            for (int row = 0; row < labels.size(); row++) {
                int truth = labels.size() - 1 - row; // the y axis points up, a matrix is read down
                int texts = evaluation.occurrences(truth);
                cells.add(new Number[] {answer, row, texts == 0 ? 0 : (double) evaluation.count(truth, answer) / texts});
            }
        }
        List<String> upwards = new ArrayList<>(labels);
        Collections.reverse(upwards);
        chart.addSeries("share of the label's texts", labels, upwards, cells);
        try (OutputStream out = Files.newOutputStream(file)) {
            ChartEncoder.saveChart(chart, out, "png");
        }
    }
}
