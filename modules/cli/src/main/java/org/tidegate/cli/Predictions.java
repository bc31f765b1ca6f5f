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
import java.util.stream.Stream;
import org.tidegate.json.JsonObject;
import org.tidegate.text.Utf8;

/** The arguments of {@code tidegate predict}: the inputs, one by one as they arrive, how to answer, and where answers are printed. */
final class Predictions extends ModelUse implements Iterable<String> {
    private final Path model;
    private final List<String> arguments;
    private final Integer top;
    private final boolean json;
    /** The number of lines read from standard input. */
    private long lines;

    Predictions(Path model, List<String> arguments, AnswerOptions options, Integer top, boolean json, Screen screen) {
        super(options, screen);
        this.model = model;
        this.arguments = arguments;
        this.top = top;
        this.json = json;
    }

    /** The model's file, for pictures of a model's internals. */
    Path model() {
        return model;
    }

    /** The arguments, or without any the lines of standard input as they arrive. */
    @Override
    public Iterator<String> iterator() {
        if (!arguments.isEmpty()) {
            return arguments.iterator();
        }
        // Bytes as they are: a line that is not UTF-8 is refused when its turn comes, not with the block that it was read in.
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.ISO_8859_1));
        return Stream.generate(() -> line(in)).takeWhile(Optional::isPresent).map(Optional::get).iterator();
    }

    /** The position of the latest input: "standard input, line 3: ", or nothing if it is an argument. */
    String where() {
        return lines == 0 ? "" : "standard input, line " + lines + ": ";
    }

    /** The number of answers to each input, 1 unless --top is given. */
    int top() {
        return top == null ? 1 : top;
    }

    @Override
    void refuse(String... names) {
        super.refuse(names);
        for (String name : names) {
            if (name.equals("--top") && top != null) {
                throw AnswerOptions.useless(name);
            }
        }
    }

    /** Prints an answer at once: the text, or with --json one object a line that begins with the input. */
    void answer(String input, String text, Map<String, ?> figures) {
        if (json) {
            Map<String, Object> line = new LinkedHashMap<>();
            line.put("input", input);
            line.putAll(figures);
            screen().line("%s", JsonObject.of(line));
        } else {
            screen().line("%s", text);
        }
    }

    private Optional<String> line(BufferedReader in) {
        try {
            lines++;
            return Optional.ofNullable(in.readLine()).map(line -> Utf8.decode(line.getBytes(StandardCharsets.ISO_8859_1), "it"));
        } catch (IOException e) {
            throw new UncheckedIOException("standard input cannot be read: " + e.getMessage(), e);
        }
    }
}
