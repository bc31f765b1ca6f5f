package org.tidegate.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tidegate.json.JsonObject;

class FillTaskTest {
    private static final String[] WHO = {"fox", "cow", "dog"};
    private static final String[] WHERE = {"den", "barn", "kennel"};

    @TempDir
    Path folder;
    private Path train;
    private Path test;

    @BeforeEach
    void write() throws IOException {
        train = Files.writeString(folder.resolve("train.txt"), lines(240, 1));
        test = Files.writeString(folder.resolve("test.txt"), lines(40, 2));
    }

    /** "The fox sleeps in its den.": who it is, only the end tells. */
    private static String lines(int count, long seed) {
        Random random = new Random(seed);
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < count; i++) {
            int kind = random.nextInt(WHO.length);
            text.append("The ").append(WHO[kind]).append(" sleeps in its ").append(WHERE[kind]).append(".\n")
                    .append(i % 9 == 0 ? "\n" : "");
        }
        return text.toString();
    }

    private Path trained(String side, Object... more) {
        Path model = folder.resolve(side + ".safetensors");
        List<Object> words = new ArrayList<>(List.of("train", "fill", "--data", train, "--out", model, "--side", side));
        Map<String, Object> options = new LinkedHashMap<>(Map.of("--valid", test, "--hidden", 16, "--embedding", 10, "--batch",
                8, "--lr", 2e-2,
                "--epochs", 14, "--threads", 1, "--dropout", 0.1));
        options.keySet().removeAll(Arrays.asList(more));
        options.forEach((name, value) -> words.addAll(List.of(name, value)));
        words.addAll(Arrays.asList(more));
        Run.of(words.toArray()).succeeded();
        return model;
    }

    private JsonObject figures(Path model, Path data) {
        return JsonObject.parse(Run.of("evaluate", "--model", model, "--data", data, "--json").succeeded().lastLine());
    }

    @Test
    void bothSidesFindWhatTheLeftSideCannotKnow() {
        Path both = trained("both");
        JsonObject two = figures(both, test);
        JsonObject one = figures(trained("left"), test);
        assertEquals(List.of(280, 0, "both", "left"), List.of(two.integer("gaps"), two.integer("not_counted"), two.string("side"),
                one.string("side")));
        assertTrue(two.number("top1") > 0.97, two.toString());
        assertTrue(one.number("top1") < 0.95 && one.number("top1") > 0.8, one.toString());
        assertTrue(one.number("most_frequent") < 0.2, one.toString());
        assertTrue(Run.of("predict", "--model", both, "The __ sleeps in its barn.").succeeded().out().endsWith("  cow\n"));
        JsonObject answer = JsonObject.parse(
                Run.of("predict", "--model", both, "--json", "--top", 3, "The dog sleeps in its ___.").succeeded().out());
        List<JsonObject> answers = answer.objects("answers");
        assertEquals(3, answers.size());
        assertEquals("kennel", answers.get(0).string("word"));
    }

    @Test
    void conlluIsReadByItsEndingAndItsWordsAsTheyStand() throws IOException {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 30; i++) {
            text.append("1\tDo\t_\t_\t_\t_\t_\t_\t_\t_\n2\tn't\t_\t_\t_\t_\t_\t_\t_\t_\n3\tGo\t_\t_\t_\t_\t_\t_\t_\t_\n\n");
        }
        Path conllu = Files.writeString(folder.resolve("words.conllu"), text);
        JsonObject figures = figures(trained("both", "--data", conllu), conllu);
        assertEquals(90, figures.integer("gaps"));
        assertEquals(1.0, figures.number("top1"), 1e-9);
    }

    @Test
    void gapsStandBesideTheWordsOfTheTrainingData() throws IOException {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 30; i++) {
            text.append("1\tDo\t_\t_\t_\t_\t_\t_\t_\tSpaceAfter=No\n2\tn't\t_\t_\t_\t_\t_\t_\t_\t_\n3\tGo\t_\t_\t_\t_\t_\t_\t_\t_\n\n")
                    .append("1\tI\t_\t_\t_\t_\t_\t_\t_\t_\n2\tgo\t_\t_\t_\t_\t_\t_\t_\t_\n3\t:)\t_\t_\t_\t_\t_\t_\t_\t_\n\n");
        }
        Path conllu = Files.writeString(folder.resolve("words.conllu"), text);
        Path model = trained("both", "--data", conllu, "--valid", 0);
        String don = Run.of("predict", "--model", model, "Don't __").succeeded().out();
        assertEquals(don, Run.of("predict", "--model", model, "--tokens", "whitespace", "do n't __").succeeded().out());
        assertTrue(don.endsWith("  go\n"), don);
        Path gaps = Files.writeString(folder.resolve("gaps.conllu"),
                text.substring(0, text.indexOf("\n\n") + 2).replace("\tGo\t", "\t__\t"));
        assertEquals(don, Run.of("predict", "--model", model, gaps).succeeded().out());
        assertEquals(don, Run.fed(Files.readAllBytes(gaps), "predict", "--model", model, "-").succeeded().out());
        fails("no gap; expected one word __", Run.of("predict", "--model", model, conllu));
        Path unnamed = Files.writeString(folder.resolve("words.txt"), text);
        for (Object source : List.of("-", unnamed)) {
            Run.fed(text.toString(), "train", "fill", "--data", source, "--valid", 0, "--epochs", 1, "--hidden", 4, "--out", model)
                    .succeeded();
            assertEquals(Run.of("predict", "--model", model, "--tokens", "whitespace", "do n't __").succeeded().out(),
                    Run.of("predict", "--model", model, "Don't __").succeeded().out(), "known by its beginning");
        }
        assertEquals(5 * 30 + 30, JsonObject.parse(Run.fed(text.toString(), "evaluate", "--model", model, "--data", "-", "--json")
                .succeeded().lastLine()).integer("gaps"));
    }

    @Test
    void readyWordsAreLearnedAndAnsweredAsTheyStand() throws IOException {
        Path ready = Files.writeString(folder.resolve("ready.txt"), "do n't go 3.5 :)\n".repeat(40));
        Path model = trained("both", "--data", ready, "--valid", 0, "--tokens", "whitespace");
        assertEquals(200, figures(model, ready).integer("gaps"));
        assertEquals("3.5", best(model, "do n't go __ :)"));
        assertEquals("n't", best(model, "do __ go 3.5 :)"));
    }

    @Test
    void whatIsNoClozeIsNamed() throws IOException {
        Path model = trained("both", "--epochs", 0.2);
        fails("has no gap; write __", Run.of("predict", "--model", model, "The fox"));
        fails("more than one gap", Run.of("predict", "--model", model, "The __ sleeps in its __."));
        fails("no use for --chart", Run.of("evaluate", "--model", model, "--data", test, "--chart", folder.resolve("a.png")));
        Path empty = Files.writeString(folder.resolve("empty.txt"), "\n\n");
        fails(empty + " has no words; expected a sentence on each line", Run.of("evaluate", "--model", model, "--data", empty));
    }

    private static String best(Path model, String sentence) {
        return Run.of("predict", "--model", model, sentence).succeeded().out().strip().split(" +")[1];
    }

    private static void fails(String message, Run run) {
        assertEquals(1, run.code(), () -> run.out() + run.err());
        assertTrue(run.err().contains(message), run.err());
    }
}
