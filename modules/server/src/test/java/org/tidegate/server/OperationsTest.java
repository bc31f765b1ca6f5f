/* What operators set: limits, ids, the access log, tokens and TLS, over real sockets. */
package org.tidegate.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.google.common.util.concurrent.ListenableFuture;
import com.google.protobuf.ByteString;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.TimeoutException;
import java.util.zip.GZIPOutputStream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.tidegate.server.grpc.inference.GRPCInferenceServiceGrpc;
import org.tidegate.server.grpc.inference.InferTensorContents;
import org.tidegate.server.grpc.inference.ModelInferRequest;
import org.tidegate.server.grpc.inference.ModelInferRequest.InferInputTensor;
import org.tidegate.server.grpc.inference.ModelInferResponse;
import org.tidegate.server.grpc.inference.ModelReadyRequest;
import org.tidegate.server.grpc.inference.ModelStreamInferResponse;
import org.tidegate.server.grpc.inference.ServerLiveRequest;
import org.tidegate.server.grpc.inference.ServerLiveResponse;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine;

class OperationsTest {
    private static final String INFER = "/v2/models/mood/infer";
    private static final String BODY = "{\"inputs\":[{\"name\":\"text\",\"datatype\":\"BYTES\",\"shape\":[1],\"data\":[\"good film\"]}]}";
    private static final String HEAD = "POST " + INFER + " HTTP/1.1\r\nHost: localhost\r\n";

    @TempDir
    static Path files;
    @TempDir
    Path folder;

    private Server.Builder builder;
    private Server server;
    private RestClient client;

    @BeforeEach
    void prepare() throws Exception {
        TestModels.classifier(folder.resolve("mood.safetensors"));
        builder = Server.builder().models(folder).port(0);
    }

    private void start() throws IOException {
        server = builder.start();
        client = new RestClient(server.port());
    }

    @AfterEach
    void stop() {
        if (server != null) {
            server.close();
        }
    }

    @Test
    void theIdOfARequestComesBackOrIsMade() throws Exception {
        start();
        assertEquals("abc-123/4", client.get("/v2", "X-Request-Id", "abc-123/4").header("X-Request-Id"));
        String made = client.get("/v2").header("X-Request-Id");
        assertNotEquals(made, client.get("/nowhere").header("X-Request-Id"));
        for (String unfit : List.of("a b", "\"", "x".repeat(129))) {
            String id = client.get("/v2", "X-Request-Id", unfit).header("X-Request-Id");
            assertTrue(id.startsWith(made.substring(0, 18)), id);
        }
    }

    private static Map<String, String> fields(String line) throws IOException {
        Map<String, String> fields = new LinkedHashMap<>();
        try (JsonParser json = new JsonFactory().createParser(line)) {
            assertEquals(JsonToken.START_OBJECT, json.nextToken());
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String name = json.currentName();
                json.nextToken();
                assertNull(fields.put(name, json.getText()), name);
            }
            assertNull(json.nextToken());
        }
        return fields;
    }

    @Test
    void theAccessLogHasALineOfJsonForEachRequest() throws Exception {
        Path log = files.resolve("access.log");
        Files.writeString(log, "{}\n");
        builder.accessLog(log);
        start();
        RestClient.Answer answer = client.post(INFER + "?secret=1", BODY, "X-Request-Id", "seven");
        assertEquals(200, answer.status());
        client.get("/v2/models/mood/versions/9");
        client.get("/metrics");
        server.close();
        List<String> lines = Files.readAllLines(log);
        assertEquals(4, lines.size(), lines.toString());
        Map<String, String> first = fields(lines.get(1));
        assertTrue(Duration.between(Instant.parse(first.get("time")), Instant.now()).toMinutes() < 1);
        assertTrue(Long.parseLong(first.get("us")) > 0);
        first.keySet().removeAll(List.of("time", "us"));
        assertEquals(Map.of("protocol", "HTTP/1.1", "method", "POST", "path", INFER, "model", "mood", "version", "1", "status", "200", "in",
                Integer.toString(BODY.length()), "out", Integer.toString(answer.response().body().length), "id", "seven", "client", "127.0.0.1"), first);
        Map<String, String> second = fields(lines.get(2));
        assertEquals("mood 9 404", second.get("model") + " " + second.get("version") + " " + second.get("status"));
        assertFalse(fields(lines.get(3)).containsKey("model"));
    }

    @Test
    void aFullDiskIsCountedAndServingGoesOn() throws Exception {
        Path full = Path.of("/dev/full");
        assumeTrue(Files.exists(full));
        builder.accessLog(full);
        start();
        assertEquals(200, client.post(INFER, BODY).status());
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (!client.get("/metrics").text().contains("tidegate_access_log_lost_total 1") && System.nanoTime() < end) {
            Thread.onSpinWait();
        }
        assertEquals(200, client.post(INFER, BODY).status());
        assertTrue(client.get("/metrics").text().matches("(?s).*tidegate_access_log_lost_total [1-9].*"));
    }

    @Test
    void answersAreCountedByStatus() throws Exception {
        start();
        client.get("/v2");
        client.get("/nowhere");
        client.get("/nowhere");
        String metrics = client.get("/metrics").text();
        assertTrue(metrics.contains("tidegate_http_responses_total{code=\"200\"} 1.0\n"), metrics);
        assertTrue(metrics.contains("tidegate_http_responses_total{code=\"404\"} 2.0\n"), metrics);
    }

    @Test
    void aSmallBodyOfGzipThatUnpacksBeyondTheLimitIsRefused() throws Exception {
        builder.maxBody(100_000);
        start();
        ByteArrayOutputStream bomb = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bomb)) {
            gzip.write(new byte[50_000_000]);
        }
        assertTrue(bomb.size() < 100_000);
        RestClient.Answer answer = client.post(INFER, bomb.toByteArray(), "Content-Encoding", "gzip");
        assertEquals(413, answer.status(), answer::text);
        assertEquals("the body has more than 100000 bytes", answer.error());
    }

    @Test
    void headHasTheHeadersAloneAndOptionsTheMethods() throws Exception {
        start();
        RestClient.Answer get = client.get("/v2");
        RestClient.Answer head = client.method("HEAD", "/v2");
        assertEquals(200, head.status());
        assertEquals(0, head.response().body().length);
        assertEquals(get.header("Content-Length"), head.header("Content-Length"));
        RestClient.Answer options = client.method("OPTIONS", INFER);
        assertEquals(204, options.status());
        assertEquals("POST, OPTIONS", options.header("Allow"));
        assertEquals("GET, HEAD, OPTIONS", client.method("OPTIONS", "/v2/models/mood").header("Allow"));
    }

    @Test
    void namesInPercentsAreDecodedAndHiddenSlashesRefused() throws Exception {
        TestModels.classifier(folder.resolve("größe 1+.safetensors"));
        start();
        RestClient.Answer answer = client.get("/v2/models/gr%C3%B6%C3%9Fe%201+");
        assertEquals(200, answer.status(), answer::text);
        for (String path : List.of("/v2/models/a%2Fb", "/v2/models/%2e%2e/v2", "/v2/models/a;b", "/v2/models/%zz", "/v2/models/%00")) {
            Wire.Reply reply = reply("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
            assertTrue(reply.status() == 400 || reply.status() == 404, () -> path + " " + reply);
            assertTrue(reply.body().startsWith("{\"error\":"), reply::toString);
            Leaks.check(reply.body());
        }
    }

    private Wire.Reply reply(String request) throws IOException {
        try (Wire wire = new Wire(server.port())) {
            return wire.send(request).reply();
        }
    }

    @Test
    void requestsThatProxiesMightReadOtherwiseAreRefused() throws Exception {
        start();
        String length = "Content-Length: " + BODY.length() + "\r\n";
        assertEquals(200, reply(HEAD + length + "\r\n" + BODY).status());
        for (String headers : List.of(
                length + "Content-Length: 3\r\n",
                length + "Transfer-Encoding: chunked\r\n",
                "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
                "Transfer-Encoding: gzip\r\n",
                "Content-Length: +3\r\n",
                "Content-Length : 3\r\n",
                length + " folded: 1\r\n",
                length + "Bad\0name: 1\r\n",
                length + "Host: b\r\n")) {
            Wire.Reply reply = reply(HEAD + headers + "\r\n" + BODY);
            assertTrue(reply.status() == 400 || reply.status() == 501, () -> headers + reply);
            Leaks.check(reply.body());
        }
        assertEquals(400, reply("POST " + INFER + " HTTP/1.1\r\n" + length + "\r\n" + BODY).status());
    }

    @Test
    void longHeadersAreRefused() throws Exception {
        start();
        Wire.Reply reply = reply("GET /v2 HTTP/1.1\r\nHost: localhost\r\nX: " + "x".repeat(20_000) + "\r\n\r\n");
        assertEquals(431, reply.status());
        assertTrue(reply.body().startsWith("{\"error\":"), reply.body());
        assertEquals(200, reply("GET /v2 HTTP/1.1\r\nHost: localhost\r\nX: " + "x".repeat(10_000) + "\r\n\r\n").status());
    }

    @Test
    void halfABodyIsNotWaitedForLongAndHoldsUpNobody() throws Exception {
        builder.idle(Duration.ofMillis(300));
        start();
        try (Wire body = new Wire(server.port()); Wire head = new Wire(server.port())) {
            body.send(HEAD + "Content-Length: 1000\r\n\r\n{\"inputs\":");
            head.send("POST " + INFER);
            assertEquals(200, client.post(INFER, BODY).status());
            Wire.Reply reply = body.reply();
            assertEquals(408, reply.status());
            assertEquals("{\"error\":\"the body did not come in time\"}", reply.body());
            assertEquals(0, head.reply().status());
        }
    }

    @Test
    void aBodyInDropsIsGivenUp() throws Exception {
        builder.idle(Duration.ofSeconds(20));
        start();
        try (Wire wire = new Wire(server.port())) {
            wire.send(HEAD + "Content-Length: 1000\r\n\r\n{");
            for (int i = 0; i < 6; i++) {
                Thread.sleep(200);
                wire.send(" ");
            }
            assertEquals(408, wire.reply().status());
        }
    }

    @Test
    void connectionsBeyondTheLimitWaitUntilOneCloses() throws Exception {
        builder.maxConnections(2);
        start();
        try (Wire first = new Wire(server.port()); Wire second = new Wire(server.port()); Wire third = new Wire(server.port())) {
            String get = "GET /v2/health/live HTTP/1.1\r\nHost: localhost\r\n\r\n";
            assertEquals(200, first.send(get).reply().status());
            assertEquals(200, second.send(get).reply().status());
            third.send(get);
            assertFalse(third.hasReply(300));
            first.close();
            assertEquals(200, third.reply().status());
        }
    }

    private ManagedChannel channel() {
        return NettyChannelBuilder.forAddress("127.0.0.1", server.grpcPort()).usePlaintext().build();
    }

    @Test
    void connectionsOfGrpcBeyondTheLimitWaitUntilOneCloses() throws Exception {
        builder.maxConnections(2);
        start();
        ManagedChannel first = channel();
        ManagedChannel second = channel();
        ManagedChannel third = channel();
        try {
            assertEquals(io.grpc.Status.Code.OK, live(first, null).getCode());
            assertEquals(io.grpc.Status.Code.OK, live(second, null).getCode());
            assertTrue(client.get("/metrics").text().contains("tidegate_grpc_connections 2.0\n"));
            ListenableFuture<ServerLiveResponse> waiting = GRPCInferenceServiceGrpc.newFutureStub(third).withWaitForReady()
                    .serverLive(ServerLiveRequest.getDefaultInstance());
            assertThrows(TimeoutException.class, () -> waiting.get(300, TimeUnit.MILLISECONDS));
            first.shutdownNow();
            assertTrue(waiting.get(20, TimeUnit.SECONDS).getLive());
        } finally {
            for (ManagedChannel each : List.of(first, second, third)) {
                each.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
            }
        }
    }

    @Test
    void withATokenFileOnlyHealthAndThePageAreOpen() throws Exception {
        Path tokens = Files.writeString(files.resolve("tokens"), "old-secret\nnew-secret\n");
        builder.tokens(tokens);
        start();
        for (String path : List.of("/v2", "/v2/models/mood", "/metrics", "/nowhere")) {
            for (String wrong : List.of("", "Bearer", "Bearer wrong-secret", "Basic b2xkLXNlY3JldA==", "Bearer old-secre", "Bearer old-secret2")) {
                RestClient.Answer answer = wrong.isEmpty() ? client.get(path) : client.get(path, "Authorization", wrong);
                assertEquals(401, answer.status(), path + wrong);
                assertEquals("Bearer", answer.header("WWW-Authenticate"));
            }
        }
        for (String right : List.of("Bearer old-secret", "bearer new-secret")) {
            assertEquals(200, client.get("/v2", "Authorization", right).status());
            assertEquals(200, client.post(INFER, BODY, "Authorization", right).status());
        }
        assertEquals(200, client.get("/v2/health/ready").status());
        assertEquals(200, client.get("/v2/health/live").status());
        for (String malformed : List.of("", "short\n", "two words\n")) {
            Path file = Files.writeString(files.resolve("malformed"), malformed);
            assertThrows(IOException.class, () -> Server.builder().models(folder).port(0).tokens(file).start(), malformed);
        }
    }

    private static io.grpc.Status live(ManagedChannel channel, String token) {
        Metadata headers = new Metadata();
        if (token != null) {
            headers.put(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer " + token);
        }
        try {
            GRPCInferenceServiceGrpc.newBlockingStub(channel).withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
                    .withDeadlineAfter(20, TimeUnit.SECONDS).serverLive(ServerLiveRequest.getDefaultInstance());
            return io.grpc.Status.OK;
        } catch (StatusRuntimeException e) {
            return e.getStatus();
        }
    }

    @Test
    void aCallOfGrpcStandsInTheLogWithItsModelAndItsBytes() throws Exception {
        Path log = files.resolve("models.log");
        builder.accessLog(log);
        start();
        ModelInferRequest request = ModelInferRequest.newBuilder().setModelName("mood").addInputs(InferInputTensor.newBuilder().setName("text")
                .setDatatype("BYTES").addShape(1).setContents(InferTensorContents.newBuilder().addBytesContents(ByteString.copyFromUtf8("a film"))))
                .build();
        ModelReadyRequest ready = ModelReadyRequest.newBuilder().setName("mood").setVersion("7").build();
        ManagedChannel channel = NettyChannelBuilder.forAddress("127.0.0.1", server.grpcPort()).usePlaintext().build();
        ModelInferResponse answer;
        int streamed;
        try {
            GRPCInferenceServiceGrpc.GRPCInferenceServiceBlockingStub stub = GRPCInferenceServiceGrpc.newBlockingStub(channel);
            answer = stub.modelInfer(request);
            streamed = stream(channel, request, 3);
            assertFalse(stub.modelReady(ready).getReady());
            stub.serverLive(ServerLiveRequest.getDefaultInstance());
        } finally {
            channel.shutdownNow();
        }
        server.close();
        List<String> seen = new ArrayList<>();
        for (String line : Files.readAllLines(log)) {
            Map<String, String> fields = fields(line);
            seen.add(String.join(" ", fields.get("path").replaceFirst(".*/", ""), fields.get("model"), fields.get("version"), fields.get("in"),
                    fields.get("out")));
        }
        int bytes = request.getSerializedSize();
        assertEquals(List.of("ModelInfer mood 1 " + bytes + " " + answer.getSerializedSize(), "ModelStreamInfer mood 1 " + 3 * bytes + " " + streamed,
                "ModelReady mood 7 " + ready.getSerializedSize() + " 0", "ServerLive null null 0 2"), seen);
    }

    @Test
    void aMessageThatIsPackedStandsInTheLogWithWhatIsInIt() throws Exception {
        Path log = files.resolve("packed.log");
        builder.accessLog(log);
        start();
        ModelInferRequest request = ModelInferRequest.newBuilder().setModelName("mood").addInputs(InferInputTensor.newBuilder().setName("text")
                .setDatatype("BYTES").addShape(1).setContents(InferTensorContents.newBuilder()
                        .addBytesContents(ByteString.copyFromUtf8("a film ".repeat(400))))).build();
        ManagedChannel channel = NettyChannelBuilder.forAddress("127.0.0.1", server.grpcPort()).usePlaintext().build();
        try {
            GRPCInferenceServiceGrpc.GRPCInferenceServiceBlockingStub stub = GRPCInferenceServiceGrpc.newBlockingStub(channel);
            assertEquals(stub.modelInfer(request), stub.withCompression("gzip").modelInfer(request));
        } finally {
            channel.shutdownNow();
        }
        server.close();
        for (String line : Files.readAllLines(log)) {
            assertEquals(Integer.toString(request.getSerializedSize()), fields(line).get("in"), line);
        }
        assertEquals(2, Files.readAllLines(log).size());
    }

    /** Calls once; gives the call up when its first answer has come. */
    private static <Q, A> void giveUp(ManagedChannel channel, MethodDescriptor<Q, A> method, Q request) throws Exception {
        CountDownLatch answered = new CountDownLatch(1);
        ClientCall<Q, A> call = channel.newCall(method, CallOptions.DEFAULT);
        call.start(new ClientCall.Listener<>() {
            @Override
            public void onMessage(A answer) {
                answered.countDown();
            }
        }, new Metadata());
        call.request(1);
        call.sendMessage(request);
        if (method.getType().clientSendsOneMessage()) {
            call.halfClose();
        }
        assertTrue(answered.await(20, TimeUnit.SECONDS));
        call.cancel("enough", null);
    }

    @Test
    void callsThatTheirClientsGiveUpStandInTheLogOnce() throws Exception {
        Path log = files.resolve("given-up.log");
        builder.accessLog(log);
        start();
        ManagedChannel channel = NettyChannelBuilder.forAddress("127.0.0.1", server.grpcPort()).usePlaintext().build();
        ModelInferRequest request = ModelInferRequest.newBuilder().setModelName("mood").build();
        try {
            giveUp(channel, GRPCInferenceServiceGrpc.getModelStreamInferMethod(), request);
            giveUp(channel, HealthGrpc.getWatchMethod(), HealthCheckRequest.getDefaultInstance());
            giveUp(channel, ServerReflectionGrpc.getServerReflectionInfoMethod(), ServerReflectionRequest.newBuilder().setListServices("").build());
            GRPCInferenceServiceGrpc.newBlockingStub(channel).serverLive(ServerLiveRequest.getDefaultInstance()); // read after what was given up
        } finally {
            channel.shutdownNow();
        }
        server.close();
        List<String> seen = new ArrayList<>();
        for (String line : Files.readAllLines(log)) {
            seen.add(fields(line).get("path").replaceFirst(".*/", "") + " " + fields(line).get("status"));
        }
        assertEquals(List.of("ModelStreamInfer 1", "Watch 1", "ServerReflectionInfo 1", "ServerLive 0"), seen);
        assertTrue(Files.readString(log).contains("\"model\":\"mood\""));
    }

    /** Sends a request some times in a stream; the bytes of the answers. */
    private static int stream(ManagedChannel channel, ModelInferRequest request, int times) throws InterruptedException {
        AtomicInteger bytes = new AtomicInteger();
        CountDownLatch ended = new CountDownLatch(1);
        StreamObserver<ModelInferRequest> requests = GRPCInferenceServiceGrpc.newStub(channel).modelStreamInfer(new StreamObserver<>() {
            @Override
            public void onNext(ModelStreamInferResponse answer) {
                bytes.addAndGet(answer.getSerializedSize());
            }

            @Override
            public void onError(Throwable failure) {
                ended.countDown();
            }

            @Override
            public void onCompleted() {
                ended.countDown();
            }
        });
        for (int i = 0; i < times; i++) {
            requests.onNext(request);
        }
        requests.onCompleted();
        assertTrue(ended.await(20, TimeUnit.SECONDS));
        return bytes.get();
    }

    @Test
    void callsOfGrpcNeedTheTokenAndStandInTheLog() throws Exception {
        Path log = files.resolve("grpc.log");
        builder.accessLog(log).tokens(Files.writeString(files.resolve("tokens-grpc"), "a-secret\n"));
        start();
        ManagedChannel channel = NettyChannelBuilder.forAddress("127.0.0.1", server.grpcPort()).usePlaintext().build();
        try {
            assertEquals(io.grpc.Status.Code.UNAUTHENTICATED, live(channel, null).getCode());
            assertEquals(io.grpc.Status.Code.UNAUTHENTICATED, live(channel, "b-secret").getCode());
            assertEquals(io.grpc.Status.Code.OK, live(channel, "a-secret").getCode());
            assertEquals(HealthCheckResponse.ServingStatus.SERVING, HealthGrpc.newBlockingStub(channel)
                    .check(HealthCheckRequest.getDefaultInstance()).getStatus());
            HealthCheckRequest ofModel = HealthCheckRequest.newBuilder().setService("mood").build();
            for (Executable call : List.<Executable>of(() -> HealthGrpc.newBlockingStub(channel).check(ofModel),
                    () -> HealthGrpc.newBlockingStub(channel).watch(ofModel).next())) {
                assertEquals(io.grpc.Status.Code.UNAUTHENTICATED, assertThrows(StatusRuntimeException.class, call).getStatus().getCode());
            }
            Metadata headers = new Metadata();
            headers.put(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer a-secret");
            assertEquals(HealthCheckResponse.ServingStatus.SERVING, HealthGrpc.newBlockingStub(channel)
                    .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers)).check(ofModel).getStatus());
        } finally {
            channel.shutdownNow();
        }
        server.close();
        List<String> seen = new ArrayList<>();
        for (String line : Files.readAllLines(log)) {
            seen.add(fields(line).get("path") + " " + fields(line).get("status"));
        }
        String path = "/inference.GRPCInferenceService/ServerLive ";
        assertEquals(List.of(path + 16, path + 16, path + 0, "/grpc.health.v1.Health/Check 0", "/grpc.health.v1.Health/Check 16",
                "/grpc.health.v1.Health/Watch 16", "/grpc.health.v1.Health/Check 0"), seen);
    }

    private static void keytool(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "keytool").toString()));
        command.addAll(List.of(arguments));
        assertEquals(0, new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(files.resolve("keytool.log").toFile()).start().waitFor());
    }

    private static String pem(String kind, byte[] bytes) {
        return "-----BEGIN " + kind + "-----\n" + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes) + "\n-----END " + kind + "-----\n";
    }

    @Test
    void filesInPemMakeItAServerOfHttps() throws Exception {
        for (String kind : List.of("RSA", "EC")) {
            Path store = files.resolve(kind + ".p12");
            keytool("-genkeypair", "-alias", "a", "-keyalg", kind, "-dname", "CN=localhost", "-ext", "san=dns:localhost,ip:127.0.0.1", "-storetype",
                    "PKCS12", "-keystore", store.toString(), "-storepass", "secret1");
            KeyStore keys = KeyStore.getInstance(store.toFile(), "secret1".toCharArray());
            Path certificate = Files.writeString(files.resolve(kind + ".crt"), pem("CERTIFICATE", keys.getCertificate("a").getEncoded()));
            Path key = Files.writeString(files.resolve(kind + ".key"), pem("PRIVATE KEY", keys.getKey("a", "secret1".toCharArray()).getEncoded()));
            try (Server secure = Server.builder().models(folder).port(0).tls(certificate, key).start()) {
                HttpRequest request = HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + secure.port() + INFER))
                        .POST(HttpRequest.BodyPublishers.ofString(BODY)).build();
                HttpResponse<String> answer = HttpClient.newBuilder().sslContext(trusting((X509Certificate) keys.getCertificate("a"))).build()
                        .send(request, HttpResponse.BodyHandlers.ofString());
                assertEquals(200, answer.statusCode());
                assertTrue(answer.body().startsWith("{\"model_name\":\"mood\""));
                ManagedChannel channel = NettyChannelBuilder.forAddress("127.0.0.1", secure.grpcPort())
                        .sslContext(GrpcSslContexts.forClient().trustManager((X509Certificate) keys.getCertificate("a")).build()).build();
                try {
                    assertEquals(io.grpc.Status.OK, live(channel, null));
                } finally {
                    channel.shutdownNow();
                }
                assertThrows(SSLHandshakeException.class, () -> HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString()));
            }
        }
        IOException failure = assertThrows(IOException.class,
                () -> builder.tls(files.resolve("RSA.crt"), files.resolve("EC.key")).start());
        assertEquals("the key EC.key is malformed, or not of the certificate's kind, RSA", failure.getMessage());
        failure = assertThrows(IOException.class, () -> builder.tls(files.resolve("RSA.key"), files.resolve("RSA.key")).start());
        assertTrue(failure.getMessage().contains("certificate"), failure.getMessage());
        failure = assertThrows(IOException.class, () -> builder.tls(files.resolve("RSA.crt"), files.resolve("RSA.crt")).start());
        assertTrue(failure.getMessage().contains("openssl pkcs8"), failure.getMessage());
    }

    private static SSLContext trusting(X509Certificate certificate) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setCertificateEntry("a", certificate);
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }

    @Test
    void hostsThatCanNeverMatchAreRefused() {
        for (String wrong : List.of("example.com:8080", "https://example.com", "example.com/", "[::1]:8080", "*.example.com", "", "a b")) {
            String message = assertThrows(IllegalArgumentException.class, () -> builder.allowHosts(List.of("fine", wrong))).getMessage();
            assertTrue(message.startsWith("allow-host is '" + wrong + "'; expected a name or an address alone"), message);
        }
        builder.allowHosts(List.of("example.com", "models", "10.0.0.7", "::1", "[::1]", "fd00::7", "::ffff:10.0.0.7", "my_host"));
    }

    @Test
    void itIsSaidWhichPortIsTaken() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int port = taken.getLocalPort();
            String http = assertThrows(IOException.class, () -> builder.port(port).grpcPort(0).start()).getMessage();
            assertTrue(http.startsWith("the server cannot listen for HTTP: ") && http.contains("give another port"), http);
            String grpc = assertThrows(IOException.class, () -> builder.port(0).grpcPort(port).start()).getMessage();
            assertTrue(grpc.startsWith("the server cannot listen for gRPC at port " + port + ": ") && grpc.contains("give another grpc-port"), grpc);
            String meant = assertThrows(IOException.class, () -> Server.builder().models(folder).port(port - 1).start()).getMessage();
            assertTrue(meant.contains("listen for gRPC at port " + port + ", one above that of HTTP: "), meant);
            String both = assertThrows(IllegalArgumentException.class, () -> builder.port(port).grpcPort(port).start()).getMessage();
            assertEquals("grpc-port is " + port + ", the port of HTTP; give another, or 0 for any that is free", both);
        }
    }

    @Test
    void anOptionThatIsNoneIsNamedBeforeThatWhichIsMissing() {
        StringWriter said = new StringWriter();
        CommandLine line = new CommandLine(new ServeCommand()).setErr(new PrintWriter(said, true));
        assertEquals(2, line.execute("--model", "one"));
        assertTrue(said.toString().contains("Unknown option") && said.toString().contains("'--model'"), said.toString());
        said.getBuffer().setLength(0);
        assertEquals(2, line.execute("--port", "0"));
        assertTrue(said.toString().startsWith("Missing required option: '--models=DIR'"), said.toString());
    }

    @Test
    void sizesHaveUnits() {
        ServeCommand.SizeConverter sizes = new ServeCommand.SizeConverter();
        assertEquals(Map.of("1", 1L, "2k", 2048L, "10m", 10L << 20, "1G", 1L << 30),
                Map.of("1", sizes.convert("1"), "2k", sizes.convert("2k"), "10m", sizes.convert("10m"), "1G", sizes.convert("1G")));
        for (String wrong : List.of("", "m", "-1", "1.5m", "1t", "1 m")) {
            assertThrows(TypeConversionException.class, () -> sizes.convert(wrong), wrong);
        }
    }
}
