package org.tidegate.cli;

import java.awt.Font;
import java.awt.font.FontRenderContext;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.knowm.xchart.ChartEncoder;
import org.knowm.xchart.internal.chartpart.IChart;
import org.tidegate.checkpoint.AtomicFile;

/** Shared by all drawings: the width of a text, and the writing of the file. */
final class Pictures {
    private static final FontRenderContext SMOOTH = new FontRenderContext(null, true, true);

    private Pictures() {}

    /** The width of a text in pixels. */
    static int width(Font font, String text) {
        return (int) Math.ceil(font.getStringBounds(text, SMOOTH).getWidth());
    }

    /**
     * Writes a chart as PNG.
     *
     * @throws IOException if the file cannot be written
     */
    static void save(IChart chart, Path file) throws IOException {
        ByteArrayOutputStream png = new ByteArrayOutputStream();
        ChartEncoder.saveChart(chart, png, "png");
        AtomicFile.write(file, png.toByteArray());
    }

    /**
     * Writes a PNG.
     *
     * @throws IOException if the file cannot be written
     */
    static void save(BufferedImage image, Path file) throws IOException {
        ByteArrayOutputStream png = new ByteArrayOutputStream();
        ImageIO.write(image, "png", png);
        AtomicFile.write(file, png.toByteArray());
    }
}
