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

    /** The share of the picture in the darkest colour, the scale beside the matrix included. */
    private double darkest(double great, double small) throws IOException {
        Path file = folder.resolve("map.png");
        HeatMap.save(file, "shares", "read", List.of("a", "b"), "written", List.of("c", "d"), new double[][] {{great, small},
            {small, great}}, 100, "0");
        BufferedImage picture = ImageIO.read(file.toFile());
        int[] pixels = picture.getRGB(0, 0, picture.getWidth(), picture.getHeight(), null, 0, picture.getWidth());
        return (double) IntStream.of(pixels).filter(pixel -> pixel == DARKEST).count() / pixels.length;
    }
}
