/* An access log whose file fails. */
package org.tidegate.server.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.tidegate.server.protocol.Thrown;

class AccessLogTest {
    /** Fails once for each failure, and then writes. */
    private static final class Failing extends OutputStream {
        private final Deque<Throwable> failures = new ArrayDeque<>(List.of(Thrown.STATE.make(), Thrown.JAVA_MEMORY.make(), new IOException("full")));
        private final ByteArrayOutputStream written = new ByteArrayOutputStream();

        @Override
        public void write(int one) throws IOException {
            Throwable failure = failures.poll();
            if (failure instanceof Error error) {
                throw error;
            }
            if (failure instanceof RuntimeException surprise) {
                throw surprise;
            }
            if (failure != null) {
                throw (IOException) failure;
            }
            written.write(one);
        }
    }

    @Test
    void whateverItsFileDoesLinesAreLostAndTheNextIsWritten() throws Exception {
        Failing file = new Failing();
        try (AccessLog log = new AccessLog(file)) {
            for (int i = 0; i < 3; i++) {
                log.add(line("lost"));
                for (long end = System.nanoTime() + 20_000_000_000L; log.lost() <= i && System.nanoTime() < end;) {
                    Thread.sleep(1);
                }
                assertEquals(i + 1, log.lost());
            }
            log.add(line("last"));
        }
        String written = file.written.toString(StandardCharsets.UTF_8);
        assertEquals(1, written.lines().count());
        assertTrue(written.contains("\"path\":\"last\""), written);
    }

    private static Access line(String path) {
        return new Access(0, "HTTP/1.1", "GET", path, null, null, 200, 1, 0, 0, null, "127.0.0.1");
    }
}
