package org.tidegate.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tidegate.json.JsonObject;

/** {@code tidegate evaluate --against}. */
class AgainstTest {
    @TempDir
    private Path folder;
    private Path texts;
    private Path good;
    private Path poor;

    @BeforeEach
    void makeModels() throws IOException {
        Random random = new Random(2);
        texts = Files.writeString(folder.resolve("texts.tsv"), IntStream.range(0, 200)
                .mapToObj(i -> (random.nextBoolean() ? "calm\ta still sea " : "wild\ta storm at sea ") + random.nextInt(5))
                .collect(Collectors.joining("\n")));
        good = classifier("good.st", 10);
        poor = classifier("poor.st", 0.1);
    }

    private Path classifier(String name, double epochs) {
        Path model = folder.resolve(name);
        Run.of("train", "classify", "--data", texts, "--out", model, "--hidden", 8, "--embedding", 6, "--threads", 1, "--epochs", epochs,
                "--batch", 16, "--lr", 2e-2, "--valid", 0, "--wide", "off").succeeded();
        return model;
    }

    private static JsonObject figures(Object... words) {
        return JsonObject.parse(Run.of(words).succeeded().lastLine());
    }

    @Test
    void twoModelsDifferByAnIntervalOnTheSameTexts() {
        JsonObject one = figures("evaluate", "--model", good, "--data", texts, "--json");
        JsonObject other = figures("evaluate", "--model", poor, "--data", texts, "--json");
        assertTrue(one.number("accuracy") > other.number("accuracy") + 0.2, one + " " + other);
        JsonObject both = figures("evaluate", "--model", good, "--against", poor, "--data", texts, "--json");
        assertEquals(one.number("accuracy"), both.number("accuracy"));
        assertEquals(one.number("accuracy_low"), both.number("accuracy_low"));
        assertEquals(other.number("accuracy"), both.number("accuracy_against"));
        double difference = one.number("accuracy") - other.number("accuracy");
        assertEquals(difference, both.number("accuracy_difference"), 1e-12);
        assertTrue(0 < both.number("accuracy_difference_low") && both.number("accuracy_difference_low") < difference
                && difference < both.number("accuracy_difference_high"), both.toString());
        JsonObject turned = figures("evaluate", "--model", poor, "--against", good, "--data", texts, "--json");
        assertEquals(-difference, turned.number("accuracy_difference"), 1e-12);
        JsonObject same = figures("evaluate", "--model", good, "--against", good, "--data", texts, "--json");
        assertEquals(0, same.number("accuracy_difference_low"));
        assertEquals(0, same.number("accuracy_difference_high"));
        assertTrue(Run.of("evaluate", "--model", good, "--against", poor, "--data", texts).succeeded().out()
                .matches("(?s).*\naccuracy difference +0\\.\\d+ \\(95 %: 0\\.\\d+ to 0\\.\\d+\\)\n.*"));
    }

    @Test
    void forecastersOfOtherWindowsAreJudgedOnTheMomentsOfBoth() throws IOException {
        Random random = new Random(3);
        Path series = Files.writeString(folder.resolve("series.csv"), "x\n" + IntStream.range(0, 200)
                .mapToObj(t -> String.valueOf(Math.sin(t / 4.0) + random.nextGaussian() / 5)).collect(Collectors.joining("\n")) + "\n");
        Path wide = forecaster(series, 20, 1);
        Path narrow = forecaster(series, 6, 1);
        JsonObject both = figures("evaluate", "--model", narrow, "--against", wide, "--data", series, "--json");
        JsonObject turned = figures("evaluate", "--model", wide, "--against", narrow, "--data", series, "--json");
        assertEquals(180, both.integer("examples"));
        assertEquals(both.number("rmse"), turned.number("rmse_against"));
        assertEquals(both.number("rmse_difference_low"), -turned.number("rmse_difference_high"), 1e-2);
        assertFalse(both.number("rmse_difference_low") > both.number("rmse_difference"));
        Run.of("evaluate", "--model", wide, "--against", forecaster(series, 6, 3), "--data", series)
                .failed("cannot be compared: the models are measured by other measures: horizon 1, and 3");
    }

    @Test
    void forecastersOfOtherTargetsHorizonsOrIntervalsAreNotCompared() throws IOException {
        Random random = new Random(4);
        Path series = Files.writeString(folder.resolve("series.csv"), "x,y\n" + IntStream.range(0, 150)
                .mapToObj(t -> Math.sin(t / 4.0) + random.nextGaussian() / 5 + "," + random.nextGaussian())
                .collect(Collectors.joining("\n")) + "\n");
        Path x = Files.move(forecaster(series, 6, 1, "--target", "x"), folder.resolve("x.st"));
        Path later = folder.resolve("later.st");
        Path wider = folder.resolve("wider.st");
        Path y = forecaster(series, 6, 1, "--target", "y");
        Run.of("evaluate", "--model", x, "--against", y, "--data", series).failed("by other measures: target x, and y");
        Files.move(forecaster(series, 6, 1, "--target", "x", "--interval", 0.5), wider);
        Run.of("evaluate", "--model", x, "--against", wider, "--data", series)
                .failed("by other measures: probability of the intervals 0.9, and 0.5");
        Files.move(forecaster(series, 6, 0, "--target", "x"), later);
        Run.of("evaluate", "--model", later, "--against", x, "--data", series).failed("by other measures: horizon 0, and 1");
    }

    private Path forecaster(Path series, int window, int horizon, Object... more) {
        Path model = folder.resolve("w" + window + "h" + horizon + ".st");
        List<Object> words = new ArrayList<>(List.of("train", "forecast", "--data", series, "--out", model, "--window", window, "--horizon",
                horizon, "--hidden", 4, "--linear", 0, "--transform", "none", "--period", 0, "--epochs", 1, "--threads", 1));
        words.addAll(List.of(more));
        Run.of(words.toArray()).succeeded();
        return model;
    }

    @Test
    void whatCannotBeComparedIsSaid() throws IOException {
        Run.of("evaluate", "--model", good, "--against", poor, "--data", texts, "--chart", folder.resolve("c.png"))
                .failed("--chart draws what one model answers");
        Run.of("evaluate", "--model", good, "--against", poor, "--data", "-").failed("standard input can be read once");
        Path text = Files.writeString(folder.resolve("text.txt"), MadeUpText.of(3000));
        Path lm = folder.resolve("lm.st");
        Run.train(text, lm);
        Run.of("evaluate", "--model", good, "--against", lm, "--data", texts).failed("is a model of the task \"lm\"");
        Run.of("evaluate", "--model", good, "--against", folder.resolve("none.st"), "--data", texts).failed("none.st");
        Path words = folder.resolve("words.st");
        Run.train(text, words, "--unit", "word");
        Run.of("evaluate", "--model", lm, "--against", words, "--data", text)
                .failed("the models are measured by other measures: unit of the loss nats/character, and nats/word");
        Path pieces = folder.resolve("pieces.st");
        Path more = folder.resolve("more.st");
        Run.train(text, pieces, "--unit", "bpe", "--vocabulary", 280);
        Run.train(text, more, "--unit", "bpe", "--vocabulary", 281);
        Run.of("evaluate", "--model", pieces, "--against", more, "--data", text)
                .failed(": vocabulary 280 tokens, CRC-32 ").failed(", and 281 tokens, CRC-32 ").failed("; in bits per character, which do not depend on it, they have ");
        Run.of("evaluate", "--model", pieces, "--against", pieces, "--data", text).succeeded();
    }
}
