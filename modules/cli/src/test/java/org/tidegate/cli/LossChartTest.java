package org.tidegate.cli;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LossChartTest {
    private static final int HELD_OUT = 0xFFC0502E;

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
}
