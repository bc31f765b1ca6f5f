package org.tidegate.cli;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tidegate.json.JsonObject;

class PredictTest {
    @TempDir
    Path folder;
    private Path model;

    @BeforeEach
    void train() throws Exception {
        Path text = Files.writeString(folder.resolve("text.txt"), MadeUpText.of(2_000));
        model = folder.resolve("model.safetensors");
        Run.train(text, model);
    }

    @Test
    void argumentsAreAnsweredInTheirOrder() {
        Run run = Run.of("predict", "--model", model, "--json", "--top", 3, "the ", "a").succeeded();
        List<JsonObject> answers = run.out().lines().map(JsonObject::parse).toList();
        assertEquals(List.of("the ", "a"), answers.stream().map(answer -> answer.string("input")).toList());
        assertEquals(3, answers.get(0).objects("next").size());
    }

    @Test
    void withoutArgumentsTheLinesOfStandardInputAreAnswered() {
        assertEquals(Run.of("predict", "--model", model, "the ", "a").succeeded().out(),
                Run.fed("the \na\n", "predict", "--model", model).succeeded().out());
    }

    @Test
    void aLineOfStandardInputThatHasNoAnswerIsNamedAndTheOthersAreAnswered() {
        assertFails("standard input, line 2: ", "the \n\u65e5\na\n".getBytes(StandardCharsets.UTF_8));
        assertFails("standard input, line 2: it is not valid UTF-8: byte 0xE9",
                "the \ncaf\u00e9\na\n".getBytes(StandardCharsets.ISO_8859_1));
        assertFails("standard input, line 2: it has a NUL", "the \nx\0\na\n".getBytes(StandardCharsets.UTF_8));
        assertFails("standard input, line 2: the input is empty", "the \n\na\n".getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void aPipeIsAFileOfDataToo() throws Exception {
        Path pipe = folder.resolve("pipe");
        assumeTrue(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor() == 0, "this system has no mkfifo");
        Thread writer = new Thread(() -> assertDoesNotThrow(() -> Files.writeString(pipe, MadeUpText.of(2_000))));
        writer.start();
        Run.train(pipe, folder.resolve("piped.safetensors"));
        writer.join();
    }

    @Test
    void withStrictTheFirstLineWithoutAnAnswerIsTheLast() {
        Run run = Run.fed("the \n\u65e5\na\n".getBytes(StandardCharsets.UTF_8), "predict", "--model", model, "--strict");
        assertEquals(1, run.code());
        assertTrue(run.err().startsWith("tidegate: standard input, line 2: "), run.err());
        assertEquals(1, run.out().lines().count());
    }

    @Test
    void linesMayBePackedOrInUtf16AndAHyphenStandsForThem() throws Exception {
        String expected = Run.of("predict", "--model", model, "the ", "a", "the ").succeeded().out();
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(packed)) {
            out.write("the \r\na".getBytes(StandardCharsets.UTF_16));
        }
        assertEquals(expected, Run.fed(packed.toByteArray(), "predict", "--model", model, "-", "the ").succeeded().out());
    }

    private void assertFails(String message, byte... lines) {
        List<String> answers = Run.of("predict", "--model", model, "the ", "a").succeeded().out().lines().toList();
        Run run = Run.fed(lines, "predict", "--model", model);
        assertEquals(1, run.code());
        assertTrue(run.err().contains(message), run.err());
        assertTrue(run.err().endsWith("tidegate: 1 of 3 inputs have no answer\n"), run.err());
        assertEquals(List.of(answers.get(0), "", answers.get(1)), run.out().lines().toList());
    }

    @Test
    void optionsWithoutAnUseAreRefused() {
        Run run = Run.of("predict", "--model", model, "--beam", 3, "the ");
        assertEquals(1, run.code());
        assertTrue(run.err().contains("no use for --beam"), run.err());
        assertTrue(Run.of("predict", "--model", model, "--beam", 0, "the ").err().contains("--beam 0; expected 1 to 1000"));
        assertTrue(Run.of("predict", "--model", model, "--chart", folder.resolve("x.jpg"), "the ").err().contains("ends in .png"));
        assertTrue(Run.of("predict", "--model", model, "--top", 0, "the ").err().contains("--top 0; expected 1 or more"));
    }
}
