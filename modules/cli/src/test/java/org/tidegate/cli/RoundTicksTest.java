package org.tidegate.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RoundTicksTest {
    private static final int TICK = 0xFF828282;

    @TempDir
    Path folder;

    /** Where the ticks of the x axis are: what hangs below the row that has the most of their colour, the axis. */
    private static int[] ticks(Path file) throws IOException {
        BufferedImage picture = ImageIO.read(file.toFile());
        int axis = IntStream.range(0, picture.getHeight()).boxed().max(Comparator.comparing(y -> marks(picture, y).length))
                .orElseThrow();
        return marks(picture, axis + 2);
    }

    private static int[] marks(BufferedImage picture, int y) {
        return IntStream.range(0, picture.getWidth()).filter(x -> picture.getRGB(x, y) == TICK).toArray();
    }

    /** The distances of ticks as parts of the distance of first and last point, which the picture shows at its least and greatest x. */
    private static void evenly(int expected, Path file) throws IOException {
        int[] ticks = ticks(file);
        assertEquals(expected, ticks.length, Arrays.toString(ticks));
        for (int i = 1; i < ticks.length; i++) {
            assertEquals((ticks[ticks.length - 1] - ticks[0]) / (expected - 1.0), ticks[i] - ticks[i - 1], 1.01);
        }
    }

    @Test
    void epochsAreMarkedAtRoundNumbersWhereverTheirPointsLie() throws IOException {
        int[][] runs = {{1, 11}, {2, 3}, {3, 4}, {7, 8}, {20, 11}, {100, 11}, {50, 11}}; // epochs; 0, step, … up to them
        for (int[] run : runs) {
            LossChart chart = new LossChart();
            for (int i = 1; i <= 200; i++) {
                chart.training(run[0] * i / 200.0, 1.0 / i);
            }
            Path file = folder.resolve("loss" + run[0] + ".png");
            chart.save(file, "model", "nats");
            evenly(run[1], file);
        }
    }

    @Test
    void otherCurvesToo() throws IOException {
        double[] x = IntStream.range(0, 100).mapToDouble(i -> 37 * i).toArray();
        Path file = folder.resolve("line.png");
        new LineChart("curve", "updates", "loss", true).curve("a", x, Arrays.stream(x).map(at -> Math.exp(-at / 500)).toArray(), 0, false)
                .save(file);
        evenly(8, file); // 0, 500, … 3500
    }

    @Test
    void numbersHaveTheDecimalsThatTellTheirTicksApart() {
        assertEquals("0", RoundTicks.pattern(240));
        assertEquals("0.0", RoundTicks.pattern(4));
        assertEquals("0.0", RoundTicks.pattern(0.85));
        assertEquals("0.00", RoundTicks.pattern(0.8));
        assertEquals("0.0000", RoundTicks.pattern(0.0075));
        assertEquals("0.##E0", RoundTicks.pattern(1e-8));
        assertEquals("0.0", RoundTicks.pattern(0));
    }
}
