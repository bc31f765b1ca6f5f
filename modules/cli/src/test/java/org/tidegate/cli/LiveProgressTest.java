package org.tidegate.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.tidegate.train.Progress;

class LiveProgressTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @Test
    void aTerminalGetsOneLineWithEveryFigure() {
        try (LiveProgress live = new LiveProgress(screen(true), at(0), "character")) {
            live.update(at(420));
            pause();
        }
        String line = err.toString(StandardCharsets.UTF_8);
        assertTrue(line.contains("epoch 4/8  42% "), line);
        assertTrue(line.contains("loss 1.400, 2.02 bits/char, 31.2k chars/s, 0:58 left"), line);
        assertEquals("", out.toString(StandardCharsets.UTF_8));
        assertFalse(line.contains("\n"), line);
    }

    @Test
    void withoutATerminalEachTenthOfTheWayIsAPlainLine() {
        try (LiveProgress live = new LiveProgress(screen(false), at(0), "character")) {
            for (int step = 1; step <= 1000; step++) {
                live.update(at(step));
            }
        }
        String text = out.toString(StandardCharsets.UTF_8);
        assertEquals(10, text.lines().count(), text);
        assertTrue(text.startsWith(" 10%  epoch 1/8: loss 1.400"), text);
        assertFalse(text.contains("\r") || text.contains("\u001B"), text);
        assertEquals("", err.toString(StandardCharsets.UTF_8));
    }

    @Test
    void wordsAndSentencesAreCountedAsWhatTheyAre() {
        Progress words = new Progress(10, 100, 1, 8, 4.39, 1e-3, 0.5, 9500, 3.8, Duration.ofSeconds(1), Duration.ofSeconds(58));
        assertEquals("loss 4.390, perplexity 80.6, 9500 words/s, 0:58 left", LiveProgress.figures(words, "word"));
        Progress sentences =
                new Progress(10, 100, 1, 8, 0.5, 1e-3, 0.5, 9500, Double.NaN, Duration.ofSeconds(1), Duration.ofSeconds(58));
        assertEquals("loss 0.500, 9500 sentences/s, 0:58 left", LiveProgress.figures(sentences, "sentence"));
        assertEquals("loss 0.500, held-out accuracy 0.9123, 9500 sentences/s, 0:58 left",
                LiveProgress.figures(sentences, "sentence", "accuracy 0.9123"));
    }

    @Test
    void aPrintedLineStandsAboveTheBarAndTheBarIsDrawnAgain() {
        Screen screen = screen(true);
        screen.status("the bar");
        screen.line("a sample");
        assertEquals("the bar\r\u001B[Kthe bar", err.toString(StandardCharsets.UTF_8));
        assertEquals("a sample" + System.lineSeparator(), out.toString(StandardCharsets.UTF_8));
    }

    @Test
    void timesAndRatesReadLikeAClockAndARoundNumber() {
        assertEquals("0:07", LiveProgress.clock(Duration.ofMillis(6_600)));
        assertEquals("59:59", LiveProgress.clock(Duration.ofSeconds(3599)));
        assertEquals("1:00:01", LiveProgress.clock(Duration.ofSeconds(3601)));
        assertEquals("9500", LiveProgress.rate(9500));
        assertEquals("31.2k", LiveProgress.rate(31_234));
    }

    private static void pause() {
        try {
            Thread.sleep(500);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Screen screen(boolean terminal) {
        return new Screen(new PrintStream(out, true, StandardCharsets.UTF_8), new PrintStream(err, true, StandardCharsets.UTF_8),
                terminal, 100);
    }

    private static Progress at(long step) {
        return new Progress(step, 1000, 8.0 * step / 1000, 8, 1.4, 1e-3, 0.5, 31_234, 1, Duration.ofMillis(100 * step),
                Duration.ofMillis(100 * (1000 - step)));
    }
}
