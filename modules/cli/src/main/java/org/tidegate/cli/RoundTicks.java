package org.tidegate.cli;

import java.awt.Color;
import java.util.DoubleSummaryStatistics;
import java.util.stream.DoubleStream;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Ticks at 1, 2 or 5 times a power of ten. */
final class RoundTicks {
    /** The distance of ticks on the x axis, in pixels, and about how long that axis is. */
    private static final int DISTANCE = 100;
    private static final double AXIS = 680;
    /** From so many whole numbers on there are ticks at no others; they get a little more than their distance. */
    private static final int WHOLE = 2;
    private static final double MORE = 1.05;
    /** The y axis has some 11 ticks, and from three quarters of a power of ten on they are that power apart. */
    private static final double TICKS = 0.75 * 11;
    private static final int MOST_DECIMALS = 6;
    private static final Color INVISIBLE = new Color(0, 0, 0, 0);

    private RoundTicks() {}

    /**
     * Sets those of the x axis; once all series are in the chart. Evenly spaced points would have ticks of their own, at every so-manieth of
     * them: a point between them that is not drawn prevents it.
     */
    static void alongX(XYChart chart) {
        DoubleSummaryStatistics x = chart.getSeriesCollection().stream().flatMapToDouble(series -> DoubleStream.of(series.getXData()))
                .summaryStatistics();
        Double start = chart.getStyler().getXAxisMin();
        double span = x.getMax() - (start == null ? x.getMin() : start);
        chart.getStyler().setXAxisTickMarkSpacingHint(span < WHOLE ? DISTANCE : (int) Math.max(DISTANCE, MORE * AXIS / span));
        if (span > 0) {
            double y = chart.getSeriesCollection().iterator().next().getYData()[0];
            XYSeries point = chart.addSeries("\u200b", new double[] {x.getMax() - span / Math.PI}, new double[] {y});
            point.setMarker(SeriesMarkers.NONE).setLineColor(INVISIBLE).setShowInLegend(false);
        }
    }

    /** The pattern of the numbers at ticks of a y axis that is so long: the decimals that tell them apart, all of them the same number. */
    static String pattern(double span) {
        int decimals = span > 0 ? (int) Math.ceil(-Math.log10(span / TICKS)) : 1;
        return decimals > MOST_DECIMALS ? "0.##E0" : decimals < 1 ? "0" : "0." + "0".repeat(decimals);
    }
}
