/* Who asked for what, and what became of it. */
package org.tidegate.server.ops;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * An access log: a line of JSON for each request, written by a thread of its own. Requests never wait for it: where the disk is slower than
 * they are, or full, lines are lost, and counted. Any number of threads at once.
 */
public final class AccessLog implements AutoCloseable {
    private static final int WAITING = 8192; // lines
    private static final long LAST_SECONDS = 5; // for the lines that wait when it is closed
    private static final JsonFactory JSON = JsonFactory.builder().build();

    private final BlockingQueue<Access> lines = new ArrayBlockingQueue<>(WAITING);
    private final LongAdder lost = new LongAdder();
    private final OutputStream out;
    private final Thread writer = new Thread(this::write, "tidegate-access-log");
    private volatile boolean closed;

    /**
     * Opens a log.
     *
     * @param out receives the lines, each batch of them in one write; owned by this object from now on
     */
    public AccessLog(OutputStream out) {
        this.out = out;
        writer.setDaemon(true);
        writer.start();
    }

    /**
     * Opens the log of a file.
     *
     * @param file what is there stays, new lines come after it; {@code -} for standard output
     * @throws IOException if it cannot be written
     */
    public static AccessLog to(Path file) throws IOException {
        return new AccessLog(file.toString().equals("-") ? new FileOutputStream(FileDescriptor.out)
                : Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND));
    }

    /** Takes a line, to be written soon. */
    public void add(Access line) {
        if (closed || !lines.offer(line)) {
            lost.increment();
        }
    }

    /** {@return how many lines were lost} */
    public long lost() {
        return lost.sum();
    }

    private void write() {
        List<Access> batch = new ArrayList<>();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        while (!closed || !lines.isEmpty()) {
            try {
                Access first = lines.poll(1, TimeUnit.SECONDS);
                if (first == null) {
                    continue;
                }
                batch.add(first);
            } catch (InterruptedException e) { // it was closed; what waits is still written
                continue;
            }
            lines.drainTo(batch);
            bytes.reset();
            try {
                for (Access line : batch) {
                    append(bytes, line);
                }
                bytes.writeTo(out);
                out.flush();
            } catch (IOException | RuntimeException | Error e) { // the next may be written
                lost.add(batch.size());
            }
            batch.clear();
        }
    }

    private static void append(ByteArrayOutputStream bytes, Access line) throws IOException {
        try (JsonGenerator json = JSON.createGenerator(bytes)) {
            json.writeStartObject();
            json.writeStringField("time", Instant.ofEpochMilli(line.ended()).toString());
            json.writeStringField("protocol", line.protocol());
            json.writeStringField("method", line.method());
            json.writeStringField("path", line.path());
            if (line.model() != null) {
                json.writeStringField("model", line.model());
            }
            if (line.version() != null) {
                json.writeStringField("version", line.version());
            }
            json.writeNumberField("status", line.status());
            json.writeNumberField("us", line.microseconds());
            json.writeNumberField("in", line.received());
            json.writeNumberField("out", line.sent());
            if (line.id() != null) {
                json.writeStringField("id", line.id());
            }
            json.writeStringField("client", line.client());
            json.writeEndObject();
        }
        bytes.write('\n');
    }

    /** Writes the lines that wait, and closes the file. */
    @Override
    public void close() {
        closed = true;
        writer.interrupt();
        try {
            writer.join(TimeUnit.SECONDS.toMillis(LAST_SECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        try {
            out.close();
        } catch (IOException e) {
            lost.increment();
        }
    }
}
