package org.tidegate.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tidegate.json.JsonObject;

/** {@code train translate} and what can be done with its models, on a made-up language. */
class TranslateTest {
    private static final String[] SOURCE = {"red", "green", "blue", "big", "small"};
    private static final String[] TARGET = {"rouge", "vert", "bleu", "grand", "petit"};

    @TempDir
    Path folder;
    private Path data;

    @BeforeEach
    void write() throws IOException {
        data = Files.writeString(folder.resolve("pairs.tsv"), pairs(300, 1));
    }

    private static String pairs(int count, long seed) {
        Random random = new Random(seed);
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < count; i++) {
            int size = 3 + random.nextInt(2);
            int colour = random.nextInt(3);
            String thing = random.nextBoolean() ? "cat" : "dog";
            lines.append("A ").append(SOURCE[size]).append(' ').append(SOURCE[colour]).append(' ').append(thing).append(".\tUn ")
                    .append(TARGET[size])
                    .append(' ').append(thing.equals("cat") ? "chat" : "chien").append(' ').append(TARGET[colour]).append("\u00a0!\n");
        }
        return lines.toString();
    }

    private static Run train(Path model, Object... more) {
        return Run.trainTask("translate", model, List.of("--encoder", 12, "--hidden", 24, "--embedding", 12, "--dropout", 0.05,
                "--lr", 0.02, "--batch", 16, "--threads", 1, "--epochs", 6), more);
    }

    @Test
    void sentencesAreTranslatedDrawnAndMeasured() throws IOException {
        Path model = folder.resolve("model.safetensors");
        Run run = train(model, "--data", data, "--no-tied").succeeded();
        assertTrue(run.out().contains("270 pairs of sentences to train on, 30 held out; a translator of 9 into 9 words"), run.out());
        assertEquals("un grand chat vert !\nun petit chien bleu !\n", Run.of("predict", "--model", model, "A big green cat.",
                "A SMALL blue dog.").succeeded().out().replace("\r", ""));
        assertEquals("un grand chat vert !", Run.fed("A big green cat.\n", "predict", "--model", model, "--precision", "int8").succeeded()
                .lastLine());
        Path chart = folder.resolve("looks.png");
        JsonObject answer = JsonObject.parse(Run.of("predict", "--model", model, "--json", "--top", 3, "--chart", chart,
                "A big red dog.").succeeded().lastLine());
        List<JsonObject> best = answer.objects("translations");
        assertEquals(3, best.size());
        assertEquals("un grand chien rouge !", best.get(0).string("text"));
        assertTrue(ImageIO.read(chart.toFile()).getWidth() >= 400);
        Path test = Files.writeString(folder.resolve("test.tsv"), pairs(40, 2));
        for (int beam : new int[] {1, 3}) {
            JsonObject figures = JsonObject.parse(Run.of("evaluate", "--model", model, "--data", test, "--json", "--beam", beam)
                    .succeeded().lastLine());
            assertTrue(figures.number("bleu") > 90, figures::toString);
            assertEquals(40, figures.integer("examples"));
            assertEquals("nats/word", figures.string("loss_unit"));
            assertEquals(4, figures.objects("ngrams").size());
            assertEquals(beam, figures.integer("beam"));
        }
    }

    @Test
    void theSameSeedAndAResumedTrainingGiveTheSameModel() throws IOException {
        Path whole = folder.resolve("whole.safetensors");
        Path half = folder.resolve("half.safetensors");
        Path again = folder.resolve("again.safetensors");
        train(whole, "--data", data, "--epochs", 2, "--schedule", "constant").succeeded();
        train(again, "--data", data, "--epochs", 2, "--schedule", "constant").succeeded();
        train(half, "--data", data, "--epochs", 1, "--schedule", "constant").succeeded();
        train(half, "--data", data, "--epochs", 2, "--schedule", "constant", "--resume").succeeded();
        assertArrayEquals(Tensors.of(whole), Tensors.of(again));
        assertArrayEquals(Tensors.of(whole), Tensors.of(half));
        Run other = train(half, "--data", data, "--epochs", 3, "--attention", "dot", "--resume");
        assertTrue(other.code() == 1 && other.err().contains("holds another network than the options describe"), other.err());
    }

    /** The defaults were others once: general attention, no label smoothing, nothing copied, no tied embeddings. */
    @Test
    void aResumedTrainingKeepsWhatItBeganWith() {
        Path model = folder.resolve("before.safetensors");
        for (String attention : new String[] {"general", "dot", "bahdanau", "none"}) {
            train(model, "--data", data, "--epochs", 1, "--attention", attention, "--label-smoothing", 0, "--no-copy",
                    "--no-tied").succeeded();
            Run more = train(model, "--data", data, "--epochs", 2, "--resume").succeeded();
            assertTrue(more.out().contains("epoch 2: "), more.out());
        }
        Run other = train(model, "--data", data, "--epochs", 3, "--resume", "--label-smoothing", 0.1);
        assertTrue(other.code() == 1 && other.err().contains("holds another network than the options describe (loss = "), other.err());
    }

    @Test
    void whatIsWrongIsSaid() throws IOException {
        Path model = folder.resolve("model.safetensors");
        assertError(model, "bad.tsv, line 2 has 1 column; expected 2 as in line 1", "--data",
                Files.writeString(folder.resolve("bad.tsv"), "a\tb\nc\n"));
        assertError(model, "bad.tsv, line 1, column 2 is empty", "--data", Files.writeString(folder.resolve("bad.tsv"), "a\t \n"));
        assertError(model, "bad.tsv, line 1, column 2 has no word", "--data",
                Files.writeString(folder.resolve("bad.tsv"), "a\t\u202f\n"));
        assertError(model, "has no column 2", "--data", Files.writeString(folder.resolve("bad.tsv"), "a b\n"));
        assertError(model, "too few to hold out 0.1", "--data", Files.writeString(folder.resolve("bad.tsv"), "a\tb\n"));
        Run kind = train(model, "--data", data, "--attention", "magic");
        assertTrue(kind.code() == 2 && kind.err().contains("--attention"), kind.err());
        train(model, "--data", data, "--attention", "none", "--epochs", 1).succeeded();
        assertRefused("no attention that --chart could draw", "predict", "--model", model, "--chart", folder.resolve("a.png"),
                "A cat.");
        assertRefused("--top 3 needs as many beams, not --beam 2", "predict", "--model", model, "--top", 3, "--beam", 2, "A cat.");
        assertRefused("the sentence \"  \" has no word", "predict", "--model", model, "  ");
        assertRefused("no use for --chart", "evaluate", "--model", model, "--data", data, "--chart", folder.resolve("a.png"));
    }

    private void assertError(Path model, String part, Object... options) {
        Run run = train(model, options);
        assertEquals(1, run.code());
        assertTrue(run.err().contains(part), run.err());
    }

    private static void assertRefused(String part, Object... words) {
        Run run = Run.of(words);
        assertEquals(1, run.code());
        assertTrue(run.err().contains(part), run.err());
    }
}
