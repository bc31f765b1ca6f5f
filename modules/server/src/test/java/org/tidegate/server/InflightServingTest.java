/* What requests of all transports hold together, over real sockets. */
package org.tidegate.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tidegate.server.grpc.inference.GRPCInferenceServiceGrpc;
import org.tidegate.server.grpc.inference.InferTensorContents;
import org.tidegate.server.grpc.inference.ModelInferRequest;
import org.tidegate.server.grpc.inference.ModelInferRequest.InferInputTensor;
import org.tidegate.server.grpc.inference.ModelInferResponse;
import org.tidegate.server.grpc.inference.ModelStreamInferResponse;
import org.tidegate.server.model.Serving;
import org.tidegate.server.repository.ModelOpener;

class InflightServingTest {
    private static final String INFER = "/v2/models/mood/infer";
    private static final int MOST = 2_000_000;
    private static final String TEXT = "good ".repeat(160_000); // 800,000 bytes: two of them fit
    private static final String SMALL = body("good");
    private static final String REFUSED = "requests in progress hold as many bytes as they may together, 2000000; try again later";

    @TempDir
    Path folder;

    private final CountDownLatch running = new CountDownLatch(1);
    private final CountDownLatch allowed = new CountDownLatch(1);
    private Server server;
    private RestClient client;
    private ManagedChannel channel;

    private static String body(String text) {
        return "{\"inputs\":[{\"name\":\"text\",\"datatype\":\"BYTES\",\"shape\":[1],\"data\":[\"" + text + "\"]}]}";
    }

    private static ModelInferRequest message(String text) {
        ByteBuffer data = ByteBuffer.allocate(4 + text.length()).order(ByteOrder.LITTLE_ENDIAN).putInt(text.length())
                .put(text.getBytes(StandardCharsets.US_ASCII)).flip();
        return ModelInferRequest.newBuilder().setModelName("mood").addRawInputContents(ByteString.copyFrom(data))
                .addInputs(InferInputTensor.newBuilder().setName("text").setDatatype("BYTES").addShape(1)).build();
    }

    /** A model that answers when it is allowed to. */
    private Serving<?, ?> waiting(Serving<?, ?> serving) {
        return (Serving<?, ?>) Proxy.newProxyInstance(Serving.class.getClassLoader(), new Class<?>[] {Serving.class}, (proxy, method, arguments) -> {
            if (method.getName().equals("run")) {
                running.countDown();
                assertTrue(allowed.await(60, TimeUnit.SECONDS));
            }
            try {
                return method.invoke(serving, arguments);
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        });
    }

    @BeforeEach
    void start() throws Exception {
        TestModels.classifier(folder.resolve("mood.safetensors"));
        server = Server.builder().models(folder).port(0).threads(1).maxBatch(1).maxBody(1_000_000).maxInflight(MOST)
                .opener((file, precision) -> waiting(ModelOpener.standard().open(file, precision))).start();
        client = new RestClient(server.port());
        channel = NettyChannelBuilder.forAddress("127.0.0.1", server.grpcPort()).usePlaintext().build();
    }

    @AfterEach
    void stop() throws Exception {
        allowed.countDown();
        channel.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
        server.close();
    }

    private long metric(String name) throws Exception {
        Matcher found = Pattern.compile("(?m)^" + name + " ([0-9.E]+)$").matcher(client.get("/metrics").text());
        assertTrue(found.find(), name);
        return (long) Double.parseDouble(found.group(1));
    }

    private void awaitBytes(long least, long most) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        long bytes = metric("tidegate_inflight_bytes");
        while ((bytes < least || bytes > most) && System.nanoTime() < end) {
            TimeUnit.MILLISECONDS.sleep(5);
            bytes = metric("tidegate_inflight_bytes");
        }
        assertTrue(bytes >= least && bytes <= most, "requests hold " + bytes + " bytes; expected " + least + " to " + most);
    }

    private CompletableFuture<RestClient.Answer> post(String body) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return client.post(INFER, body);
            } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }, task -> new Thread(task).start());
    }

    private Status.Code call(ModelInferRequest message, String compression) {
        try {
            GRPCInferenceServiceGrpc.GRPCInferenceServiceBlockingStub stub = GRPCInferenceServiceGrpc.newBlockingStub(channel)
                    .withDeadlineAfter(30, TimeUnit.SECONDS);
            (compression == null ? stub : stub.withCompression(compression)).modelInfer(message);
            return Status.Code.OK;
        } catch (StatusRuntimeException e) {
            assertTrue(e.getStatus().getCode() != Status.Code.RESOURCE_EXHAUSTED || REFUSED.equals(e.getStatus().getDescription()),
                    e.getStatus()::toString);
            return e.getStatus().getCode();
        }
    }

    private static byte[] packed(String text) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return packed.toByteArray();
    }

    @Test
    void bodiesThatComeSlowlyAreCountedTogether() throws Exception {
        String half = "POST " + INFER + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 900000\r\n\r\n" + " ".repeat(800_000);
        try (Wire first = new Wire(server.port()); Wire second = new Wire(server.port()); Wire third = new Wire(server.port())) {
            first.send(half);
            second.send(half);
            awaitBytes(1_600_000, 1_600_000);
            Wire.Reply reply = third.send(half.substring(0, half.length() - 399_999)).reply(); // one byte too many
            assertEquals(429, reply.status());
            assertEquals("{\"error\":\"" + REFUSED + "\"}", reply.body());
            awaitBytes(1_600_000, 1_600_000);
            assertEquals(1, metric("tidegate_inflight_refused_total"));
            assertEquals(MOST, metric("tidegate_inflight_limit_bytes"));
            first.reset();
            awaitBytes(800_000, 800_000);
            second.send(" ".repeat(100_000));
            assertEquals(400, second.reply().status());
            awaitBytes(0, 0);
        }
    }

    @Test
    void whatWaitsForAWorkerIsCountedUntilItIsAnswered() throws Exception {
        CompletableFuture<RestClient.Answer> overHttp = post(body(TEXT));
        awaitBytes(1_600_000, 1_700_000); // its text, as it came and as a tensor
        assertTrue(running.await(60, TimeUnit.SECONDS)); // what waits from now on is another
        CompletableFuture<Status.Code> overGrpc = CompletableFuture.supplyAsync(() -> call(message("good ".repeat(30_000)), null),
                task -> new Thread(task).start());
        while (server.service().repository().model("mood", "").waiting() < 1) {
            TimeUnit.MILLISECONDS.sleep(5);
        }
        RestClient.Answer refused = client.post(INFER, body(TEXT));
        assertEquals(429, refused.status());
        assertEquals(REFUSED, refused.error());
        assertEquals(Status.Code.RESOURCE_EXHAUSTED, call(message(TEXT), null));
        assertEquals(429, client.post(INFER, packed(body(TEXT)), "Content-Encoding", "gzip").status());
        assertEquals(Status.Code.RESOURCE_EXHAUSTED, call(message(TEXT), "gzip"));
        allowed.countDown();
        assertEquals(200, overHttp.get(30, TimeUnit.SECONDS).status());
        assertEquals(Status.Code.OK, overGrpc.get(30, TimeUnit.SECONDS));
        awaitBytes(0, 0);
        assertEquals(200, client.post(INFER, body(TEXT)).status());
        assertEquals(200, client.post(INFER, packed(body(TEXT)), "Content-Encoding", "gzip").status());
        assertEquals(Status.Code.OK, call(message(TEXT), null));
        assertEquals(Status.Code.OK, call(message(TEXT), "gzip"));
        awaitBytes(0, 0);
    }

    @Test
    void aStreamThatSendsMoreThanIsHeldEnds() throws Exception {
        List<ModelStreamInferResponse> answers = new ArrayList<>();
        CompletableFuture<Void> ended = new CompletableFuture<>();
        StreamObserver<ModelInferRequest> stream = GRPCInferenceServiceGrpc.newStub(channel).modelStreamInfer(new StreamObserver<>() {
            @Override
            public void onNext(ModelStreamInferResponse answer) {
                answers.add(answer);
            }

            @Override
            public void onError(Throwable failure) {
                ended.completeExceptionally(failure);
            }

            @Override
            public void onCompleted() {
                ended.complete(null);
            }
        });
        for (int i = 0; i < 3; i++) {
            stream.onNext(message(TEXT));
        }
        Status status = Status.fromThrowable(assertThrows(ExecutionException.class, () -> ended.get(30, TimeUnit.SECONDS)).getCause());
        assertEquals(Status.Code.RESOURCE_EXHAUSTED, status.getCode());
        assertEquals(REFUSED, status.getDescription());
        allowed.countDown();
        awaitBytes(0, 0);
        assertEquals(Status.Code.OK, call(message(TEXT), null));
    }

    /** One byte of text may be a number of eight. */
    @Test
    void tensorsThatAreMadeOfTextAreCounted() throws Exception {
        int count = 400_000;
        String numbers = "{\"inputs\":[{\"name\":\"text\",\"datatype\":\"FP64\",\"shape\":[" + count + "],\"data\":[1" + ",1".repeat(count - 1) + "]}]}";
        RestClient.Answer refused = client.post(INFER, numbers);
        assertEquals(429, refused.status(), refused::text);
        assertEquals(REFUSED, refused.error());
        Long[] ones = new Long[count];
        Arrays.fill(ones, 1L);
        assertEquals(Status.Code.RESOURCE_EXHAUSTED, call(ModelInferRequest.newBuilder().setModelName("mood").addInputs(InferInputTensor.newBuilder()
                .setName("text").setDatatype("INT64").addShape(count).setContents(InferTensorContents.newBuilder().addAllInt64Contents(Arrays.asList(ones))))
                .build(), null));
        awaitBytes(0, 0);
    }

    /** A call's message of a million bytes, of which a part comes. */
    private static byte[] half(int bytes) {
        ByteBuffer all = ByteBuffer.allocate(bytes + 100_000);
        all.put("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        frame(all, 4, 0, 0, new byte[0]);
        frame(all, 4, 1, 0, new byte[0]);
        ByteArrayOutputStream headers = new ByteArrayOutputStream();
        for (String[] each : new String[][] {{":method", "POST"}, {":scheme", "http"}, {":path", "/inference.GRPCInferenceService/ModelInfer"},
            {":authority", "localhost"}, {"te", "trailers"}, {"content-type", "application/grpc"}}) {
            headers.write(0); // a literal that is not kept
            for (String text : each) {
                headers.write(text.length());
                headers.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
            }
        }
        frame(all, 1, 4, 1, headers.toByteArray());
        frame(all, 0, 0, 1, new byte[] {0, 0, 15, 0, 0}); // of 983,040 bytes, not packed
        for (int left = bytes; left > 0; left -= 10_000) {
            frame(all, 0, 0, 1, new byte[Math.min(left, 10_000)]);
        }
        return Arrays.copyOf(all.array(), all.position());
    }

    private static void frame(ByteBuffer to, int type, int flags, int stream, byte... content) {
        to.putShort((short) (content.length >> 8)).put((byte) content.length).put((byte) type).put((byte) flags).putInt(stream).put(content);
    }

    @Test
    void messagesThatComeSlowlyAreCountedTogether() throws Exception {
        List<Wire> wires = new ArrayList<>();
        try {
            for (int i = 0; i < 3; i++) {
                wires.add(new Wire(server.grpcPort()).send(half(600_000)));
                awaitBytes(600_000L * (i + 1), 600_020L * (i + 1));
            }
            assertEquals(0, metric("tidegate_inflight_refused_total"));
            wires.add(new Wire(server.grpcPort()).send(half(600_000)));
            while (metric("tidegate_inflight_refused_total") == 0) {
                TimeUnit.MILLISECONDS.sleep(5);
            }
            awaitBytes(1_800_000, 1_800_060);
            assertEquals(429, client.post(INFER, body(TEXT)).status());
        } finally {
            for (Wire wire : wires) {
                wire.reset();
            }
        }
        awaitBytes(0, 0);
    }

    private static ModelInferRequest texts(int count) {
        ByteBuffer data = ByteBuffer.allocate(5 * count).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < count; i++) {
            data.putInt(1).put((byte) 'a');
        }
        return ModelInferRequest.newBuilder().setModelName("mood").addRawInputContents(ByteString.copyFrom(data.flip()))
                .addInputs(InferInputTensor.newBuilder().setName("text").setDatatype("BYTES").addShape(count)).build();
    }

    @Test
    void answersThatAreNotReadAreCounted() throws Exception {
        allowed.countDown();
        int count = 12;
        int window = 65_535; // what a client takes without reading it
        ManagedChannel narrow = NettyChannelBuilder.forAddress("127.0.0.1", server.grpcPort()).usePlaintext().flowControlWindow(window).build();
        try {
            ModelInferRequest request = texts(4096);
            int answer = GRPCInferenceServiceGrpc.newBlockingStub(narrow).modelInfer(request).getSerializedSize();
            awaitBytes(0, 0);
            List<ClientCall<ModelInferRequest, ModelInferResponse>> calls = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                ClientCall<ModelInferRequest, ModelInferResponse> call = narrow.newCall(GRPCInferenceServiceGrpc.getModelInferMethod(),
                        CallOptions.DEFAULT);
                call.start(new ClientCall.Listener<>() {}, new Metadata());
                call.sendMessage(request);
                call.halfClose();
                calls.add(call);
            }
            int held = count - 1 - window / answer; // answers
            assertTrue(held > 3, answer + " bytes");
            while (server.service().models("mood", "").get(0).statistics().success().count() < count + 1) {
                TimeUnit.MILLISECONDS.sleep(5);
            }
            awaitBytes((long) held * (answer + request.getSerializedSize()), MOST);
            calls.forEach(call -> call.cancel("enough", null));
            awaitBytes(0, 0);
        } finally {
            narrow.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
        }
    }

    @Test
    void lessThanOneRequestIsNoLimit() {
        IllegalArgumentException refused = assertThrows(IllegalArgumentException.class,
                () -> Server.builder().models(folder).port(0).maxBody(1000).maxInflight(999).start());
        assertEquals("max-inflight is 999, less than max-body, 1000: the largest request would always be refused", refused.getMessage());
    }
}
