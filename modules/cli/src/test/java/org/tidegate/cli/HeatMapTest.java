package org.tidegate.cli;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HeatMapTest {
    private static final int DARKEST = 0xFF2F78B4;

    @TempDir
    Path folder;

    @Test
    void colorsGoByTheWholeNotByTheGreatestValue() throws IOException {
        assertTrue(darkest(100, 1) > 0.05, "a whole is dark");
        assertTrue(darkest(26, 25) < 0.005, "a quarter is not, even if nothing is greater");
    }

    @Test
    void longLabelsLeaveRoomForTheMatrix() throws IOException {
        assertTrue(darkest(100, 1, "a label with commas, quotes and many, many words", "another") > 0.05);
    }

    private double darkest(double great, double small) throws IOException {
        return darkest(great, small, "a", "b");
    }

    /** The share of the picture in the darkest colour, the scale beside the matrix included. */
    private double darkest(double great, double small, String... labels) throws IOException {
        Path file = folder.resolve("map.png");
        HeatMap.save(file, "shares", "read", List.of(labels), "written", List.of(labels), new double[][] {{great, small},
            {small, great}}, 100, "0");
        BufferedImage picture = ImageIO.read(file.toFile());
        int[] pixels = picture.getRGB(0, 0, picture.getWidth(), picture.getHeight(), null, 0, picture.getWidth());
        return (double) IntStream.of(pixels).filter(pixel -> pixel == DARKEST).count() / pixels.length;
    }
}
