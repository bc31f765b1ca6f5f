package org.tidegate.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import org.tidegate.json.JsonObject;

/** A log file with one JSON object a line, each flushed at once, so that readers see it and a crash loses nothing. */
final class RunLog implements AutoCloseable {
    private final Path file;
    private final Writer writer;

    private RunLog(Path file, Writer writer) {
        this.file = file;
        this.writer = writer;
    }

    /**
     * Opens a log: a new one, or appends when a run is resumed, after the last whole line. Without a file nothing is logged.
     *
     * @throws IOException if the file cannot be written
     */
    static RunLog open(Path file, boolean append) throws IOException {
        if (file == null) {
            return new RunLog(null, Writer.nullWriter());
        }
        if (append && Files.isRegularFile(file)) {
            cutBrokenLine(file);
        }
        return new RunLog(file, Files.newBufferedWriter(file, StandardCharsets.UTF_8, StandardOpenOption.CREATE, StandardOpenOption.WRITE,
                append ? StandardOpenOption.APPEND : StandardOpenOption.TRUNCATE_EXISTING));
    }

    /** A run that was killed, or a disk that was full, may have left half a line. */
    private static void cutBrokenLine(Path file) throws IOException {
        try (FileChannel log = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer one = ByteBuffer.allocate(1);
            long end = log.size();
            while (end > 0 && log.read(one.clear(), end - 1) == 1 && one.get(0) != '\n') {
                end--;
            }
            log.truncate(end);
        }
    }

    /** Writes one line: the names and values in their order. */
    void write(Map<String, ?> line) {
        try {
            writer.write(JsonObject.of(line) + "\n");
            writer.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("the log cannot be written: " + file + ": " + e.getMessage(), e);
        }
    }

    @Override
    public void close() throws IOException {
        writer.close();
    }
}
