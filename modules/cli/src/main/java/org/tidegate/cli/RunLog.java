package org.tidegate.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import org.tidegate.json.JsonObject;

/** A log file with one JSON object a line, each flushed at once, so that readers see it and a crash loses nothing. */
final class RunLog implements AutoCloseable {
    private final Writer writer;

    private RunLog(Writer writer) {
        this.writer = writer;
    }

    /**
     * Opens a log: a new one, or appends when a run is resumed. Without a file nothing is logged.
     *
     * @throws IOException if the file cannot be written
     */
    static RunLog open(Path file, boolean append) throws IOException {
        return new RunLog(file == null ? Writer.nullWriter() : Files.newBufferedWriter(file, StandardCharsets.UTF_8,
                StandardOpenOption.CREATE, StandardOpenOption.WRITE,
                append ? StandardOpenOption.APPEND : StandardOpenOption.TRUNCATE_EXISTING));
    }

    /** Writes one line: the names and values in their order. */
    void write(Map<String, ?> line) {
        try {
            writer.write(JsonObject.of(line) + "\n");
            writer.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("the log cannot be written: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() throws IOException {
        writer.close();
    }
}
