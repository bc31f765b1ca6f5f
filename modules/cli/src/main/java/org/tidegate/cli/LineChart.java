package org.tidegate.cli;

import java.awt.Color;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries.XYSeriesRenderStyle;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.lines.SeriesLines;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Curves over a common axis as a picture of 1000 x 600 pixels. */
final class LineChart {
    private static final Color[] COLORS = {new Color(0x2F, 0x6F, 0x9F), new Color(0xC0, 0x50, 0x2E), new Color(0x5B, 0x8C, 0x3E),
        new Color(0x80, 0x5A, 0x9C), new Color(0xB0, 0x8A, 0x1E), new Color(0x55, 0x55, 0x55)};
    private static final int PALE = 60;

    /** Over more powers of ten their lines, nine for each, would be one grey area. */
    private static final double MOST_LINED = 1e12;

    private final XYChart chart;
    private final boolean logarithmic;
    private double least = Double.POSITIVE_INFINITY;
    private double greatest;
    private int curves;

    /** logarithmic: whether the y axis counts powers of ten; it then has no place for what is not above 0. */
    LineChart(String title, String x, String y, boolean logarithmic) {
        this.logarithmic = logarithmic;
        chart = new XYChartBuilder().width(1000).height(600).title(Printable.of(title)).xAxisTitle(Printable.of(x))
                .yAxisTitle(Printable.of(y)).build();
        chart.getStyler().setChartBackgroundColor(Color.WHITE);
        chart.getStyler().setPlotBorderVisible(false);
        chart.getStyler().setLegendPosition(Styler.LegendPosition.OutsideE);
        chart.getStyler().setYAxisLogarithmic(logarithmic);
        chart.getStyler().setXAxisDecimalPattern("#.##");
        if (logarithmic) {
            chart.getStyler().setYAxisDecimalPattern("0.#E0");
        }
    }

    /** Marks the x axis with times: the x of the curves are places of this scale. */
    LineChart over(TimeScale scale) {
        chart.getStyler().setXAxisTickLabelsFormattingFunction(scale::text);
        chart.getStyler().setXAxisTickMarkSpacingHint(110);
        return this;
    }

    /** A curve; curves with the same color number share their color. Points that the axis has no place for are left out. */
    LineChart curve(String name, double[] x, double[] y, int color, boolean dashed) {
        List<Double> shownX = new ArrayList<>();
        List<Double> shownY = new ArrayList<>();
        for (int i = 0; i < x.length; i++) {
            if (Double.isFinite(y[i]) && (!logarithmic || y[i] > 0)) {
                shownX.add(x[i]);
                shownY.add(y[i]);
                least = Math.min(least, y[i]);
                greatest = Math.max(greatest, y[i]);
            }
        }
        if (!shownX.isEmpty()) {
            var series = chart.addSeries(Printable.of(name), shownX, shownY);
            series.setLineColor(color(color)).setLineWidth(2f).setLineStyle(dashed ? SeriesLines.DASH_DASH : SeriesLines.SOLID);
            series.setMarker(SeriesMarkers.NONE);
            curves++;
        }
        return this;
    }

    /** A curve whose points are marked, so that a single one can be seen. */
    LineChart points(String name, double[] x, double[] y, int color) {
        var series = chart.addSeries(Printable.of(name), x, y);
        series.setMarkerColor(color(color));
        series.setLineColor(color(color)).setLineWidth(2f);
        series.setMarker(SeriesMarkers.CIRCLE);
        curves++;
        return this;
    }

    /** The area between two curves over the same x, pale behind the curves that are added after it. */
    LineChart band(String name, double[] x, double[] low, double[] high, int color) {
        double[] aroundX = new double[2 * x.length];
        double[] aroundY = new double[2 * x.length];
        for (int i = 0; i < x.length; i++) {
            aroundX[i] = x[i];
            aroundY[i] = low[i];
            aroundX[2 * x.length - 1 - i] = x[i];
            aroundY[2 * x.length - 1 - i] = high[i];
        }
        var series = chart.addSeries(Printable.of(name), aroundX, aroundY);
        series.setXYSeriesRenderStyle(XYSeriesRenderStyle.PolygonArea);
        Color full = color(color);
        series.setFillColor(new Color(full.getRed(), full.getGreen(), full.getBlue(), PALE));
        series.setLineColor(new Color(0, 0, 0, 0));
        series.setMarker(SeriesMarkers.NONE);
        curves++;
        return this;
    }

    /**
     * Writes the picture.
     *
     * @throws IllegalStateException if there is nothing to draw
     * @throws IOException if the file cannot be written
     */
    void save(Path file) throws IOException {
        if (curves == 0) {
            throw new IllegalStateException("there is nothing to draw in " + file + ": no value has a place on the axis");
        }
        chart.getStyler().setPlotGridHorizontalLinesVisible(!logarithmic || greatest / least < MOST_LINED);
        RoundTicks.alongX(chart);
        Pictures.save(chart, file);
    }

    private static Color color(int number) {
        return COLORS[number % COLORS.length];
    }
}
