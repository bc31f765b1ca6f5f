package org.tidegate.cli;

import java.awt.Color;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.style.Styler;

/** The perplexities of a comparison as bars, coloured by the models' context. */
final class ComparisonChart {
    private static final Map<ComparisonTable.Kind, Color> COLORS = Map.of(ComparisonTable.Kind.NGRAM, new Color(0x9A, 0x9A, 0x9A),
            ComparisonTable.Kind.WINDOW, new Color(0x7A, 0xA6, 0xC2), ComparisonTable.Kind.RECURRENT, new Color(0xC0, 0x50, 0x2E));
    private static final Map<ComparisonTable.Kind, String> NAMES = Map.of(ComparisonTable.Kind.NGRAM, "n-grams, counted",
            ComparisonTable.Kind.WINDOW, "network over a window", ComparisonTable.Kind.RECURRENT, "recurrent network");

    private final ComparisonTable table;

    ComparisonChart(ComparisonTable table) {
        this.table = table;
    }

    /**
     * Writes the picture, 1000 × 600 pixels.
     *
     * @throws IOException if the file cannot be written
     */
    void save(Path file, String title) throws IOException {
        CategoryChart chart = new CategoryChartBuilder().width(1000).height(600).title(title).xAxisTitle("")
                .yAxisTitle("perplexity per " + table.unit().noun() + " (less is better)").build();
        chart.getStyler().setLegendPosition(Styler.LegendPosition.OutsideE);
        chart.getStyler().setChartBackgroundColor(Color.WHITE);
        chart.getStyler().setPlotBorderVisible(false);
        chart.getStyler().setYAxisMin(0.0).setYAxisDecimalPattern("0.##").setDecimalPattern("0.00");
        chart.getStyler().setOverlapped(true).setLabelsVisible(true).setAvailableSpaceFill(0.7);
        List<String> names = table.rows().stream().map(row -> row.result().name()).toList();
        for (ComparisonTable.Kind kind : ComparisonTable.Kind.values()) {
            List<Double> heights = new ArrayList<>();
            table.rows().forEach(row -> heights.add(row.kind() == kind ? row.perplexity() : null));
            if (heights.stream().anyMatch(height -> height != null)) {
                chart.addSeries(NAMES.get(kind), names, heights).setFillColor(COLORS.get(kind));
            }
        }
        Pictures.save(chart, file);
    }
}
