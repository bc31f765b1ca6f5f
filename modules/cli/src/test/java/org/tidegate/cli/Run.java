package org.tidegate.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What one command line did: its exit code and what it wrote. */
record Run(int code, String out, String err) {

    /** Runs a command without a terminal. */
    static Run of(Object... arguments) {
        return on(false, arguments);
    }

    /** Runs a command without a terminal, with these bytes as its standard input. */
    static Run fed(byte[] input, Object... arguments) {
        InputStream before = System.in;
        System.setIn(new ByteArrayInputStream(input));
        try {
            return of(arguments);
        } finally {
            System.setIn(before);
        }
    }

    /** Runs a command without a terminal, with a text as its standard input. */
    static Run fed(String input, Object... arguments) {
        return fed(input.getBytes(StandardCharsets.UTF_8), arguments);
    }

    /** Runs a command as if on a terminal of 100 columns. */
    static Run onTerminal(Object... arguments) {
        return on(true, arguments);
    }

    private static Run on(boolean terminal, Object... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Screen screen = new Screen(new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8), terminal, 100);
        String[] words = List.of(arguments).stream().map(Object::toString).toArray(String[]::new);
        int code = TidegateCommand.execute(screen, words);
        return new Run(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    /** Trains the smallest model that learns anything, and expects success. */
    static Run train(Path text, Path model, Object... more) {
        List<Object> words = new ArrayList<>(List.of("train", "lm", "--text", text, "--out", model));
        Map<String, Object> options = new LinkedHashMap<>(Map.of("--hidden", 16, "--embedding", 8, "--epochs", 2, "--batch", 4,
                "--bptt", 10, "--threads", 1));
        for (Object word : more) {
            options.remove(word.toString());
        }
        options.forEach((name, value) -> words.addAll(List.of(name, value)));
        words.addAll(List.of(more));
        return of(words.toArray()).succeeded();
    }

    /** Trains a model of a task with default options and values, those that are given too taken out. */
    static Run trainTask(String task, Path model, List<Object> defaults, Object... more) {
        List<Object> words = new ArrayList<>(List.of("train", task, "--out", model));
        words.addAll(List.of(more));
        for (int i = 0; i < defaults.size(); i += 2) {
            if (!words.contains(defaults.get(i))) {
                words.addAll(defaults.subList(i, i + 2));
            }
        }
        return of(words.toArray());
    }

    Run succeeded() {
        assertEquals(0, code, () -> "exit code; the errors were: " + err);
        return this;
    }

    /** Expects a failure whose message has this part. */
    Run failed(String part) {
        assertTrue(code == Failures.FAILED || code == Failures.WRONG_CALL, () -> "exit code " + code + "; the output was: " + out);
        assertTrue(err.contains(part), err);
        return this;
    }

    String lastLine() {
        return out.stripTrailing().lines().reduce("", (before, line) -> line);
    }
}
