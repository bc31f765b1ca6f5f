/* What clients do wrong, by accident or not: the server lives, the others' answers stay right, nothing is left behind. */
package org.tidegate.server;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tidegate.Tidegate;
import org.tidegate.server.grpc.inference.InferParameter;
import org.tidegate.server.grpc.inference.ModelInferRequest;
import org.tidegate.server.model.ServedModel;

/** {@code -Dtidegate.bodies=10000} sends so many random bodies to each port; a few hundred in every run. */
class FaultsTest {
    private static final String INFER = "/v2/models/mood/infer";
    private static final String RIGHT = "{\"id\":\"1\",\"inputs\":[{\"name\":\"text\",\"datatype\":\"BYTES\",\"shape\":[2],\"data\":[\"good film\","
            + "\"bad film\"]}],\"outputs\":[{\"name\":\"label\"},{\"name\":\"probabilities\"}],\"parameters\":{\"own\":1.5e3}}";
    private static final int FEW = 400; // more is a soak, whose figures are shown
    private static final int BODIES = Integer.getInteger("tidegate.bodies", FEW);
    private static final int MANY = 100;
    private static final Set<Status.Code> REFUSALS = Set.of(Status.Code.INVALID_ARGUMENT, Status.Code.NOT_FOUND);
    private static final long SESSIONS = 256 << 10; // bytes: workers keep what their largest batch needed

    @TempDir
    static Path folder;

    private static Server server;
    private static RestClient client;
    private static String alone; // the answer to the right request, of a server that has nothing else to do
    private static long nativeBytes;

    @BeforeAll
    static void start() throws Exception {
        TestModels.classifier(folder.resolve("mood.safetensors"));
        server = Server.builder().models(folder).port(0).grpcPort(0).maxBody(1 << 20).start();
        client = new RestClient(server.port());
        alone = client.post(INFER, RIGHT).text();
        nativeBytes = Tidegate.nativeBytes();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static ServedModel model() {
        return server.service().repository().model("mood", "");
    }

    @AfterEach
    void theServerLivesAndNothingIsLeft() throws Exception {
        assertEquals(alone, client.post(INFER, RIGHT).text());
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (!model().isIdle() && System.nanoTime() < deadline) {
            TimeUnit.MILLISECONDS.sleep(5);
        }
        assertTrue(model().isIdle(), "requests are still there");
        assertEquals(0, model().waiting());
        assertTrue(Tidegate.nativeBytes() <= nativeBytes + SESSIONS,
                () -> Tidegate.nativeBytes() + " bytes of native memory, " + nativeBytes + " before");
    }

    /** Does something while a well-behaved client asks all the time: its answers are those that it gets alone. */
    private static void besideAnother(Callable<?> faults) throws Exception {
        AtomicBoolean over = new AtomicBoolean();
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try {
            Future<Integer> other = thread.submit(() -> {
                int answers = 0;
                do {
                    assertEquals(alone, client.post(INFER, RIGHT).text());
                    answers++;
                } while (!over.get());
                return answers;
            });
            faults.call();
            over.set(true);
            assertTrue(other.get(30, TimeUnit.SECONDS) > 0);
        } finally {
            over.set(true);
            thread.shutdown();
        }
    }

    private static String head(String length) {
        return "POST " + INFER + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + length + "\r\n\r\n";
    }

    @Test
    void slowClientsKeepNobodyWaiting() throws Exception {
        besideAnother(() -> {
            List<Wire> slow = new ArrayList<>();
            try {
                for (int i = 0; i < MANY; i++) { // more than there are threads
                    slow.add(new Wire(server.port()).send(head(Integer.toString(RIGHT.length()))));
                }
                for (int at = 0; at < RIGHT.length(); at += 20) {
                    byte[] piece = RIGHT.substring(at, Math.min(at + 20, RIGHT.length())).getBytes(StandardCharsets.UTF_8);
                    for (Wire wire : slow) {
                        wire.send(piece);
                    }
                    assertEquals(alone, client.post(INFER, RIGHT).text());
                }
                for (Wire wire : slow) {
                    assertEquals(alone, wire.reply().body());
                }
            } finally {
                close(slow);
            }
            return null;
        });
    }

    @Test
    void clientsThatVanishInTheMiddleOfABodyLeaveNothing() throws Exception {
        besideAnother(() -> {
            for (int i = 0; i < MANY; i++) {
                Wire wire = new Wire(server.port()).send(head(Integer.toString(RIGHT.length()))).send(RIGHT.substring(0, i));
                if (i % 2 == 0) {
                    wire.reset();
                } else {
                    wire.end();
                    Wire.Reply reply = wire.reply();
                    assertTrue(reply.status() == 0 || reply.status() == 400, () -> reply.status() + reply.body());
                    Leaks.check(reply.body());
                    wire.close();
                }
            }
            return null;
        });
    }

    @Test
    void clientsThatVanishBeforeTheirAnswerLeaveNothing() throws Exception {
        besideAnother(() -> {
            for (int i = 0; i < MANY; i++) {
                Wire wire = new Wire(server.port()).send(head(Integer.toString(RIGHT.length())) + RIGHT);
                if (i % 3 == 0) {
                    TimeUnit.MICROSECONDS.sleep(50L * i);
                }
                wire.reset();
            }
            return null;
        });
    }

    @Test
    void aContentLengthThatIsShorterThanTheBodyHarmsTheLiarAlone() throws Exception {
        try (Wire wire = new Wire(server.port())) {
            wire.send(head(Integer.toString(RIGHT.length() - 30)) + RIGHT);
            Wire.Reply first = wire.reply();
            assertEquals(400, first.status());
            assertTrue(first.body().contains("it ends in the middle"), first::body);
            Wire.Reply second = wire.reply(); // the rest of the body is no request
            assertTrue(second.status() == 0 || second.status() == 400, second::body);
            Leaks.check(second.body());
        }
    }

    @Test
    void lengthsOfNoSenseAreRefused() throws Exception {
        for (String length : List.of("-1", "1e3", "0x10", "+5", "five", "99999999999999999999",
                "5\r\nContent-Length: 6", "5\r\nTransfer-Encoding: chunked")) {
            try (Wire wire = new Wire(server.port())) {
                Wire.Reply reply = wire.send(head(length) + "hello").reply();
                assertTrue(reply.status() == 400 || reply.status() == 413, () -> length + ": " + reply.status());
                Leaks.check(reply.body());
            }
        }
    }

    @Test
    void chunksOfNoSenseAreRefused() throws Exception {
        String head = "POST " + INFER + " HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n";
        for (String chunks : List.of("zz\r\nhello\r\n", "-5\r\nhello\r\n", "ffffffffffffffffff\r\nhello", "5\r\nhello5\r\n", "7fffffff\r\nhello")) {
            try (Wire wire = new Wire(server.port())) {
                Wire.Reply reply = wire.send(head + chunks).end().reply();
                assertTrue(reply.status() == 0 || reply.status() == 400 || reply.status() == 413, () -> chunks + ": " + reply.status());
                Leaks.check(reply.body());
            }
        }
    }

    @Test
    void targetsWithoutAPathAreAnswered() throws Exception {
        for (String target : List.of("CONNECT a:80", "CONNECT a", "CONNECT /", "CONNECT *", "OPTIONS *", "GET http://a", "GET *")) {
            try (Wire wire = new Wire(server.port())) {
                Wire.Reply reply = wire.send(target + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").reply();
                assertTrue(reply.status() >= 200 && reply.status() < 500, () -> target + ": " + reply.status() + reply.body());
                Leaks.check(reply.body());
            }
        }
    }

    /** What a page of another site makes a browser send without asking: a text, whose reply the page cannot read. */
    @Test
    void pagesOfOtherSitesChangeNothing() throws Exception {
        String unload = "POST /v2/repository/models/mood/unload HTTP/1.1\r\nHost: localhost:8080\r\nContent-Type: text/plain\r\n%s\r\n"
                + "Content-Length: 2\r\n\r\n{}";
        for (String header : List.of("Origin: http://evil.example", "Origin: null", "Origin: http://localhost:3000", "Sec-Fetch-Site: cross-site",
                "Origin: http://localhost:8080\r\nSec-Fetch-Site: cross-site")) {
            try (Wire wire = new Wire(server.port())) {
                Wire.Reply reply = wire.send(unload.formatted(header)).reply();
                assertEquals(403, reply.status(), header);
                assertTrue(reply.body().startsWith("{\"error\":\"the request is of a page of another site"), reply::body);
            }
        }
        String own = "http://127.0.0.1:" + server.port();
        assertEquals(alone, client.post(INFER, RIGHT, "Origin", own, "Sec-Fetch-Site", "same-origin").text());
        assertEquals(200, client.get("/v2", "Origin", "http://evil.example", "Sec-Fetch-Site", "cross-site").status());
    }

    /** A page of another site whose name leads to this machine: browser and Origin take both for one site. */
    @Test
    void pagesWhoseNamesLeadToThisMachineAreRefused() throws Exception {
        String unload = "POST /v2/repository/models/mood/unload HTTP/1.1\r\nHost: %s\r\nOrigin: http://%1$s\r\nContent-Length: 2\r\n\r\n{}";
        String index = "GET /v2/models/mood HTTP/1.1\r\nHost: %s\r\n\r\n";
        for (String host : List.of("evil.example", "evil.example:" + server.port(), "localhost.evil.example", "127.0.0.1.evil.example", "192.0.2.1")) {
            for (String request : List.of(unload, index)) {
                try (Wire wire = new Wire(server.port())) {
                    Wire.Reply reply = wire.send(request.formatted(host)).reply();
                    assertEquals(403, reply.status(), host);
                    assertTrue(reply.body().startsWith("{\"error\":\"the request is for the host " + host + "; this server is "), reply::body);
                }
            }
        }
        for (String host : List.of("localhost", "LOCALHOST:1", "127.0.0.1:8080", "[::1]:8080", "[::1]")) {
            try (Wire wire = new Wire(server.port())) {
                assertEquals(200, wire.send(index.formatted(host)).reply().status(), host);
            }
        }
        try (Wire wire = new Wire(server.port())) {
            assertEquals(200, wire.send("GET /v2/health/ready HTTP/1.0\r\n\r\n").reply().status());
        }
    }

    @Test
    void headsOfNoSenseAreRefused() throws Exception {
        for (String head : List.of("nonsense\r\n\r\n", "GET\r\n\r\n", "GET /v2 HTTP/9.9\r\nHost: localhost\r\n\r\n", "GET /v2 HTTP/1.1\r\n\r\n",
                "GET /v2/" + "a".repeat(20_000) + " HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "GET /v2 HTTP/1.1\r\nHost: localhost\r\nX: " + "a".repeat(20_000) + "\r\n\r\n",
                "GET /v2/../../etc/passwd HTTP/1.1\r\nHost: localhost\r\n\r\n", "GET /%2e%2e/%2e%2e/etc/passwd HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "GET /v2/models/%zz HTTP/1.1\r\nHost: localhost\r\n\r\n", "GET /v2/models/%c3%28 HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "GET http://[ HTTP/1.1\r\nHost: localhost\r\n\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "\u0016\u0003\u0001\u0002\u0000\u0001\u0000")) {
            try (Wire wire = new Wire(server.port())) {
                Wire.Reply reply = wire.send(head).end().reply();
                assertTrue(reply.status() == 0 || reply.status() >= 400 && reply.status() < 600, () -> head + ": " + reply.status() + reply.body());
                Leaks.check(reply.body());
            }
        }
    }

    /** A queue that is full says so at once, and what it had taken is answered. */
    @Test
    void aFullQueueRefusesAtOnce() throws Exception {
        int queue = 4;
        try (Busy busy = Busy.start(1, queue)) {
            String body = RIGHT.replace("\"own\":1.5e3", "");
            String expected = busy.client().post(Busy.INFER, body).text();
            busy.occupy();
            ExecutorService threads = Executors.newFixedThreadPool(queue);
            try {
                List<Future<RestClient.Answer>> waiting = new ArrayList<>();
                for (int i = 0; i < queue; i++) {
                    waiting.add(threads.submit(() -> busy.client().post(Busy.INFER, body)));
                }
                while (busy.model().waiting() < queue) {
                    assertTrue(busy.isOccupied(), "the long request was over too soon");
                    TimeUnit.MILLISECONDS.sleep(1);
                }
                for (int i = 0; i < 20; i++) {
                    RestClient.Answer refused = busy.client().post(Busy.INFER, body);
                    assertEquals(429, refused.status(), refused::text);
                    assertEquals("the queue is full: 4 requests wait; try again later", refused.error());
                }
                assertTrue(busy.isOccupied(), "the refusals took as long as the long request");
                assertEquals(20, busy.statistics().refused());
                for (Future<RestClient.Answer> each : waiting) {
                    assertEquals(expected, each.get(30, TimeUnit.SECONDS).text());
                }
                busy.finish();
            } finally {
                threads.shutdown();
            }
        }
    }

    @Test
    void randomAndMutatedBodiesHarmNobody() throws Exception {
        Random random = new Random(14);
        besideAnother(() -> {
            for (int i = 0; i < BODIES; i++) {
                byte[] body = i % 5 == 0 ? random(random) : mutant(RIGHT.getBytes(StandardCharsets.UTF_8), random);
                RestClient.Answer answer = i % 3 == 0 ? client.post(INFER, body, "Inference-Header-Content-Length",
                        Integer.toString(random.nextInt(body.length + 2))) : client.post(INFER, body);
                check(answer, body);
            }
            return null;
        });
        report("to the port of HTTP, in JSON");
    }

    private static void report(String where) {
        if (BODIES > FEW) {
            System.out.printf(Locale.ROOT, "soak: %,d bodies at random %s: refused or answered, none wrong%n", BODIES, where);
        }
    }

    @Test
    void binaryBodiesThatWereMutatedHarmNobody() throws Exception {
        Random random = new Random(15);
        String json = "{\"inputs\":[{\"name\":\"text\",\"datatype\":\"BYTES\",\"shape\":[2],\"parameters\":{\"binary_data_size\":25}}],"
                + "\"parameters\":{\"binary_data_output\":true}}";
        ByteBuffer right = ByteBuffer.allocate(json.length() + 25).order(ByteOrder.LITTLE_ENDIAN).put(json.getBytes(StandardCharsets.UTF_8));
        right.putInt(9).put("good film".getBytes(StandardCharsets.UTF_8)).putInt(8).put("bad film".getBytes(StandardCharsets.UTF_8));
        String header = Integer.toString(json.length());
        assertEquals(200, client.post(INFER, right.array(), "Inference-Header-Content-Length", header).status());
        besideAnother(() -> {
            for (int i = 0; i < BODIES; i++) {
                byte[] body = mutant(right.array(), random);
                check(client.post(INFER, body, "Inference-Header-Content-Length", header), body);
            }
            return null;
        });
        report("to the port of HTTP, with binary data");
    }

    // ---- The port of gRPC -----------------------------------------------------------------------------------------------------------

    private static final MethodDescriptor.Marshaller<byte[]> BYTES = new MethodDescriptor.Marshaller<>() {
        @Override
        public InputStream stream(byte[] bytes) {
            return new ByteArrayInputStream(bytes);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try {
                return stream.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    };

    private static byte[] infer(ManagedChannel channel, byte[] message) {
        MethodDescriptor<byte[], byte[]> method = MethodDescriptor.newBuilder(BYTES, BYTES).setType(MethodDescriptor.MethodType.UNARY)
                .setFullMethodName("inference.GRPCInferenceService/ModelInfer").build();
        return ClientCalls.blockingUnaryCall(channel, method, CallOptions.DEFAULT.withDeadlineAfter(30, TimeUnit.SECONDS), message);
    }

    private static byte[] message() {
        ByteBuffer data = ByteBuffer.allocate(25).order(ByteOrder.LITTLE_ENDIAN);
        data.putInt(9).put("good film".getBytes(StandardCharsets.UTF_8)).putInt(8).put("bad film".getBytes(StandardCharsets.UTF_8));
        return ModelInferRequest.newBuilder().setModelName("mood").setId("1").addInputs(ModelInferRequest.InferInputTensor.newBuilder()
                .setName("text").setDatatype("BYTES").addShape(2)).addRawInputContents(ByteString.copyFrom(data.flip()))
                .putParameters("own", InferParameter.newBuilder().setDoubleParam(1.5).build()).build().toByteArray();
    }

    @Test
    void randomAndMutatedMessagesHarmNobody() throws Exception {
        Random random = new Random(16);
        ManagedChannel channel = NettyChannelBuilder.forAddress("127.0.0.1", server.grpcPort()).usePlaintext().build();
        try {
            byte[] right = message();
            byte[] expected = infer(channel, right);
            besideAnother(() -> {
                for (int i = 0; i < BODIES; i++) {
                    byte[] body = i % 5 == 0 ? random(random) : mutant(right, random);
                    try {
                        infer(channel, body);
                    } catch (StatusRuntimeException e) {
                        assertTrue(REFUSALS.contains(e.getStatus().getCode()), () -> e.getStatus() + " for " + Arrays.toString(body));
                        Leaks.check(String.valueOf(e.getStatus().getDescription()));
                    }
                    if (i % 20 == 0) {
                        assertArrayEquals(expected, infer(channel, right));
                    }
                }
                return null;
            });
            assertArrayEquals(expected, infer(channel, right));
            report("to the port of gRPC");
        } finally {
            channel.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
        }
    }

    /** What is no HTTP/2, or stops being so. */
    @Test
    void connectionsOfNoSenseToThePortOfGrpcHarmNobody() throws Exception {
        Random random = new Random(17);
        byte[] begin = join("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII), new byte[] {0, 0, 0, 4, 0, 0, 0, 0, 0});
        ManagedChannel channel = NettyChannelBuilder.forAddress("127.0.0.1", server.grpcPort()).usePlaintext().build();
        try {
            byte[] expected = infer(channel, message());
            for (int i = 0; i < MANY; i++) {
                Wire wire = new Wire(server.grpcPort());
                wire.send(i % 4 == 0 ? random(random) : i % 4 == 1 ? mutant(begin, random) : i % 4 == 2 ? join(begin, random(random))
                        : (head("5") + "hello").getBytes(StandardCharsets.UTF_8));
                if (i % 2 == 0) {
                    wire.reset();
                } else {
                    wire.close();
                }
                if (i % 10 == 0) {
                    assertArrayEquals(expected, infer(channel, message()));
                }
            }
            assertArrayEquals(expected, infer(channel, message()));
        } finally {
            channel.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
        }
    }

    // ---- Bodies ---------------------------------------------------------------------------------------------------------------------

    private static void check(RestClient.Answer answer, byte[] body) {
        String sent = new String(body, StandardCharsets.ISO_8859_1);
        assertTrue(answer.status() == 200 || answer.status() == 400, () -> answer.status() + " " + answer.text() + " for " + sent);
        if (answer.status() == 400) {
            Leaks.check(answer.error());
        }
    }

    private static byte[] random(Random random) {
        byte[] bytes = new byte[random.nextInt(300)];
        random.nextBytes(bytes);
        return bytes;
    }

    /** Bytes flipped, cut, doubled, moved, or a number replaced. */
    static byte[] mutant(byte[] right, Random random) {
        byte[] body = right.clone();
        for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
            int at = random.nextInt(body.length);
            int end = at + random.nextInt(Math.min(40, body.length - at) + 1);
            switch (random.nextInt(6)) {
                case 0 -> body[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> body[at] = (byte) "{}[]\",:0-9eE.\\".charAt(random.nextInt(14));
                case 2 -> body = join(Arrays.copyOf(body, at), Arrays.copyOfRange(body, end, body.length)); // a piece is missing
                case 3 -> body = join(Arrays.copyOf(body, end), Arrays.copyOfRange(body, at, body.length)); // a piece comes twice
                case 4 -> body = Arrays.copyOf(body, 1 + at);
                default -> body[at] = (byte) random.nextInt(256);
            }
            if (body.length == 0) {
                return new byte[1];
            }
        }
        return body;
    }

    private static byte[] join(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    private static void close(List<Wire> wires) throws IOException {
        for (Wire wire : wires) {
            wire.close();
        }
    }
}
