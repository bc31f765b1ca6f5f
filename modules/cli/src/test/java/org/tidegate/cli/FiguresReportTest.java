package org.tidegate.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.tidegate.task.Figures;

class FiguresReportTest {
    @Test
    void smallNumbersOfATableKeepTheirDigits() {
        Figures figures = Figures.builder().put("task", "forecast").table("scores", List.of("target", "rmse", "mae", "coverage", "better"),
                List.of(List.of("temp", 12.34567, 0.0, Double.NaN, true), List.of("rate", -0.000012345, 0.25, 1.0, false))).build();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
        new FiguresReport(figures).print(new Screen(out, out, false, 80));
        assertEquals(List.of("task  forecast", "", "target        rmse     mae  coverage  better",
                "temp       12.3457  0.0000         -    true", "rate    -1.235e-05  0.2500    1.0000   false"),
                bytes.toString(StandardCharsets.UTF_8).lines().toList());
    }
}
