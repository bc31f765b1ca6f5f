package org.tidegate.cli;

import java.awt.Color;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.stream.Stream;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** The losses of a training as a picture: over the epochs, training and held-out data. */
final class LossChart {
    /** A loss beyond it, of a run that diverges, would hide the rest of its curve; and at 1e30 the axis takes minutes to label. */
    private static final double MOST = 1e6;
    private static final Color TRAINING = new Color(0x7A, 0xA6, 0xC2);
    private static final Color HELD_OUT = new Color(0xC0, 0x50, 0x2E);

    private final List<Double> trainingEpochs = new ArrayList<>();
    private final List<Double> trainingLosses = new ArrayList<>();
    private final List<Double> heldOutEpochs = new ArrayList<>();
    private final List<Double> heldOutLosses = new ArrayList<>();

    /** A loss of the training text, after so many epochs. */
    void training(double epoch, double loss) {
        add(trainingEpochs, trainingLosses, epoch, loss);
    }

    /** A loss of the held-out text, after so many epochs. */
    void heldOut(double epoch, double loss) {
        add(heldOutEpochs, heldOutLosses, epoch, loss);
    }

    private static void add(List<Double> epochs, List<Double> losses, double epoch, double loss) {
        if (loss < MOST) {
            epochs.add(epoch);
            losses.add(loss);
        }
    }

    /** Whether there is a curve to draw. */
    boolean isEmpty() {
        return trainingEpochs.size() < 2 && heldOutEpochs.size() < 2;
    }

    /**
     * Writes the picture, 1000 × 600 pixels.
     *
     * @throws IOException if the file cannot be written
     */
    void save(Path file, String title, String unit) throws IOException {
        XYChart chart = new XYChartBuilder().width(1000).height(600).title(title).xAxisTitle("epochs")
                .yAxisTitle("loss, " + unit).build();
        chart.getStyler().setLegendPosition(Styler.LegendPosition.OutsideE);
        chart.getStyler().setChartBackgroundColor(Color.WHITE);
        chart.getStyler().setPlotBorderVisible(false);
        chart.getStyler().setXAxisMin(0.0).setXAxisDecimalPattern("0.##").setYAxisDecimalPattern(RoundTicks.pattern(range()));
        curve(chart, "training", trainingEpochs, trainingLosses, TRAINING, false);
        curve(chart, "held out", heldOutEpochs, heldOutLosses, HELD_OUT, true);
        RoundTicks.alongX(chart);
        Pictures.save(chart, file);
    }

    /** From the least to the greatest loss drawn. */
    private double range() {
        DoubleSummaryStatistics losses = Stream.concat(trainingLosses.stream(), heldOutLosses.stream())
                .mapToDouble(Double::doubleValue).summaryStatistics();
        return losses.getMax() - losses.getMin();
    }

    private static void curve(XYChart chart, String name, List<Double> epochs, List<Double> losses, Color color, boolean points) {
        if (!epochs.isEmpty()) {
            var series = chart.addSeries(name, epochs, losses);
            series.setMarkerColor(color);
            series.setLineColor(color).setLineWidth(points ? 2.5f : 1.5f);
            series.setMarker(points ? SeriesMarkers.CIRCLE : SeriesMarkers.NONE);
        }
    }
}
