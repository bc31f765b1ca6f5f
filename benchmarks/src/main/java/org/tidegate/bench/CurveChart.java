/* Curves as pictures. */
package org.tidegate.bench;

import java.awt.BasicStroke;
import java.awt.Color;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.knowm.xchart.ChartEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.markers.SeriesMarkers;
import org.tidegate.checkpoint.AtomicFile;

/** Draws the curves of one name into one picture, both axes logarithmic, the floor as a dashed line. */
public final class CurveChart {
    private CurveChart() {
    }

    /** Writes a PNG for each name, and says which files these are. */
    public static List<String> writeAll(Path folder, List<Curve> curves) throws IOException {
        Map<String, List<Curve>> pictures = curves.stream()
            .collect(Collectors.groupingBy(Curve::name, LinkedHashMap::new, Collectors.toList()));
        List<String> files = new ArrayList<>();
        for (Map.Entry<String, List<Curve>> picture : pictures.entrySet()) {
            String name = picture.getKey().toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-").replaceAll("-$", "");
            ByteArrayOutputStream png = new ByteArrayOutputStream();
            ChartEncoder.saveChart(draw(picture.getKey(), picture.getValue()), png, "png");
            AtomicFile.write(folder.resolve(name + ".png"), png.toByteArray());
            files.add(name + ".png");
        }
        return files;
    }

    private static XYChart draw(String title, List<Curve> curves) {
        Curve.Quantity quantity = curves.get(0).quantity();
        XYChart chart = new XYChartBuilder().width(1000).height(640).title(title).xAxisTitle(curves.get(0).axis())
            .yAxisTitle(quantity.title()).build();
        chart.getStyler().setXAxisLogarithmic(true).setYAxisLogarithmic(true).setLegendPosition(Styler.LegendPosition.InsideNW)
            .setDecimalPattern("#,##0.###").setChartBackgroundColor(Color.WHITE).setPlotBorderVisible(false);
        for (Curve curve : curves) {
            List<Double> values = curve.values().stream().map(value -> value * quantity.scale()).toList();
            XYSeries series = chart.addSeries(curve.who(), curve.sizes(), values);
            series.setMarker(curve.isFloor() ? SeriesMarkers.NONE : SeriesMarkers.CIRCLE);
            if (curve.isFloor()) {
                series.setLineColor(Color.BLACK).setLineStyle(new BasicStroke(1.5f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 1,
                    new float[] {6, 4}, 0));
            }
        }
        return chart;
    }
}
