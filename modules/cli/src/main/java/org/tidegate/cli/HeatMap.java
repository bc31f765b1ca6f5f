package org.tidegate.cli;

import java.awt.Color;
import java.io.IOException;
import java.nio.file.Path;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import org.knowm.xchart.HeatMapChart;
import org.knowm.xchart.HeatMapChartBuilder;

/** A matrix as a picture, dark where the numbers are great: attention over words, confused labels, a spectrogram. */
final class HeatMap {
    private static final Color[] RANGE = {Color.WHITE, new Color(0x7A, 0xA6, 0xC2), new Color(0x2F, 0x78, 0xB4)};
    private static final int LEAST = 400;
    private static final int MOST = 1600;
    private static final int CELL = 40;
    /** Pixels for title, axes, scale and labels of a few letters. */
    private static final int MARGIN = 260;
    private static final int FEW = 6;
    /** About the width of a letter in a label, and in the title. */
    private static final int LETTER = 9;
    private static final int TITLE_LETTER = 12;
    /** Labels end after so many letters. */
    private static final int LONGEST = 32;
    /** The distance of labels below which the chart leaves some out. */
    private static final int LABEL = 10;

    private HeatMap() {}

    /**
     * Writes the picture (PNG).
     *
     * @param columns the labels below, from left to right
     * @param rows the labels on the left, from top to bottom
     * @param values {@code [rows][columns]}
     * @param whole the value of the darkest colour, 1 for shares and 100 for percent: white is 0, so that pictures can be compared and
     *     small differences do not look great
     * @param showValues whether each cell shows its number, with so many decimals as the pattern says ("0", "0.00"), unless it is rounded
     *     to 0; "" for none
     * @throws IOException if the file cannot be written
     */
    static void save(Path file, String title, String columnsTitle, List<String> columns, String rowsTitle, List<String> rows,
            double[][] values, double whole, String showValues) throws IOException {
        List<String> below = distinct(columns);
        List<String> beside = distinct(rows);
        int width = Math.max(pixels(columns.size()) + further(beside), TITLE_LETTER * title.length());
        // Labels below are turned by 45 degrees, those beside are not.
        int height = pixels(rows.size()) + (int) (further(below) * Math.sqrt(0.5));
        HeatMapChart chart = new HeatMapChartBuilder().width(width).height(height).title(title)
                .xAxisTitle(columnsTitle).yAxisTitle(rowsTitle).build();
        chart.getStyler().setChartBackgroundColor(Color.WHITE).setPlotBorderVisible(false).setPlotBackgroundColor(RANGE[0]);
        chart.getStyler().setRangeColors(RANGE).setMin(0).setMax(whole).setShowValue(!showValues.isEmpty());
        if (!showValues.isEmpty()) {
            chart.getStyler().setHeatMapValueDecimalPattern(showValues);
        }
        DecimalFormat format = new DecimalFormat(showValues.isEmpty() ? "0.##" : showValues, DecimalFormatSymbols.getInstance(Locale.ROOT));
        chart.getStyler().setXAxisLabelRotation(45).setXAxisTickMarkSpacingHint(LABEL).setYAxisTickMarkSpacingHint(LABEL)
                .setPlotContentSize(1);
        List<Number[]> cells = new ArrayList<>();
        for (int row = 0; row < rows.size(); row++) {
            for (int column = 0; column < columns.size(); column++) {
                // The chart counts rows from below, and its legend has all the digits that a number has.
                double value = Double.parseDouble(format.format(values[row][column]));
                if (value != 0) {
                    cells.add(new Number[] {column, rows.size() - 1 - row, value});
                }
            }
        }
        if (cells.isEmpty()) { // which the chart refuses
            cells.add(new Number[] {0, 0, 0.0});
            chart.getStyler().setShowValue(false);
        }
        List<String> fromBelow = new ArrayList<>(beside);
        Collections.reverse(fromBelow);
        chart.addSeries("values", below, fromBelow, cells);
        Pictures.save(chart, file);
    }

    /** Pixels for what the longest label has beyond a few letters: without them it would be the matrix that shrinks, to nothing. */
    private static int further(List<String> labels) {
        return LETTER * Math.max(0, labels.stream().mapToInt(String::length).max().orElse(0) - FEW);
    }

    /** Long labels are cut. Labels that occur twice would be one category to the chart; an invisible mark keeps them apart. */
    private static List<String> distinct(List<String> labels) {
        List<String> distinct = new ArrayList<>();
        for (String each : labels) {
            String own = Printable.of(each, LONGEST);
            while (distinct.contains(own)) {
                own += "\u200b";
            }
            distinct.add(own);
        }
        return distinct;
    }

    private static int pixels(int cells) {
        return Math.max(LEAST, Math.min(MARGIN + CELL * cells, MOST));
    }
}
