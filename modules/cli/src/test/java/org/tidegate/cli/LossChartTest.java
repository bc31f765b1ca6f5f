package org.tidegate.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LossChartTest {
    private static final int HELD_OUT = 0xFFC0502E;
    private static final int FIGURE = 0xFF5B8C3E;
    private static final int TICK = 0xFF828282;

    @TempDir
    Path folder;

    @Test
    void theLegendHidesNoCurveThatRisesAtTheEnd() throws IOException {
        LossChart chart = new LossChart();
        chart.training(0, 1);
        chart.training(10, 1);
        for (int epoch = 0; epoch <= 10; epoch++) {
            chart.heldOut(epoch, epoch < 8 ? 1 : 3);
        }
        Path file = folder.resolve("loss.png");
        chart.save(file, "model", "nats");
        BufferedImage picture = ImageIO.read(file.toFile());
        // The last points lie at the top on the right: their curve must be seen in each column up to the greatest epoch.
        int top = picture.getHeight() / 6;
        long columns = IntStream.range(picture.getWidth() / 2, picture.getWidth()).filter(x -> IntStream.range(0, top)
                .anyMatch(y -> picture.getRGB(x, y) == HELD_OUT)).count();
        assertTrue(columns > picture.getWidth() / 8, columns + " columns show the end of the curve");
    }

    @Test
    void theFigureHasAnAxisOfItsOwn() throws IOException {
        BufferedImage without = picture(chart -> { });
        BufferedImage with = picture(chart -> IntStream.range(0, 5).forEach(epoch -> chart.figure("accuracy", epoch, 0.7 + epoch / 20.0)));
        BufferedImage unknown = picture(chart -> chart.figure("accuracy", 1, Double.NaN));
        assertEquals(0, pixels(without, FIGURE));
        assertEquals(0, pixels(unknown, FIGURE));
        assertEquals(pixels(without, HELD_OUT), pixels(unknown, HELD_OUT));
        // 20 percent points are as high as losses from 200 to 1000: both curves go through the upper and the lower part of the picture.
        for (int color : new int[] {HELD_OUT, FIGURE}) {
            assertTrue(rows(with, color).anyMatch(y -> y < with.getHeight() / 4), "the upper part");
            assertTrue(rows(with, color).anyMatch(y -> y > with.getHeight() / 2), "the lower part");
        }
        assertTrue(rightTicks(with) >= 4 && rightTicks(without) == 0, rightTicks(with) + " ticks at the axis of the figure");
    }

    @Test
    void aLongNameOfAFigureLeavesTheCurvesTheirPlace() throws IOException {
        String name = "rmse " + "x".repeat(500);
        BufferedImage named = picture(chart -> IntStream.range(0, 5).forEach(epoch -> chart.figure(name, epoch, epoch)));
        int right = IntStream.range(0, named.getWidth()).filter(x -> IntStream.range(0, named.getHeight())
                .anyMatch(y -> named.getRGB(x, y) == FIGURE)).max().orElseThrow();
        assertTrue(pixels(named, HELD_OUT) > 1000 && right > named.getWidth() / 2, "curves up to " + right);
    }

    @Test
    void aFigureInLargeUnitsIsDrawn() throws IOException {
        BufferedImage large = picture(chart -> IntStream.range(0, 5)
                .forEach(epoch -> chart.figure("rmse people", epoch, 1e9 - 1e8 * epoch)));
        assertTrue(rows(large, FIGURE).anyMatch(y -> y < large.getHeight() / 4), "its curve begins at the top");
    }

    @Test
    void aFigureThatStaysTheSameIsDrawn() throws IOException {
        BufferedImage same = picture(chart -> IntStream.range(0, 5).forEach(epoch -> chart.figure("top1", epoch, 0)));
        assertTrue(pixels(same, FIGURE) > 100, pixels(same, FIGURE) + " pixels");
    }

    @Test
    void eachOfSeveralTrainingsHasItsCurves() throws IOException {
        BufferedImage picture = picture(chart -> {
            for (int seed = 1; seed <= 3; seed++) {
                chart.next("seed " + seed);
                double level = 100 * seed;
                IntStream.range(0, 5).forEach(epoch -> chart.heldOut(epoch, level + epoch));
            }
        });
        int[] colors = {HELD_OUT, 0xFFCE785E, 0xFFDDA18F}; // nearer to white by 7/30 each
        for (int color : colors) {
            assertTrue(pixels(picture, color) > 500, Integer.toHexString(color) + ": " + pixels(picture, color));
        }
    }

    private BufferedImage picture(Consumer<LossChart> more) throws IOException {
        LossChart chart = new LossChart();
        IntStream.range(0, 5).forEach(epoch -> chart.heldOut(epoch, 1000 - 200 * epoch));
        more.accept(chart);
        Path file = folder.resolve("loss.png");
        chart.save(file, "model", "nats");
        return ImageIO.read(file.toFile());
    }

    private static IntStream rows(BufferedImage picture, int color) {
        return IntStream.range(0, picture.getHeight()).filter(y -> IntStream.range(0, picture.getWidth())
                .anyMatch(x -> picture.getRGB(x, y) == color));
    }

    private static long pixels(BufferedImage picture, int color) {
        return rows(picture, color).mapToLong(
                y -> IntStream.range(0, picture.getWidth()).filter(x -> picture.getRGB(x, y) == color).count()).sum();
    }

    /** The marks right of the line on the right that has the most of their colour. */
    private static long rightTicks(BufferedImage picture) {
        int right = picture.getWidth() / 2;
        int axis = IntStream.range(right, picture.getWidth()).boxed().max(Comparator.comparing(x -> marks(picture, x))).orElseThrow();
        return marks(picture, axis) < picture.getHeight() / 2 ? 0 : marks(picture, axis + 2);
    }

    private static long marks(BufferedImage picture, int x) {
        return IntStream.range(0, picture.getHeight()).filter(y -> picture.getRGB(x, y) == TICK).count();
    }
}
