/* Requests whose work takes long, or whose answer cannot be written, in a server that has one thread for all reading. */
package org.tidegate.server.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.zip.GZIPOutputStream;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.tidegate.server.ops.Inflight;
import org.tidegate.server.ops.Metrics;
import org.tidegate.server.protocol.InferenceRequest;
import org.tidegate.server.protocol.InferenceResponse;
import org.tidegate.server.protocol.Thrown;

class ExchangeTest {
    private static final HttpClient CLIENT = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private static final byte[] DONE = JsonResponse.error("none");

    private Server server;
    private int port;

    private void start(Consumer<Exchange> work) throws Exception {
        server = new Server();
        ServerConnector connector = new ServerConnector(server, 1, 1);
        connector.setHost("127.0.0.1");
        server.addConnector(connector);
        server.setHandler(new Handler.Abstract.NonBlocking() {
            @Override
            public boolean handle(Request request, Response response, Callback callback) {
                Exchange exchange = new Exchange(request, response, callback, 1 << 20, new Inflight(1 << 20), null);
                exchange.guard(() -> work.accept(exchange));
                return true;
            }
        });
        server.start();
        port = connector.getLocalPort();
    }

    @AfterEach
    void stop() throws Exception {
        server.stop();
    }

    private CompletableFuture<HttpResponse<String>> send(String path, byte[] body, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).timeout(Duration.ofSeconds(30))
                .POST(HttpRequest.BodyPublishers.ofByteArray(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return CLIENT.sendAsync(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static void await(CountDownLatch latch) {
        try {
            assertTrue(latch.await(10, TimeUnit.SECONDS), "nobody else was served meanwhile");
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void bodiesThatArePackedOrLongKeepNobodyWaiting() throws Exception {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write(1);
        }
        CountDownLatch others = new CountDownLatch(1);
        CountDownLatch begun = new CountDownLatch(2);
        start(exchange -> exchange.body(body -> {
            if (exchange.path().get(0).equals("slow")) {
                begun.countDown();
                await(others);
            }
            exchange.send(200, DONE);
        }));
        List<CompletableFuture<HttpResponse<String>>> slow = List.of(send("/slow", packed.toByteArray(), "Content-Encoding", "gzip"),
                send("/slow", new byte[100_000]));
        await(begun);
        for (int i = 0; i < 20; i++) {
            assertEquals(200, send("/quick", new byte[1]).get(9, TimeUnit.SECONDS).statusCode());
        }
        others.countDown();
        for (CompletableFuture<HttpResponse<String>> each : slow) {
            assertEquals(200, each.get(10, TimeUnit.SECONDS).statusCode());
        }
    }

    @Test
    void metricsThatTakeLongKeepNobodyWaiting() throws Exception {
        CountDownLatch others = new CountDownLatch(1);
        CountDownLatch begun = new CountDownLatch(1);
        try (Metrics metrics = new Metrics(List::of)) {
            metrics.gauge("tidegate_slow", "For the test.", () -> {
                begun.countDown();
                await(others);
                return 7;
            });
            MetricsRoute route = new MetricsRoute(metrics);
            start(exchange -> {
                if (!route.handle(exchange)) {
                    exchange.send(200, DONE);
                }
            });
            CompletableFuture<HttpResponse<String>> slow = CLIENT.sendAsync(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/metrics"))
                    .build(), HttpResponse.BodyHandlers.ofString());
            await(begun);
            for (int i = 0; i < 20; i++) {
                assertEquals(200, send("/quick", new byte[1]).get(9, TimeUnit.SECONDS).statusCode());
            }
            others.countDown();
            assertTrue(slow.get(10, TimeUnit.SECONDS).body().contains("tidegate_slow 7"));
        }
    }

    @Test
    void whateverIsThrownIsToldByTheOneRule() throws Exception {
        List<String> versions = new CopyOnWriteArrayList<>();
        start(exchange -> {
            Thrown thrown = Thrown.valueOf(exchange.path().get(0));
            if (exchange.path().get(1).equals("work")) {
                thrown.raise();
            }
            InferenceRequest asked = new InferenceRequest("mood", "", "", Map.of(), List.of(), List.of());
            new HttpCall(exchange, asked) {
                @Override
                void write(InferenceResponse answer) {
                    versions.add((String) exchange.request().getAttribute(HttpLog.VERSION));
                    thrown.raise();
                }
            }.answer(new InferenceResponse("mood", "7", "", Map.of(), List.of()));
        });
        for (Thrown thrown : Thrown.values()) {
            for (String place : List.of("work", "write")) {
                HttpResponse<String> answer = send("/" + thrown + "/" + place, new byte[0]).get(10, TimeUnit.SECONDS);
                assertEquals(thrown.elsewhere().http(), answer.statusCode(), answer.body());
                assertTrue(answer.body().startsWith("{\"error\":") && !answer.body().contains("secret"), answer.body());
            }
        }
        assertEquals(Collections.nCopies(Thrown.values().length, "7"), versions);
    }
}
