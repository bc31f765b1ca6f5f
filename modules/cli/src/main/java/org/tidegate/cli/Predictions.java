package org.tidegate.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.tidegate.Precision;

/** What {@code tidegate predict} was asked: the inputs, one by one as they come, how to answer, and where the answers go. */
final class Predictions implements Iterable<String> {
    private final List<String> arguments;
    private final AnswerOptions options;
    private final Integer top;
    private final boolean json;
    private final Screen screen;

    Predictions(List<String> arguments, AnswerOptions options, Integer top, boolean json, Screen screen) {
        this.arguments = arguments;
        this.options = options;
        this.top = top;
        this.json = json;
        this.screen = screen;
    }

    /** The arguments, or without any the lines of standard input as they come. */
    @Override
    public Iterator<String> iterator() {
        if (!arguments.isEmpty()) {
            return arguments.iterator();
        }
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        return Stream.generate(() -> line(lines)).takeWhile(Optional::isPresent).map(Optional::get).iterator();
    }

    /** How many answers to each input are wanted, 1 unless --top says more. */
    int top() {
        return top == null ? 1 : top;
    }

    /** The beams of a search, if --beam was given. */
    OptionalInt beam() {
        return options.beam();
    }

    /** Where a picture of the answer goes, if --chart was given. */
    Optional<Path> chart() {
        return options.chart();
    }

    /** Numbers of the weights. */
    Precision precision() {
        return options.precision;
    }

    /** Threads of the native core. */
    int threads() {
        return options.threads;
    }

    /** For what is said besides the answers. */
    Screen screen() {
        return screen;
    }

    /**
     * Fails if the user gave one of these options, for which the task has no use.
     *
     * @throws IllegalArgumentException naming the option
     */
    void refuse(String... names) {
        options.refuse(names);
        for (String name : names) {
            if (name.equals("--top") && top != null) {
                AnswerOptions.fail(name);
            }
        }
    }

    /** Prints an answer at once: the text, or with --json one object a line that begins with the input. */
    void answer(String input, String text, Map<String, ?> figures) {
        if (json) {
            Map<String, Object> line = new LinkedHashMap<>();
            line.put("input", input);
            line.putAll(figures);
            screen.line("%s", Json.of(line));
        } else {
            screen.line("%s", text);
        }
    }

    private static Optional<String> line(BufferedReader lines) {
        try {
            return Optional.ofNullable(lines.readLine());
        } catch (IOException e) {
            throw new UncheckedIOException("standard input cannot be read: " + e.getMessage(), e);
        }
    }
}
