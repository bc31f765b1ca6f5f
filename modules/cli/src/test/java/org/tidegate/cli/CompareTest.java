package org.tidegate.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tidegate.json.JsonObject;

class CompareTest {
    @TempDir
    Path folder;
    private Path text;

    @BeforeEach
    void writeText() throws IOException {
        text = Files.writeString(folder.resolve("text.txt"), MadeUpText.of(8000));
    }

    @Test
    void everyKindOfModelGetsItsLine() throws IOException {
        Path csv = folder.resolve("table.csv");
        Path chart = folder.resolve("chart.png");
        Run run = compare("--out", csv, "--chart", chart, "--json").succeeded();
        List<String> names = List.of("KN 2-gram", "KN 4-gram", "window 3", "RNN", "LSTM");
        List<JsonObject> models = JsonObject.parse(run.lastLine()).objects("models");
        assertEquals(names, models.stream().map(model -> model.string("model")).toList());
        List<String> lines = Files.readAllLines(csv);
        assertEquals(1 + names.size(), lines.size());
        for (int i = 0; i < names.size(); i++) {
            JsonObject model = models.get(i);
            double perplexity = model.number("perplexity");
            assertTrue(perplexity > 1 && perplexity < 20, run.out());
            assertEquals(Math.exp(model.number("loss")), perplexity, 1e-9);
            assertTrue(lines.get(i + 1).startsWith(names.get(i) + ","), lines.get(i + 1));
            assertTrue(lines.get(i + 1).contains("," + perplexity + ","), lines.get(i + 1));
            assertTrue(run.out().contains(String.format(java.util.Locale.ROOT, "%12.3f", perplexity)), run.out());
        }
        double shorter = models.get(0).number("perplexity");
        double longer = models.get(1).number("perplexity");
        assertTrue(longer < shorter, run.out());
        assertTrue(Files.size(chart) > 1000);
        assertTrue(run.out().contains("drawn in " + chart), run.out());
        assertTrue(run.out().matches("(?s).*(RNN|LSTM) (beats|does not beat) (KN 4-gram|window 3): .*"), run.out());
    }

    @Test
    void theSameSeedGivesTheSameFigures() {
        assertEquals(figures(), figures());
    }

    @Test
    void wordsAreComparedByWordsAndUnknownOnesAreCounted() throws IOException {
        Path valid = Files.writeString(folder.resolve("valid.txt"), "the cat sees one zebra.\n" + MadeUpText.of(300));
        Path json = folder.resolve("table.json");
        Run run = compare("--unit", "word", "--valid", valid, "--out", json).succeeded();
        assertTrue(run.out().contains("perplexity per word") && run.out().contains(" words, 1 of them"), run.out());
        assertEquals("word", JsonObject.parse(Files.readString(json)).string("unit"));
    }

    @Test
    void countingAloneTrainsNothing() {
        Run run = compare("--ngrams-only", "--json").succeeded();
        List<JsonObject> models = JsonObject.parse(run.lastLine()).objects("models");
        assertEquals(List.of("KN 2-gram", "KN 4-gram"), models.stream().map(model -> model.string("model")).toList());
        assertFalse(run.out().contains("training window") || run.out().contains("beats"), run.out());
    }

    @Test
    void outputThatCannotBeWrittenIsRefusedBeforeTheWork() {
        Run run = compare("--out", folder.resolve("table.xls"));
        assertEquals(1, run.code());
        assertTrue(run.err().contains("neither a .csv nor a .json"), run.err());
        assertEquals(1, compare("--chart", folder.resolve("none").resolve("chart.png")).code());
        assertEquals(1, compare("--chart", text).code());
        assertFalse(run.out().contains("training"), run.out());
    }

    private List<Double> figures() {
        Run run = compare("--json").succeeded();
        return JsonObject.parse(run.lastLine()).objects("models").stream().map(model -> model.number("loss")).toList();
    }

    private Run compare(Object... more) {
        List<Object> words = new ArrayList<>(List.of("compare", "lm", "--data", text, "--order", "2,4", "--window", 3,
                "--cell", "rnn,lstm", "--hidden", 12, "--embedding", 6, "--epochs", 1, "--batch", 4, "--bptt", 10, "--threads", 1));
        words.addAll(List.of(more));
        return Run.of(words.toArray());
    }
}
