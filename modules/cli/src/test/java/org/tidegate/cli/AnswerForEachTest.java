package org.tidegate.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tidegate.json.JsonObject;

/** {@code tidegate predict} answers every input of every task, in order: with an answer or with an error. */
class AnswerForEachTest {
    /** The bytes of "café" in Latin-1: no task's text. */
    private static final String LATIN = "caf\u00e9";

    @TempDir
    static Path folder;

    private static final Map<String, Case> CASES = new LinkedHashMap<>();
    /** The lines of an input that is answered alone, by task, form and input. */
    private static final Map<List<Object>, List<String>> ANSWERS = new HashMap<>();

    /** Two inputs that have answers, and one that has none. */
    private record Case(List<String> training, String good, String bad, String good2) {}

    @BeforeAll
    static void train() throws Exception {
        ExampleData.write(folder);
        Path noSound = Files.writeString(folder.resolve("no.wav"), "no sound");
        CASES.put("lm", new Case(List.of("--text", "notes.txt"), "the ", LATIN, "a cat"));
        CASES.put("classify", new Case(List.of("--data", "train.tsv"), "a lovely day", LATIN, "an awful noise"));
        CASES.put("tag", new Case(List.of("--data", "train.conllu"), "the fox sleeps", LATIN, "its den ."));
        CASES.put("fill", new Case(List.of("--data", "sentences.txt"), "The __ sleeps.", "no gap", "The cow __ in its barn."));
        CASES.put("translate", new Case(List.of("--data", "english-french.tsv"), "A red cat.", LATIN, "A dog."));
        CASES.put("transcribe", new Case(List.of("--data", "recordings.tsv"), file("wav/0.wav"), noSound.toString(), file("wav/1.wav")));
        CASES.put("caption", new Case(List.of("--data", "images-idx3-ubyte.gz", "labels-idx1-ubyte.gz"), file("images-idx3-ubyte.gz"),
                file("none"), file("images-idx3-ubyte.gz")));
        CASES.put("forecast", new Case(List.of("--data", "days.csv", "--target", "temp"), file("days.csv"), file("train.tsv"),
                file("days.csv")));
        CASES.put("voice", new Case(List.of(), file("talk.wav"), noSound.toString(), file("quiet.wav")));
        Files.move(folder.resolve("vad.safetensors"), Path.of(model("voice")));
        CASES.forEach((task, each) -> {
            if (each.training.isEmpty()) {
                return; // it only answers
            }
            List<Object> words = new ArrayList<>(List.of("train", task, "--out", model(task), "--epochs", 0.1, "--hidden", 8));
            each.training.forEach(word -> words.add(word.matches("[a-z].*\\..*|.*gz") ? file(word) : word));
            Run.of(words.toArray()).succeeded();
        });
    }

    @Test
    void eachLineHasItsAnswerOrAnErrorInItsPlace() {
        CASES.forEach((task, each) -> {
            String lines = String.join("\n", each.good, each.bad, "", each.good2);
            for (boolean json : List.of(false, true)) {
                List<String> first = answers(task, json, each.good);
                List<String> last = answers(task, json, each.good2);
                Run run = with(lines, predict(task, json));
                assertEquals(1, run.code(), task);
                assertTrue(run.err().endsWith("tidegate: 2 of 4 inputs have no answer\n"), run.err());
                List<String> found = lines(run);
                int n = first.size();
                assertEquals(first, found.subList(0, n), task);
                assertEquals(last, found.subList(n + 2, found.size()), task);
                if (json) {
                    JsonObject bad = JsonObject.parse(found.get(n));
                    assertEquals(List.of("input", "error"), List.copyOf(bad.keys()), task);
                    JsonObject empty = JsonObject.parse(found.get(n + 1));
                    assertEquals("", empty.string("input"), task);
                    assertTrue(!empty.string("error").isBlank(), task);
                    assertEquals(1, run.err().lines().count(), run.err());
                } else {
                    assertEquals(List.of("", ""), found.subList(n, n + 2), task);
                    assertEquals(3, run.err().lines().count(), run.err());
                    assertTrue(run.err().startsWith("tidegate: standard input, line 2: "), run.err());
                    assertTrue(run.err().contains("\ntidegate: standard input, line 3: "), run.err());
                }
            }
        });
    }

    @Test
    void withStrictTheFirstInputWithoutAnAnswerEndsIt() {
        CASES.forEach((task, each) -> {
            Run run = with(String.join("\n", each.good, each.bad, each.good2), predict(task, false, "--strict"));
            assertEquals(1, run.code(), task);
            assertEquals(answers(task, false, each.good), lines(run), task);
            assertEquals(1, run.err().lines().count(), run.err());
            assertTrue(run.err().startsWith("tidegate: standard input, line 2: "), run.err());
        });
    }

    @Test
    void argumentsAreAnsweredAsLinesAreAndTheirNumbersNamed() {
        CASES.forEach((task, each) -> {
            if (!each.bad.equals(LATIN)) { // an argument is text already
                Run run = Run.of(predict(task, false, each.good, each.bad, each.good2));
                assertEquals(1, run.code(), task);
                List<String> expected = new ArrayList<>(answers(task, false, each.good));
                expected.add("");
                expected.addAll(answers(task, false, each.good2));
                assertEquals(expected, lines(run), task);
                assertTrue(run.err().startsWith("tidegate: input 2: "), run.err());
            }
        });
    }

    @Test
    void aHyphenIsStandardInputWhereAFileIsRead() throws Exception {
        for (String task : List.of("forecast", "caption", "transcribe", "voice")) {
            byte[] file = Files.readAllBytes(Path.of(CASES.get(task).good));
            assertEquals(answers(task, false, CASES.get(task).good), Run.fed(file, predict(task, false, "-")).out().lines().toList(), task);
        }
        for (String task : List.of("classify", "tag", "forecast")) {
            Path data = Path.of(file(CASES.get(task).training.get(1)));
            Object[] words = {"evaluate", "--model", model(task), "--data", data, "--json"};
            Object[] hyphen = {"evaluate", "--model", model(task), "--data", "-", "--json"};
            assertEquals(Run.of(words).succeeded().out(), Run.fed(Files.readAllBytes(data), hyphen).succeeded().out(), task);
        }
    }

    @Test
    void aReaderThatHasEnoughEndsItQuietly() throws Exception {
        Process process = ChildJvm.of(List.of("-XX:+UseSerialGC"), TidegateCommand.class, "predict", "--model", model("classify"))
                .redirectErrorStream(false).start();
        try (OutputStream out = process.getOutputStream(); BufferedReader in = process.inputReader()) {
            byte[] line = "a lovely day\n".getBytes(StandardCharsets.UTF_8);
            out.write(line);
            out.flush();
            assertTrue(in.readLine().contains("a lovely day")); // before the next line is there
            in.close();
            for (int i = 0; i < 3; i++) {
                out.write(line);
                out.flush();
            }
        } catch (IOException e) {
            assertTrue(e.getMessage().contains("ipe"), e.getMessage()); // the command has gone already
        }
        assertTrue(process.waitFor(20, TimeUnit.SECONDS));
        assertEquals("", new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8));
        assertEquals(Failures.READER_GONE, process.exitValue());
    }

    private static List<String> answers(String task, boolean json, String input) {
        return ANSWERS.computeIfAbsent(List.of(task, json, input),
                key -> Run.of(predict(task, json, input)).succeeded().out().lines().toList());
    }

    /** The lines of the output, without the names by which a task tells the spans of several recordings apart. */
    private static List<String> lines(Run run) {
        return run.out().lines().map(line -> line.replaceFirst("^[^{ ]*\\.wav  ", "")).toList();
    }

    private static Object[] predict(String task, boolean json, Object... more) {
        List<Object> words = new ArrayList<>(List.of("predict", "--model", model(task), "--threads", 1));
        if (json) {
            words.add("--json");
        }
        words.addAll(List.of(more));
        return words.toArray();
    }

    private static String model(String task) {
        return folder.resolve(task + ".safetensors").toString();
    }

    private static String file(String name) {
        return folder.resolve(name).toString();
    }

    private static Run with(String lines, Object... words) {
        return Run.fed(lines.getBytes(StandardCharsets.ISO_8859_1), words);
    }
}
