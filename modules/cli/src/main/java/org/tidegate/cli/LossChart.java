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
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.lines.SeriesLines;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** The losses of a training as a picture: over the epochs, training and held-out data, and the task's figure on an axis of its own. */
final class LossChart {
    /** A loss beyond it, of a run that diverges, would hide the rest of its curve; and at 1e30 the axis takes minutes to label. */
    private static final double MOST = 1e6;
    /** An error in the units of the data may well be greater. */
    private static final double MOST_FIGURE = 1e12;
    private static final Color TRAINING = new Color(0x7A, 0xA6, 0xC2);
    private static final Color HELD_OUT = new Color(0xC0, 0x50, 0x2E);
    private static final Color FIGURE = new Color(0x5B, 0x8C, 0x3E);
    /** How near to white the curves of the last of many trainings are. */
    private static final double LIGHTEST = 0.7;
    /** The number of the y axis on the right. */
    private static final int RIGHT = 1;
    /** A longer name, of a column for instance, would take the place of the curves. */
    private static final int LONGEST = 24;

    /** The curves of one training. */
    private static final class Curves {
        private final String of; // after the names of its curves
        private final List<Double> trainingEpochs = new ArrayList<>();
        private final List<Double> trainingLosses = new ArrayList<>();
        private final List<Double> heldOutEpochs = new ArrayList<>();
        private final List<Double> heldOutLosses = new ArrayList<>();
        private final List<Double> figureEpochs = new ArrayList<>();
        private final List<Double> figures = new ArrayList<>();

        private Curves(String of) {
            this.of = of;
        }
    }

    private final List<Curves> trainings = new ArrayList<>(List.of(new Curves("")));
    private String figure = "";

    /** What follows is of another training, whose curves have a name of their own: "seed 2". */
    void next(String name) {
        trainings.removeIf(curves -> curves.of.isEmpty());
        trainings.add(new Curves(", " + name));
    }

    private Curves last() {
        return trainings.get(trainings.size() - 1);
    }

    /** A loss of the training text, after so many epochs. */
    void training(double epoch, double loss) {
        add(last().trainingEpochs, last().trainingLosses, epoch, loss, MOST);
    }

    /** A loss of the held-out text, after so many epochs. */
    void heldOut(double epoch, double loss) {
        add(last().heldOutEpochs, last().heldOutLosses, epoch, loss, MOST);
    }

    /** The task's figure on the held-out data, after so many epochs; NaN if there is none then. */
    void figure(String name, double epoch, double value) {
        figure = Printable.of(name, LONGEST);
        add(last().figureEpochs, last().figures, epoch, value, MOST_FIGURE);
    }

    private static void add(List<Double> epochs, List<Double> values, double epoch, double value, double most) {
        if (value < most) {
            epochs.add(epoch);
            values.add(value);
        }
    }

    /** Whether there is a curve to draw. */
    boolean isEmpty() {
        return trainings.stream().allMatch(curves -> curves.trainingEpochs.size() < 2 && curves.heldOutEpochs.size() < 2);
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
        chart.getStyler().setXAxisMin(0.0).setXAxisDecimalPattern("0.##");
        chart.getStyler().setYAxisDecimalPattern(pattern());
        for (int i = 0; i < trainings.size(); i++) {
            Curves curves = trainings.get(i);
            double shade = (double) i / trainings.size();
            if (!curves.trainingEpochs.isEmpty()) {
                curve(chart, "training" + curves.of, curves.trainingEpochs, curves.trainingLosses, lighter(TRAINING, shade), false);
            }
            if (!curves.heldOutEpochs.isEmpty()) {
                curve(chart, "held out" + curves.of, curves.heldOutEpochs, curves.heldOutLosses, lighter(HELD_OUT, shade), true);
            }
            if (!curves.figures.isEmpty()) {
                curve(chart, figure + curves.of, curves.figureEpochs, curves.figures, lighter(FIGURE, shade), true)
                        .setLineStyle(SeriesLines.DASH_DASH).setYAxisGroup(RIGHT);
                chart.setYAxisGroupTitle(RIGHT, "held-out " + figure);
                chart.getStyler().setYAxisGroupPosition(RIGHT, Styler.YAxisPosition.Right);
                chart.getStyler().setYAxisGroupTitleColor(RIGHT, FIGURE);
            }
        }
        RoundTicks.alongX(chart);
        Pictures.save(chart, file);
    }

    /** The pattern of the numbers at both y axes, which cannot have two: that of the finer ticks. */
    private String pattern() {
        double losses = range(trainings.stream().flatMap(each -> Stream.concat(each.trainingLosses.stream(), each.heldOutLosses.stream())));
        double others = range(trainings.stream().flatMap(each -> each.figures.stream()));
        return RoundTicks.pattern(losses > 0 && others > 0 ? Math.min(losses, others) : Math.max(losses, others));
    }

    /** From the least to the greatest of the numbers drawn; 0 if there are none. */
    private static double range(Stream<Double> drawn) {
        DoubleSummaryStatistics numbers = drawn.mapToDouble(Double::doubleValue).summaryStatistics();
        return numbers.getCount() == 0 ? 0 : numbers.getMax() - numbers.getMin();
    }

    /** A colour that is nearer to white; itself for 0. */
    private static Color lighter(Color color, double part) {
        double left = LIGHTEST * part;
        return new Color((int) (color.getRed() + left * (255 - color.getRed())), (int) (color.getGreen() + left * (255 - color.getGreen())),
                (int) (color.getBlue() + left * (255 - color.getBlue())));
    }

    private static XYSeries curve(XYChart chart, String name, List<Double> epochs, List<Double> values, Color color, boolean points) {
        XYSeries series = chart.addSeries(name, epochs, values);
        series.setMarkerColor(color);
        series.setLineColor(color).setLineWidth(points ? 2.5f : 1.5f);
        series.setMarker(points ? SeriesMarkers.CIRCLE : SeriesMarkers.NONE);
        return series;
    }
}
