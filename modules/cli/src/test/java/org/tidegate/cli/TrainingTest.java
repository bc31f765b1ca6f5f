package org.tidegate.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.LongStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tidegate.json.JsonObject;

/** The commands end to end: train, then what can be done with the model. */
class TrainingTest {
    @TempDir
    Path folder;
    private Path text;
    private Path model;

    @BeforeEach
    void makeText() throws IOException {
        text = Files.writeString(folder.resolve("text.txt"), MadeUpText.of(6000));
        model = folder.resolve("model.safetensors");
    }

    @Test
    void trainingLeavesAModelAndAChart() throws IOException {
        Run run = Run.train(text, model);
        assertTrue(Files.size(model) > 1000);
        assertEquals(1000, ImageIO.read(folder.resolve("model.png").toFile()).getWidth());
        assertTrue(run.lastLine().matches("held out: \\d\\.\\d{4} nats/character, perplexity .*; saved .*model.safetensors, .*model.png"),
                run.out());
        assertEquals(List.of("model.png", "model.safetensors", "text.txt"), files());
    }

    @Test
    void anExportedModelIsSmallerMeasuresAlikeAndCannotBeResumed() throws IOException {
        Run.train(text, model);
        Path slim = folder.resolve("slim.safetensors");
        Run run = Run.of("export", "--model", model, "--out", slim).succeeded();
        assertTrue(run.lastLine().matches("saved .*slim.safetensors: [\\d,]+ bytes, where .*model.safetensors has [\\d,]+"), run.out());
        assertTrue(Files.size(slim) < 0.5 * Files.size(model));
        assertEquals(Run.of("evaluate", "--model", model, "--text", text, "--json").succeeded().lastLine(),
                Run.of("evaluate", "--model", slim, "--text", text, "--json").succeeded().lastLine());
        assertTrue(Run.of("inspect", model).succeeded().lastLine().contains("can be resumed"));
        assertFalse(JsonObject.parse(Run.of("inspect", slim, "--json").succeeded().lastLine()).flag("resumable"));
        Run.of("train", "lm", "--text", text, "--out", slim, "--hidden", 16, "--embedding", 8, "--batch", 4, "--bptt", 10, "--resume")
                .failed("saved without its training");
        Run.of("export", "--weights", "--model", model, "--out", model).failed("is the model itself");
        Run.of("export", "--model", text, "--out", slim).failed("is not a usable safetensors file");
    }

    @Test
    void withoutATerminalTheOutputIsPlainLines() {
        Run run = Run.train(text, model);
        assertFalse(run.out().contains("\u001B") || run.out().contains("\r"), run.out());
        assertEquals("", run.err());
        assertTrue(run.out().lines().count() < 40, run.out());
        assertTrue(run.out().contains(" 50%  epoch 1/2: loss "), run.out());
        assertTrue(run.out().contains("epoch 2: training loss "), run.out());
    }

    @Test
    void onATerminalTheBarGoesToTheErrorOutputAndIsClearedAtTheEnd() {
        Run run = Run.onTerminal("train", "lm", "--text", text, "--out", model, "--hidden", 64, "--epochs", 3, "--batch", 4).succeeded();
        assertFalse(run.out().contains("\u001B") || run.out().contains("%  epoch"), run.out());
        assertTrue(run.err().contains("epoch 3/3 ") && run.err().contains("bits/char") && run.err().contains("left"), run.err());
        assertTrue(run.err().endsWith("\r\u001B[K"), run.err());
    }

    @Test
    void theLossFallsAndTheLogSaysSo() throws IOException {
        Path log = folder.resolve("log.jsonl");
        Run.train(text, model, "--log", log, "--epochs", 6);
        List<JsonObject> lines = Files.readAllLines(log).stream().map(JsonObject::parse).toList();
        assertEquals("start", lines.get(0).string("event"));
        assertEquals("end", lines.get(lines.size() - 1).string("event"));
        assertEquals("finished", lines.get(lines.size() - 1).string("outcome"));
        List<JsonObject> steps = lines.stream().filter(line -> line.string("event").equals("step")).toList();
        assertEquals(lines.get(0).integer("steps"), steps.size());
        assertEquals(Set.of("event", "step", "epoch", "loss", "bits_per_character", "learning_rate", "gradient_norm",
                "characters_per_second", "targets_per_second", "seconds"), steps.get(0).keys());
        assertEquals(6, lines.stream().filter(line -> line.string("event").equals("measure")).count());
        assertTrue(steps.get(steps.size() - 1).number("loss") < 0.7 * steps.get(0).number("loss"));
    }

    @Test
    void theLogHasTheNormThatIsClipped() throws IOException {
        double[] norms = new double[3];
        for (String norm : List.of("max", "l2", "l1")) {
            Path log = folder.resolve(norm + ".jsonl");
            Run.train(text, model, "--log", log, "--epochs", 1, "--gradient-norm", norm);
            norms[List.of("max", "l2", "l1").indexOf(norm)] = Files.readAllLines(log).stream().map(JsonObject::parse)
                    .filter(line -> line.string("event").equals("step")).findFirst().orElseThrow().number("gradient_norm");
        }
        assertTrue(norms[0] < norms[1] && norms[1] < norms[2], Arrays.toString(norms));
    }

    @Test
    void theSameSeedTrainsTheSameModel() throws IOException {
        Path again = folder.resolve("again.safetensors");
        Run.train(text, model);
        Run.train(text, again);
        assertEquals(loss(model), loss(again));
        Run.train(text, again, "--seed", 2);
        assertFalse(loss(model) == loss(again));
    }

    @Test
    void wordsCanBeTheUnit() {
        Run.train(text, model, "--unit", "word", "--cell", "gru", "--layers", 2);
        Run run = Run.of("evaluate", "--model", model, "--text", text, "--json").succeeded();
        assertEquals("word", JsonObject.parse(run.lastLine()).string("unit"));
        Run sample = Run.of("generate", "--model", model, "--prompt", "the cat", "--length", 20, "--seed", 1).succeeded();
        Set<String> known = new HashSet<>(List.of(MadeUpText.of(6000).split("[ .\n]+")));
        assertTrue(known.containsAll(List.of(sample.out().strip().split("[ .\n]+"))), sample.out());
    }

    @Test
    void partsOfWordsCanBeTheUnitAndNoTextIsUnknown() throws IOException {
        Run trained = Run.train(text, model, "--unit", "bpe", "--vocabulary", 280, "--tied");
        assertTrue(trained.out().contains("280 parts of words") && trained.out().contains(" tokens/s"), trained.out());
        Path strange = Files.writeString(folder.resolve("strange.txt"), "the cat sees a \u732b\u306d\u3053 \uD83D\uDE00");
        JsonObject json = JsonObject.parse(Run.of("evaluate", "--model", model, "--text", strange, "--json").succeeded().lastLine());
        assertEquals("token 0", json.string("unit") + " " + json.wholeNumber("unknown"));
        Run sample = Run.of("generate", "--model", model, "--prompt", "the cat \u732b", "--length", 20, "--seed", 1).succeeded();
        assertEquals(sample.out(), Run.of("generate", "--model", model, "--prompt", "the cat \u732b", "--length", 20, "--seed", 1).out());
        Run.of("predict", "--model", model, "--top", 3, "the cat").succeeded();
        Run small = Run.of("train", "lm", "--text", text, "--out", model, "--unit", "bpe", "--vocabulary", 200);
        assertTrue(small.code() != 0 && small.err().contains("expected 243 or more"), small.err());
    }

    @Test
    void aModelOfWordsTakesWhatHelpsWordsAndGoesOnWithIt() throws IOException {
        List<Object> options = List.of("--unit", "word", "--tied", "--hidden", 8, "--layers", 2, "--dropout-mask", "sequence",
                "--embedding-dropout", 0.1, "--weight-drop", 0.2, "--ar", 0.5, "--tar", 0.5, "--schedule", "constant");
        List<Object> more = new java.util.ArrayList<>(options);
        more.addAll(List.of("--epochs", 3));
        Run whole = Run.train(text, model, more.toArray());
        assertTrue(whole.out().contains("tied_linear"), whole.out());
        assertTrue(whole.out().contains(" words/s") && whole.out().contains(", perplexity "), whole.out());
        Path parts = folder.resolve("parts.safetensors");
        Run.train(text, parts, options.toArray());
        more.add("--resume");
        Run.train(text, parts, more.toArray());
        assertEquals(loss(model), loss(parts));
        Run other = Run.of("train", "lm", "--text", text, "--out", parts, "--unit", "word", "--hidden", 8, "--embedding", 8,
                "--resume");
        assertTrue(other.code() == 1 && other.err().contains("holds another network"), other.err());
        Path strange = Files.writeString(folder.resolve("strange.txt"), "the cat sees a zebra. the dog hears the cat");
        Run evaluated = Run.of("evaluate", "--model", model, "--data", strange, "--json").succeeded();
        assertTrue(evaluated.out().matches("(?s).*examples +10\n.*characters +40\nunknown +1\nunknown share +10.0 %\n.*"), evaluated.out());
        assertEquals(0.1, JsonObject.parse(evaluated.lastLine()).number("unknown_share"), 1e-12);
        assertTrue(Run.of("predict", "--model", model, "--top", 30, "the cat").succeeded().out().contains("  the cat sees"));
    }

    @Test
    void evaluationIsTheSameInWordsAndInJson() {
        Run.train(text, model, "--epochs", 4);
        Run run = Run.of("evaluate", "--model", model, "--text", text, "--json").succeeded();
        JsonObject json = JsonObject.parse(run.lastLine());
        double loss = json.number("loss");
        assertTrue(loss > 0.1 && loss < 3, run.out());
        assertEquals(Math.exp(loss), json.number("perplexity"), 1e-9);
        assertEquals(loss / Math.log(2), json.number("bits_per_character"), 0.01);
        assertTrue(run.out().contains(String.format(Locale.ROOT, "%.4f nats/character, perplexity %.3f", loss, Math.exp(loss))), run.out());
        assertFalse(Run.of("evaluate", "--model", model, "--text", text).out().contains("{"));
    }

    @Test
    void aModelIsEvaluatedAndGeneratesInEveryPrecision() {
        Run.train(text, model, "--epochs", 4);
        double expected = loss(model);
        for (String precision : List.of("float32", "bfloat16", "int8")) {
            Run run = Run.of("evaluate", "--model", model, "--text", text, "--precision", precision, "--json").succeeded();
            assertEquals(expected, JsonObject.parse(run.lastLine()).number("loss"), 0.02, precision);
            assertEquals(precision, JsonObject.parse(run.lastLine()).string("precision"));
            assertTrue(run.out().matches("(?s).*precision +" + precision + "\n.*"), run.out());
            Run sample = Run.of("generate", "--model", model, "--prompt", "the ", "--length", 70, "--precision", precision).succeeded();
            assertEquals("the ".length() + 70 + System.lineSeparator().length(), sample.out().length());
        }
    }

    @Test
    void aSeedGivesTheSameTextAndTheLengthIsTheOneAskedFor() {
        Run.train(text, model);
        Run first = Run.of("generate", "--model", model, "--prompt", "the ", "--length", 70, "--seed", 5).succeeded();
        assertEquals(first.out(), Run.of("generate", "--model", model, "--prompt", "the ", "--length", 70, "--seed", 5).out());
        assertFalse(first.out().equals(Run.of("generate", "--model", model, "--prompt", "the ", "--length", 70, "--seed", 6).out()));
        assertTrue(first.out().startsWith("the "));
        assertEquals("the ".length() + 70 + System.lineSeparator().length(), first.out().length());
    }

    @Test
    void aBeamFindsTheSameLineEachTime() {
        Run.train(text, model, "--epochs", 6);
        Object[] search = {"generate", "--model", model, "--prompt", "the ", "--beam", 4, "--line", "--length-penalty", 1};
        Run first = Run.of(search).succeeded();
        assertEquals(first.out(), Run.of(search).out());
        assertTrue(first.out().startsWith("the ") && first.out().strip().lines().count() == 1, first.out());
        Run greedy = Run.of("generate", "--model", model, "--prompt", "the ", "--length", 30, "--temperature", 0).succeeded();
        assertEquals(greedy.out(), Run.of("generate", "--model", model, "--prompt", "the ", "--length", 30, "--beam", 1).out());
    }

    @Test
    void optionsThatABeamSearchHasNoUseForAreRefused() {
        Run.train(text, model);
        for (List<Object> wrong : List.<List<Object>>of(List.of("--beam", 3, "--seed", 1), List.of("--beam", 3, "--temperature", 0.5),
                List.of("--beam", 3, "--length-penalty", 1), List.of("--length-penalty", 1), List.of("--beam", 0))) {
            List<Object> words = new java.util.ArrayList<>(List.of("generate", "--model", model, "--prompt", "the "));
            words.addAll(wrong);
            Run run = Run.of(words.toArray());
            assertEquals(1, run.code(), wrong.toString());
            assertTrue(run.err().contains("beam") || run.err().contains("--line"), run.err());
        }
    }

    @Test
    void inspectShowsSpecShapesCountAndHistory() {
        Run.train(text, model);
        Run run = Run.of("inspect", model, "--json").succeeded();
        JsonObject json = JsonObject.parse(run.lastLine());
        assertTrue(json.string("spec").contains("recurrent"), run.out());
        long sum = json.objects("tensors").stream()
                .mapToLong(tensor -> LongStream.of(tensor.wholeNumbers("shape")).reduce(1, (a, b) -> a * b)).sum();
        assertEquals(sum, json.wholeNumber("parameters"));
        assertEquals(2, json.objects("history").size());
        assertTrue(run.out().contains("weight_hh_l0") && run.out().contains("[64, 16]"), run.out());
        assertTrue(run.out().contains("held out"), run.out());
    }

    @Test
    void aFinishedRunCanBeGivenMoreEpochs() {
        Run.train(text, model, "--schedule", "constant");
        Run.train(text, model, "--schedule", "constant", "--epochs", 4, "--resume");
        Path straight = folder.resolve("straight.safetensors");
        Run.train(text, straight, "--schedule", "constant", "--epochs", 4);
        assertEquals(loss(straight), loss(model));
    }

    @Test
    void theBestModelIsKeptOnRequest() throws IOException {
        Path best = folder.resolve("best.safetensors");
        Run.train(text, model, "--best", best);
        Run.of("evaluate", "--model", best, "--text", text).succeeded();
    }

    @Test
    void theDemoRunsInAnyFolderAndSaysWhatToTryNext() {
        Run run = Run.of("demo", "--out", folder.resolve("a new folder"), "--epochs", 0.02).succeeded();
        assertTrue(run.out().contains("    LATIN "), run.out());
        assertTrue(run.out().contains("tidegate train lm --text FILE"), run.out());
        assertTrue(Files.exists(folder.resolve("a new folder").resolve("names.safetensors")));
        assertTrue(Files.exists(folder.resolve("a new folder").resolve("names.png")));
    }

    @Test
    void theDemoGoesOnWhereItWasStopped() {
        Run.of("demo", "--out", folder, "--epochs", 0.02).succeeded();
        Run again = Run.of("demo", "--out", folder, "--resume").succeeded();
        assertTrue(again.out().contains("going on with the settings of the training"), again.out());
    }

    @Test
    void aTrainingOnLittleTextHasMoreEpochsAndSaysSoBeforehand() throws IOException {
        Path little = Files.writeString(folder.resolve("little.txt"), "the quick brown fox jumps over the lazy dog. ".repeat(20));
        Run run = Run.of("train", "lm", "--text", little, "--out", model, "--hidden", 8, "--embedding", 4, "--batch", 2, "--updates", 300).succeeded();
        assertTrue(run.out().contains("300 updates, "), run.out());
        Run given = Run.of("train", "lm", "--text", little, "--out", model, "--hidden", 8, "--embedding", 4, "--batch", 2, "--epochs", 1).succeeded();
        assertTrue(given.out().contains(" updates, 1 epoch of the training data"), given.out());
    }

    private double loss(Path file) {
        return JsonObject.parse(Run.of("evaluate", "--model", file, "--text", text, "--json").succeeded().lastLine()).number("loss");
    }

    private List<String> files() throws IOException {
        try (var list = Files.list(folder)) {
            return list.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }
}
