/* A server in a process of its own. */
package org.tidegate.bench.serve;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.tidegate.json.JsonObject;

/** A JVM that serves a folder of models on ports of its own, from its start until it is closed. */
final class ServerProcess implements AutoCloseable {
    private static final long LONGEST_START = TimeUnit.SECONDS.toNanos(60);

    private final Process process;
    private final int port;
    private final int grpcPort;
    private final double ready;

    /** Starts it with a class path and a main class, and waits until it is ready. */
    ServerProcess(Path log, List<Path> classPath, String main, Path models, String... options) throws IOException, InterruptedException {
        port = freePort();
        grpcPort = freePort();
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:+UseSerialGC"));
        command.addAll(List.of("-cp", String.join(File.pathSeparator, classPath.stream().map(Path::toString).toList()), main,
            "--models", models.toString(), "--port", Integer.toString(port), "--grpc-port", Integer.toString(grpcPort)));
        command.addAll(List.of(options));
        long begin = System.nanoTime();
        process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile())).start();
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroy)); // where the benchmark is interrupted
        while (!isReady()) {
            if (!process.isAlive() || System.nanoTime() - begin > LONGEST_START) {
                process.destroyForcibly();
                throw new IOException("the server did not start; see " + log);
            }
            Thread.sleep(1);
        }
        ready = (System.nanoTime() - begin) / 1e9;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private boolean isReady() {
        try {
            return connection("/v2/health/ready").getResponseCode() == 200;
        } catch (IOException e) {
            return false;
        }
    }

    private HttpURLConnection connection(String path) throws IOException {
        return (HttpURLConnection) URI.create("http://127.0.0.1:" + port + path).toURL().openConnection();
    }

    int port() {
        return port;
    }

    int grpcPort() {
        return grpcPort;
    }

    /** Seconds from the process's start to the first answer that it is ready. */
    double ready() {
        return ready;
    }

    /** What a model has done so far. */
    ServerStatistics statistics(String model) throws IOException {
        try (InputStream body = connection("/v2/models/" + model + "/stats").getInputStream()) {
            JsonObject answer = JsonObject.parse(new String(body.readAllBytes(), StandardCharsets.UTF_8));
            return ServerStatistics.of(answer.objects("model_stats").get(0));
        }
    }

    /** Requests to a model that failed only because their client had gone, so far. */
    long cancelled(String model) throws IOException {
        try (InputStream body = connection("/metrics").getInputStream()) {
            return new String(body.readAllBytes(), StandardCharsets.UTF_8).lines()
                .filter(line -> line.startsWith("tidegate_errors_total{") && line.contains("model=\"" + model + "\"")
                    && line.contains("status=\"CANCELLED\""))
                .mapToLong(line -> Math.round(Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))).sum();
        }
    }

    /** Bytes of memory that are resident. */
    long resident() throws IOException {
        return Files.readAllLines(proc("status")).stream().filter(line -> line.startsWith("VmRSS:"))
            .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024).findFirst().orElseThrow();
    }

    private Path proc(String file) {
        return Path.of("/proc", Long.toString(process.pid()), file);
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
