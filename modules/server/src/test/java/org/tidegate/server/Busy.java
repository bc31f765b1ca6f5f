/* A server whose one worker is kept busy, for tests of what waits. */
package org.tidegate.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.tidegate.server.batch.Statistics;
import org.tidegate.server.model.ServedModel;
import org.tidegate.task.classify.Classifier;
import org.tidegate.task.classify.LabelledText;

/** One model that takes long over a long text, and a short time over a short one. */
final class Busy implements AutoCloseable {
    static final String INFER = "/v2/models/slow/infer";
    private static final int WORDS = 20_000;

    private final Path folder;
    private final Server server;
    private final RestClient client;
    private CompletableFuture<RestClient.Answer> answer;
    private long occupied;

    private Busy(Path folder, Server server) {
        this.folder = folder;
        this.server = server;
        client = new RestClient(server.port());
    }

    static Busy start(int threads, int queue) throws Exception {
        Path folder = Files.createTempDirectory("busy");
        List<LabelledText> texts = List.of(new LabelledText("good", "a good film"), new LabelledText("bad", "a bad film"));
        try (Classifier classifier = Classifier.builder(texts).hidden(256).embedding(16).seed(1).build()) {
            classifier.save(folder.resolve("slow.safetensors"));
        }
        return new Busy(folder, Server.builder().models(folder).port(0).threads(threads).queue(queue).start());
    }

    Server server() {
        return server;
    }

    RestClient client() {
        return client;
    }

    ServedModel model() {
        return server.service().repository().model("slow", "");
    }

    Statistics statistics() {
        return model().statistics();
    }

    /** How many items occupy the worker. */
    long occupied() {
        return occupied;
    }

    /** Gives the worker something to do for a while; returns when it has begun. */
    void occupy() throws InterruptedException {
        long before = statistics().queue().count();
        String text = "good ".repeat(WORDS);
        String body = "{\"inputs\":[{\"name\":\"text\",\"datatype\":\"BYTES\",\"shape\":[1],\"data\":[\"" + text + "\"]}]}";
        occupied++;
        answer = CompletableFuture.supplyAsync(() -> {
            try {
                return client.post(INFER, body);
            } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        while (statistics().queue().count() == before) {
            TimeUnit.MILLISECONDS.sleep(1);
        }
    }

    /** Whether the worker is still at it. */
    boolean isOccupied() {
        return !answer.isDone();
    }

    /** Waits for the end of it. */
    void finish() throws Exception {
        if (answer.get(60, TimeUnit.SECONDS).status() != 200) {
            throw new IllegalStateException(answer.get().text());
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        Files.delete(folder.resolve("slow.safetensors"));
        Files.delete(folder);
    }
}
