package org.tidegate.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tidegate.task.classify.Classifier;
import org.tidegate.task.classify.LabelledText;

/** {@code tidegate serve}: what it shows, how it ends, what it refuses. */
class ServeTest {

    @TempDir
    Path folder;

    @Test
    void modelsAreShownAndServedUntilItIsTerminated() throws Exception {
        List<LabelledText> texts = List.of(new LabelledText("good", "a good film"), new LabelledText("bad", "a bad film"));
        try (Classifier classifier = Classifier.builder(texts).hidden(4).embedding(4).build()) {
            classifier.save(folder.resolve("mood.safetensors"));
        }
        Files.writeString(folder.resolve("broken.safetensors"), "no model at all");
        Process process = ChildJvm.of(List.of("-XX:TieredStopAtLevel=1"), TidegateCommand.class, "serve", "--models", folder.toString(),
                "--port", "0", "--grpc-port", "0", "--drain", "0s").start();
        try (BufferedReader out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            StringBuilder shown = new StringBuilder();
            String request = null;
            while (request == null) {
                String line = out.readLine();
                assertTrue(line != null, shown.toString());
                shown.append(line).append('\n');
                request = line.contains("/infer -d") ? line.strip() : null;
            }
            assertTrue(shown.toString().matches("(?s)[0-9:]{8} broken 1: broken\\.safetensors [^\n]*\nmodel  version  task      precision +memory\n"
                    + "mood   1        classify  float32 +[0-9.]+ KiB\nserving at http://127\\.0\\.0\\.1:[0-9]+, over gRPC at 127\\.0\\.0\\.1:[0-9]+; .*"),
                    shown.toString());
            String body = request.substring(request.indexOf('\'') + 1, request.length() - 1);
            HttpResponse<String> answer = HttpClient.newHttpClient().send(HttpRequest.newBuilder(URI.create(request.split(" ")[1]))
                    .POST(HttpRequest.BodyPublishers.ofString(body)).build(), HttpResponse.BodyHandlers.ofString());
            assertEquals(200, answer.statusCode(), answer.body());
            process.toHandle().destroy(); // leaves its output open
            assertTrue(process.waitFor(30, TimeUnit.SECONDS));
            assertEquals(0, process.exitValue());
            assertEquals(List.of(), out.lines().toList(), "what it said at its end");
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void whatCannotBeServedIsSaidInALine() throws Exception {
        Run.of("serve", "--models", folder.resolve("none")).failed("none is no folder; give the one that has the models' files");
        Run.of("serve", "--models", folder, "--port", "70000").failed("port is 70000; expected 0 to 65535");
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Run.of("serve", "--models", folder, "--port", taken.getLocalPort(), "--grpc-port", "0").failed("Address already in use; give another port");
        }
    }
}
