/* What becomes of requests when a real process is told to stop. */
package org.tidegate.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DrainTest {
    private static final Pattern PORT = Pattern.compile(".*https?://127\\.0\\.0\\.1:([0-9]+).*");
    private static final String BODY = "{\"inputs\":[{\"name\":\"text\",\"datatype\":\"BYTES\",\"shape\":[1],\"data\":[\"good film\"]}]}";
    private static final String REQUEST = "POST /v2/models/mood/infer HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + BODY.length() + "\r\n\r\n" + BODY;

    @TempDir
    Path folder;

    private Process serve(String drain) throws Exception {
        TestModels.classifier(folder.resolve("mood.safetensors"));
        return new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp", System.getProperty("java.class.path"),
                ServeCommand.class.getName(), "--models", folder.toString(), "--port", "0", "--drain", drain).redirectError(
                        ProcessBuilder.Redirect.DISCARD).start();
    }

    private static int port(BufferedReader out) throws Exception {
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            Matcher address = PORT.matcher(line);
            if (address.matches()) {
                return Integer.parseInt(address.group(1));
            }
        }
        throw new AssertionError("the server did not start");
    }

    @Test
    void noRequestIsLostUnderLoadAndTheProcessEndsWell() throws Exception {
        Process process = serve("3s");
        ExecutorService clients = Executors.newFixedThreadPool(8);
        try (BufferedReader out = process.inputReader()) {
            int port = port(out);
            AtomicInteger answered = new AtomicInteger();
            Callable<Integer> client = () -> { // until the server sends it away: a reply that says so is the last of its connection
                try (Wire wire = new Wire(port)) {
                    for (int mine = 1;; mine++) {
                        Wire.Reply reply = wire.send(REQUEST).reply();
                        assertEquals(200, reply.status(), reply::toString);
                        answered.incrementAndGet();
                        if (wire.isLast()) {
                            return mine;
                        }
                    }
                }
            };
            List<Future<Integer>> running = Stream.generate(() -> clients.submit(client)).limit(8).toList();
            while (answered.get() < 50) {
                Thread.sleep(5);
            }
            process.destroy(); // SIGTERM
            for (Future<Integer> each : running) {
                assertTrue(each.get(30, TimeUnit.SECONDS) > 0);
            }
            try (Wire late = new Wire(port)) { // readiness is refused, inference is not yet
                assertEquals(503, late.send("GET /v2/health/ready HTTP/1.1\r\nHost: localhost\r\n\r\n").reply().status());
            }
            try (Wire late = new Wire(port)) {
                assertEquals(200, late.send(REQUEST).reply().status());
            }
            assertTrue(process.waitFor(30, TimeUnit.SECONDS));
            assertEquals(0, process.exitValue());
        } finally {
            clients.shutdownNow();
            process.destroyForcibly();
        }
    }

    @Test
    void aSecondSignalEndsAtOnce() throws Exception {
        Process process = serve("10m");
        try (BufferedReader out = process.inputReader()) {
            int port = port(out);
            process.destroy();
            int status = 200;
            while (status == 200) {
                try (Wire wire = new Wire(port)) {
                    status = wire.send("GET /v2/health/ready HTTP/1.1\r\nHost: localhost\r\n\r\n").reply().status();
                }
            }
            assertEquals(503, status);
            process.destroy();
            assertTrue(process.waitFor(30, TimeUnit.SECONDS));
            assertEquals(128 + 15, process.exitValue());
        } finally {
            process.destroyForcibly();
        }
    }
}
