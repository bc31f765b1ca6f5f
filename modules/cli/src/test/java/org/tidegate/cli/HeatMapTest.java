package org.tidegate.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
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

    @Test
    void whatIsRoundedToZeroIsNotWritten() throws IOException {
        Path file = folder.resolve("zeros.png");
        HeatMap.save(file, "shares", "read", List.of("a", "b"), "written", List.of("a", "b"), new double[][] {{1, 0.004}, {0, 1}}, 1,
                "0.00");
        BufferedImage picture = ImageIO.read(file.toFile());
        int dark = 0; // the cell on the left of the upper row, up to whose end there is no other dark one
        int light = 0;
        for (int y = 0; y < picture.getHeight() / 2; y++) {
            int[] row = picture.getRGB(0, y, picture.getWidth(), 1, null, 0, picture.getWidth());
            int left = IntStream.range(0, row.length).filter(x -> row[x] == DARKEST).findFirst().orElse(row.length);
            int right = IntStream.range(left, row.length).filter(x -> row[x] == -1).findFirst().orElse(row.length);
            if (right - left > picture.getWidth() / 5) {
                dark += (int) IntStream.range(left, right).filter(x -> isText(row[x])).count();
                light += (int) IntStream.range(right, Math.min(row.length, 2 * right - left - 2)).filter(x -> isText(row[x])).count();
            }
        }
        assertTrue(dark > 50, dark + " pixels of 1.00");
        assertEquals(0, light);
        HeatMap.save(file, "nothing", "read", List.of("a"), "written", List.of("a"), new double[][] {{0}}, 1, "0.00");
    }

    private static boolean isText(int pixel) {
        return (pixel & 0xFF) < 0x60;
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
