/* The protocol over gRPC, by the stubs of grpc-java. */
package org.tidegate.server;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.util.concurrent.ListenableFuture;
import com.google.protobuf.ByteString;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.StreamObserver;
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
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.tidegate.Model;
import org.tidegate.server.batch.Statistics;
import org.tidegate.server.grpc.inference.GRPCInferenceServiceGrpc;
import org.tidegate.server.grpc.inference.GRPCInferenceServiceGrpc.GRPCInferenceServiceBlockingStub;
import org.tidegate.server.grpc.inference.InferParameter;
import org.tidegate.server.grpc.inference.ModelInferRequest;
import org.tidegate.server.grpc.inference.ModelInferRequest.InferInputTensor;
import org.tidegate.server.grpc.inference.ModelInferRequest.InferRequestedOutputTensor;
import org.tidegate.server.grpc.inference.ModelInferResponse;
import org.tidegate.server.grpc.inference.ModelMetadataRequest;
import org.tidegate.server.grpc.inference.ModelMetadataResponse;
import org.tidegate.server.grpc.inference.ModelReadyRequest;
import org.tidegate.server.grpc.inference.ModelStatistics;
import org.tidegate.server.grpc.inference.ModelStatisticsRequest;
import org.tidegate.server.grpc.inference.ModelStreamInferResponse;
import org.tidegate.server.grpc.inference.RepositoryIndexRequest;
import org.tidegate.server.grpc.inference.RepositoryModelLoadRequest;
import org.tidegate.server.grpc.inference.RepositoryModelUnloadRequest;
import org.tidegate.server.grpc.inference.ServerLiveRequest;
import org.tidegate.server.grpc.inference.ServerMetadataRequest;
import org.tidegate.server.grpc.inference.ServerReadyRequest;
import org.tidegate.server.model.ServedModel;
import org.tidegate.server.protocol.InferenceRequest;
import org.tidegate.server.protocol.InferenceResponse;
import org.tidegate.server.protocol.InferenceTensor;
import org.tidegate.server.protocol.ProtocolException;
import org.tidegate.server.service.InferenceService;

@Timeout(60)
class GrpcTest {
    private static final int MOST_BODY = 1 << 20;

    @TempDir
    static Path folder;

    @TempDir
    static Path curve;

    private static Server server;
    private static ManagedChannel channel;
    private static GRPCInferenceServiceBlockingStub stub;

    @BeforeAll
    static void start() throws Exception {
        TestModels.classifier(folder.resolve("mood.safetensors"));
        try (Model model = Model.of("x = input axis=time cols=1\nh = recurrent x cell=gru size=3\ny = linear h cols=2\n", 1)) {
            model.save(curve.resolve("curve.safetensors"));
        }
        server = Server.builder().models(folder).port(0).maxBody(MOST_BODY).start();
        channel = channel(server);
        stub = GRPCInferenceServiceGrpc.newBlockingStub(channel);
    }

    @AfterAll
    static void stop() {
        channel.shutdownNow();
        server.close();
    }

    private static ManagedChannel channel(Server server) {
        return NettyChannelBuilder.forAddress("127.0.0.1", server.grpcPort()).usePlaintext().build();
    }

    private static InferInputTensor.Builder texts(long... shape) {
        InferInputTensor.Builder input = InferInputTensor.newBuilder().setName("text").setDatatype("BYTES");
        for (long dimension : shape) {
            input.addShape(dimension);
        }
        return input;
    }

    private static ByteString raw(String... texts) {
        ByteBuffer data = ByteBuffer.allocate(1 << 16).order(ByteOrder.LITTLE_ENDIAN);
        for (String text : texts) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            data.putInt(bytes.length).put(bytes);
        }
        return ByteString.copyFrom(data.flip());
    }

    private static ModelInferRequest.Builder request(String... texts) {
        return ModelInferRequest.newBuilder().setModelName("mood").addInputs(texts(texts.length)).addRawInputContents(raw(texts));
    }

    private static InferParameter flag(boolean value) {
        return InferParameter.newBuilder().setBoolParam(value).build();
    }

    private static Status refused(ModelInferRequest.Builder request) {
        Status status = assertThrows(StatusRuntimeException.class, () -> stub.modelInfer(request.build())).getStatus();
        assertNull(status.getCause());
        return status;
    }

    private static void refused(Status.Code code, String message, ModelInferRequest.Builder request) {
        Status status = refused(request);
        assertEquals(code, status.getCode(), status.toString());
        assertTrue(status.getDescription().contains(message), status.getDescription());
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        for (int i = 0; i < 10_000 && !condition.getAsBoolean(); i++) {
            Thread.sleep(1);
        }
        assertTrue(condition.getAsBoolean());
    }

    @Test
    void theServerSaysWhoItIsAndThatItIsWell() {
        assertTrue(stub.serverLive(ServerLiveRequest.getDefaultInstance()).getLive());
        assertTrue(stub.serverReady(ServerReadyRequest.getDefaultInstance()).getReady());
        assertTrue(stub.modelReady(ModelReadyRequest.newBuilder().setName("mood").build()).getReady());
        assertTrue(stub.modelReady(ModelReadyRequest.newBuilder().setName("mood").setVersion("1").build()).getReady());
        assertFalse(stub.modelReady(ModelReadyRequest.newBuilder().setName("mood").setVersion("2").build()).getReady());
        assertFalse(stub.modelReady(ModelReadyRequest.newBuilder().setName("none").build()).getReady());
        assertEquals(InferenceService.NAME, stub.serverMetadata(ServerMetadataRequest.getDefaultInstance()).getName());
        assertEquals(InferenceService.EXTENSIONS, stub.serverMetadata(ServerMetadataRequest.getDefaultInstance()).getExtensionsList());
    }

    @Test
    void aModelSaysWhatItTakesAndGives() {
        ModelMetadataResponse model = stub.modelMetadata(ModelMetadataRequest.newBuilder().setName("mood").build());
        assertEquals("mood", model.getName());
        assertEquals(List.of("1"), model.getVersionsList());
        assertTrue(model.getPlatform().startsWith("tidegate_"), model.getPlatform());
        assertEquals(List.of(-1L), model.getInputs(0).getShapeList());
        assertEquals("BYTES", model.getInputs(0).getDatatype());
        assertEquals(List.of(-1L, 2L), model.getOutputs(2).getShapeList());
        assertEquals("bad\ngood", model.getPropertiesOrThrow("labels"));
        StatusRuntimeException failure = assertThrows(StatusRuntimeException.class,
                () -> stub.modelMetadata(ModelMetadataRequest.newBuilder().setName("none").build()));
        assertEquals(Status.Code.NOT_FOUND, failure.getStatus().getCode());
    }

    /** Pitfall 2: shapes stay as they are, [N] for [N]. */
    @Test
    void outputsComeRawWithTheShapesOfTheMetadata() {
        ModelInferResponse answer = stub.modelInfer(request("good film", "bad film").setId("7").build());
        assertEquals("7", answer.getId());
        assertEquals("mood", answer.getModelName());
        assertEquals("1", answer.getModelVersion());
        assertEquals(List.of(2L), answer.getOutputs(0).getShapeList());
        assertEquals(List.of(2L), answer.getOutputs(1).getShapeList());
        assertEquals(List.of(2L, 2L), answer.getOutputs(2).getShapeList());
        assertEquals(3, answer.getRawOutputContentsCount());
        assertEquals(8, answer.getRawOutputContents(1).size());
        assertEquals(16, answer.getRawOutputContents(2).size());
        assertFalse(answer.getOutputsList().stream().anyMatch(ModelInferResponse.InferOutputTensor::hasContents));
        answer = stub.modelInfer(request("good film").addOutputs(InferRequestedOutputTensor.newBuilder().setName("probability")).build());
        assertEquals(1, answer.getOutputsCount());
    }

    /** Pitfall 6: typed contents and raw ones mean the same; the field's name is bytes_contents. */
    @Test
    void typedContentsGiveTheAnswerOfRawOnes() {
        InferInputTensor.Builder input = texts(2);
        input.getContentsBuilder().addBytesContents(ByteString.copyFromUtf8("good film")).addBytesContents(ByteString.copyFromUtf8("bad film"));
        ModelInferRequest.Builder typed = ModelInferRequest.newBuilder().setModelName("mood").addInputs(input);
        ModelInferResponse raw = stub.modelInfer(request("good film", "bad film").build());
        assertEquals(raw, stub.modelInfer(typed.build()));
        ModelInferResponse answer = stub.modelInfer(typed.putParameters("binary_data_output", flag(false)).build());
        assertEquals(0, answer.getRawOutputContentsCount());
        assertEquals(raw.getRawOutputContents(0), raw(answer.getOutputs(0).getContents().getBytesContentsList().stream()
                .map(ByteString::toStringUtf8).toArray(String[]::new)));
        ByteBuffer floats = raw.getRawOutputContents(2).asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
        for (float probability : answer.getOutputs(2).getContents().getFp32ContentsList()) {
            assertEquals(floats.getFloat(), probability);
        }
        assertFalse(floats.hasRemaining());
    }

    /** Pitfall 6: what is mixed, short, or of no size. */
    @Test
    void whatIsWrongWithARequestIsSaid() {
        Status.Code invalid = Status.Code.INVALID_ARGUMENT;
        refused(Status.Code.NOT_FOUND, "there is no model 'none'", request("a").setModelName("none"));
        refused(Status.Code.NOT_FOUND, "of version '9'", request("a").setModelVersion("9"));
        refused(invalid, "the request has 1 inputs", request("a").addRawInputContents(raw("b")));
        InferInputTensor.Builder both = texts(1);
        both.getContentsBuilder().addBytesContents(ByteString.copyFromUtf8("a"));
        refused(invalid, "has contents, and the request raw_input_contents", request("a").setInputs(0, both));
        InferInputTensor.Builder other = texts(1);
        other.getContentsBuilder().addFp32Contents(1);
        refused(invalid, "expected them in bytes_contents", request("a").clearRawInputContents().setInputs(0, other));
        refused(invalid, "-1 stands in metadata alone", request("a").setInputs(0, texts(-1)));
        refused(invalid, "reaches beyond", request("a").setRawInputContents(0, ByteString.copyFrom(new byte[] {-1, -1, -1, -1, 'a'})));
        refused(invalid, "reaches beyond", request("a").setInputs(0, texts(2)));
        refused(invalid, "bytes after them", request("a", "b").setInputs(0, texts(1)));
        refused(invalid, "has no input 'other'", request("a").setInputs(0, texts(1).setName("other")));
        refused(invalid, "input 'text' is missing", request("a").clearInputs().clearRawInputContents());
        refused(invalid, "has no output 'other'", request("a").addOutputs(InferRequestedOutputTensor.newBuilder().setName("other")));
        refused(invalid, "is of INT32", request("a").setInputs(0, texts(1).setDatatype("INT32")).setRawInputContents(0,
                ByteString.copyFrom(new byte[4])));
        refused(invalid, "'timeout'", request("a").putParameters("timeout", flag(true)));
        refused(invalid, "'binary_data_output'", request("a").putParameters("binary_data_output", InferParameter.newBuilder().setInt64Param(1).build()));
        assertEquals(2, stub.modelInfer(request("good", "bad").build()).getOutputs(0).getShape(0));
    }

    @Test
    void aMessageThatIsTooLargeIsRefusedAndTheConnectionLives() {
        Status status = refused(request("a").setId("x".repeat(MOST_BODY)));
        assertEquals(Status.Code.RESOURCE_EXHAUSTED, status.getCode(), status.toString());
        assertTrue(stub.serverLive(ServerLiveRequest.getDefaultInstance()).getLive());
    }

    private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {
        @Override
        public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try {
                return stream.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** So many bytes that they are read on another thread. */
    private static byte[] large(int value) {
        byte[] bytes = new byte[100_000];
        Arrays.fill(bytes, (byte) value);
        return bytes;
    }

    @Test
    void aMessageThatIsNoneIsRefusedAndTheConnectionLives() throws Exception {
        MethodDescriptor<byte[], byte[]> infer = GRPCInferenceServiceGrpc.getModelInferMethod().toBuilder(new Bytes(), new Bytes()).build();
        for (byte[] garbage : List.of(new byte[] {-1, -1, -1}, new byte[] {10, 100, 'a'}, new byte[] {10, 2, -1, -2}, large(-1))) {
            Status status = assertThrows(StatusRuntimeException.class,
                    () -> ClientCalls.blockingUnaryCall(channel, infer, CallOptions.DEFAULT, garbage)).getStatus();
            assertEquals(Status.Code.INVALID_ARGUMENT, status.getCode(), status.toString());
            assertTrue(status.getDescription().startsWith("the message is malformed"), status.getDescription());
        }
        for (byte[] garbage : List.of(new byte[] {-1, -1, -1}, large(-1))) {
            Received<byte[]> received = new Received<>();
            StreamObserver<byte[]> stream = ClientCalls.asyncBidiStreamingCall(channel.newCall(GRPCInferenceServiceGrpc.getModelStreamInferMethod()
                    .toBuilder(new Bytes(), new Bytes()).build(), CallOptions.DEFAULT), received);
            stream.onNext(request("a").build().toByteArray());
            stream.onNext(garbage);
            Object end = received.next();
            end = end instanceof byte[] ? received.next() : end; // the first may have been answered
            assertEquals(Status.Code.INVALID_ARGUMENT, ((Status) end).getCode());
        }
        assertTrue(stub.serverLive(ServerLiveRequest.getDefaultInstance()).getLive());
    }

    /** A request whose answer is kept from its client: so long a worker is busy. */
    private static final class Stuck implements Patient, AutoCloseable {
        private final CountDownLatch reached = new CountDownLatch(1);
        private final CountDownLatch released = new CountDownLatch(1);

        Stuck(Server server) throws InterruptedException {
            server.service().infer(new InferenceRequest("mood", "", "", Map.of(), List.of(InferenceTensor.of("text", List.of("a film"), 1)), List.of()),
                    this);
            assertTrue(reached.await(30, TimeUnit.SECONDS));
        }

        @Override
        public void answer(InferenceResponse response) {
            reached.countDown();
            try {
                released.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        @Override
        public void fail(ProtocolException failure) {}

        @Override
        public void close() {
            released.countDown();
        }
    }

    /** Pitfall 7. */
    @Test
    void whatNobodyWaitsForIsDroppedBeforeItRuns() throws Exception {
        try (Server one = Server.builder().models(folder).port(0).threads(1).start()) {
            ManagedChannel line = channel(one);
            ServedModel model = one.service().repository().model("mood", "");
            Statistics done = model.statistics();
            Status late;
            ListenableFuture<ModelInferResponse> timedOut;
            Stuck stuck = new Stuck(one);
            try (stuck) {
                // cancelled by the client
                ListenableFuture<ModelInferResponse> cancelled = GRPCInferenceServiceGrpc.newFutureStub(line).modelInfer(request("a").build());
                await(() -> model.waiting() == 1);
                cancelled.cancel(true);
                // the client's deadline passes
                late = assertThrows(StatusRuntimeException.class, () -> GRPCInferenceServiceGrpc.newBlockingStub(line)
                        .withDeadlineAfter(1, TimeUnit.SECONDS).modelInfer(request("b").build())).getStatus();
                assertEquals(2, model.waiting());
                // the request's own time passes
                timedOut = GRPCInferenceServiceGrpc.newFutureStub(line).modelInfer(request("c")
                        .putParameters("timeout", InferParameter.newBuilder().setInt64Param(1).build()).build());
                await(() -> model.waiting() == 3);
            }
            assertEquals(Status.Code.DEADLINE_EXCEEDED, late.getCode());
            await(() -> done.dropped() == 3);
            Exception failure = assertThrows(java.util.concurrent.ExecutionException.class, timedOut::get);
            assertEquals(Status.Code.DEADLINE_EXCEEDED, Status.fromThrowable(failure).getCode());
            GRPCInferenceServiceGrpc.newBlockingStub(line).modelInfer(request("d").build());
            assertEquals(2, done.executions()); // the one that was stuck, and the last
            line.shutdownNow();
        }
    }

    @Test
    void aFullQueueIsRefusedAtOnce() throws Exception {
        try (Server one = Server.builder().models(folder).port(0).threads(1).queue(1).start()) {
            ManagedChannel line = channel(one);
            ServedModel model = one.service().repository().model("mood", "");
            ListenableFuture<ModelInferResponse> waits;
            try (Stuck stuck = new Stuck(one)) {
                assertNotNull(stuck);
                waits = GRPCInferenceServiceGrpc.newFutureStub(line).modelInfer(request("a").build());
                await(() -> model.waiting() == 1);
                Status status = assertThrows(StatusRuntimeException.class,
                        () -> GRPCInferenceServiceGrpc.newBlockingStub(line).modelInfer(request("b").build())).getStatus();
                assertEquals(Status.Code.RESOURCE_EXHAUSTED, status.getCode());
                assertTrue(status.getDescription().contains("the queue is full"), status.getDescription());
            }
            assertEquals(3, waits.get().getOutputsCount());
            line.shutdownNow();
        }
    }

    @Test
    void eachOfManyClientsGetsTheBitsThatOneAloneGets() throws Exception {
        int clients = 64;
        int requests = 8;
        List<List<ListenableFuture<ModelInferResponse>>> answers = new ArrayList<>();
        List<ManagedChannel> channels = new ArrayList<>();
        List<List<ModelInferRequest>> asked = new ArrayList<>();
        for (int i = 0; i < clients; i++) {
            asked.add(new ArrayList<>());
            for (int k = 0; k < requests; k++) {
                asked.get(i).add(request("a good film ".repeat(1 + (i * requests + k) % 37), "bad ".repeat(1 + i % 5)).setId(i + "/" + k)
                        .build());
            }
        }
        for (List<ModelInferRequest> each : asked) {
            ManagedChannel line = channel(server);
            channels.add(line);
            answers.add(each.stream().map(request -> GRPCInferenceServiceGrpc.newFutureStub(line).modelInfer(request)).toList());
        }
        for (int i = 0; i < clients; i++) {
            for (int k = 0; k < requests; k++) {
                assertEquals(stub.modelInfer(asked.get(i).get(k)), answers.get(i).get(k).get(30, TimeUnit.SECONDS), i + "/" + k);
            }
        }
        channels.forEach(ManagedChannel::shutdownNow);
    }

    /** What comes of a stream, piece by piece; ends with an ending. */
    private static final class Received<T> implements StreamObserver<T> {
        final BlockingQueue<Object> all = new LinkedBlockingQueue<>();

        @Override
        public void onNext(T value) {
            all.add(value);
        }

        @Override
        public void onError(Throwable failure) {
            all.add(Status.fromThrowable(failure));
        }

        @Override
        public void onCompleted() {
            all.add(Status.OK);
        }

        Object next() throws InterruptedException {
            return all.poll(30, TimeUnit.SECONDS);
        }
    }

    @Test
    void aStreamGoesOnAfterAFailure() throws Exception {
        Received<ModelStreamInferResponse> received = new Received<>();
        StreamObserver<ModelInferRequest> requests = GRPCInferenceServiceGrpc.newStub(channel).modelStreamInfer(received);
        Map<String, ModelInferRequest.Builder> asked = new TreeMap<>();
        asked.put("good", request("a good film"));
        asked.put("no model", request("a").setModelName("none"));
        asked.put("no shape", request("a").setInputs(0, texts(-1)));
        asked.put("bad", request("a bad film"));
        asked.forEach((id, request) -> requests.onNext(request.setId(id).build()));
        requests.onCompleted();
        Map<String, ModelStreamInferResponse> answers = new TreeMap<>();
        for (int i = 0; i < asked.size(); i++) {
            ModelStreamInferResponse answer = (ModelStreamInferResponse) received.next();
            answers.put(answer.getInferResponse().getId(), answer);
        }
        assertEquals(Status.OK, received.next());
        assertEquals(asked.keySet(), answers.keySet());
        assertTrue(answers.get("no model").getErrorMessage().contains("there is no model 'none'"));
        assertTrue(answers.get("no shape").getErrorMessage().contains("[-1]"));
        for (String id : List.of("good", "bad")) {
            assertEquals("", answers.get(id).getErrorMessage());
            assertEquals(stub.modelInfer(asked.get(id).build()), answers.get(id).getInferResponse());
        }
    }

    @Test
    void aStreamIsNotReadOnWhileItsClientReadsNothing() throws Exception {
        int count = 3000;
        CountDownLatch ended = new CountDownLatch(1);
        List<String> ids = new ArrayList<>();
        List<ClientCallStreamObserver<ModelInferRequest>> calls = new ArrayList<>();
        try (Server other = Server.builder().models(folder).port(0).start()) {
            ManagedChannel line = NettyChannelBuilder.forAddress("127.0.0.1", other.grpcPort()).usePlaintext().flowControlWindow(1 << 16).build();
            Statistics done = other.service().repository().model("mood", "").statistics();
            StreamObserver<ModelInferRequest> requests = GRPCInferenceServiceGrpc.newStub(line).modelStreamInfer(
                    new ClientResponseObserver<ModelInferRequest, ModelStreamInferResponse>() {
                        @Override
                        public void beforeStart(ClientCallStreamObserver<ModelInferRequest> call) {
                            call.disableAutoRequestWithInitial(0);
                            calls.add(call);
                        }

                        @Override
                        public void onNext(ModelStreamInferResponse answer) {
                            ids.add(answer.getInferResponse().getId() + answer.getErrorMessage());
                        }

                        @Override
                        public void onError(Throwable failure) {
                            ids.add(failure.toString());
                            ended.countDown();
                        }

                        @Override
                        public void onCompleted() {
                            ended.countDown();
                        }
                    });
            for (int i = 0; i < count; i++) {
                requests.onNext(request("a").setId(Integer.toString(i)).build());
            }
            requests.onCompleted();
            long seen = -1;
            while (seen != done.success().count()) {
                seen = done.success().count();
                Thread.sleep(200);
            }
            assertTrue(seen > 0 && seen < count, seen + " of " + count + " were answered");
            calls.get(0).request(count);
            assertTrue(ended.await(30, TimeUnit.SECONDS));
            line.shutdownNow();
        }
        assertArrayEquals(java.util.stream.IntStream.range(0, count).toArray(), ids.stream().mapToInt(Integer::parseInt).sorted().toArray());
    }

    @Test
    void aLargeRequestInAStreamStaysInItsPlace() throws Exception {
        try (Server one = Server.builder().models(folder).port(0).threads(1).maxBatch(1).start()) {
            ManagedChannel line = channel(one);
            Received<ModelStreamInferResponse> received = new Received<>();
            StreamObserver<ModelInferRequest> requests = GRPCInferenceServiceGrpc.newStub(line).modelStreamInfer(received);
            ByteString large = ByteString.copyFromUtf8("a good film ".repeat(10_000));
            InferInputTensor.Builder input = texts(1);
            input.getContentsBuilder().addBytesContents(large);
            ModelInferRequest.Builder typed = ModelInferRequest.newBuilder().setModelName("mood").addInputs(input);
            for (int i = 0; i < 40; i++) {
                requests.onNext((i % 7 == 1 ? typed : request("a bad film")).setId(Integer.toString(i)).build());
            }
            requests.onCompleted();
            ModelInferResponse alone = GRPCInferenceServiceGrpc.newBlockingStub(line).modelInfer(typed.setId("1").build());
            for (int i = 0; i < 40; i++) {
                ModelStreamInferResponse answer = (ModelStreamInferResponse) received.next();
                assertEquals(i + "", answer.getInferResponse().getId() + answer.getErrorMessage());
                assertEquals(i == 1, answer.getInferResponse().equals(alone));
            }
            assertEquals(Status.OK, received.next());
            line.shutdownNow();
        }
    }

    private static ModelInferRequest step(InferParameter sequence, int at, int last) {
        ByteBuffer x = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putFloat(0, (float) Math.sin(at));
        return ModelInferRequest.newBuilder().setModelName("curve").setId(sequence.getStringParam() + at).putParameters("sequence_id", sequence)
                .putParameters("sequence_start", flag(at == 0)).putParameters("sequence_end", flag(at == last))
                .addInputs(InferInputTensor.newBuilder().setName("x").setDatatype("FP32").addShape(1).addShape(1).addShape(1))
                .addRawInputContents(ByteString.copyFrom(x)).build();
    }

    @Test
    void sequencesOfAStreamStepInTheirOrder() throws Exception {
        int steps = 50;
        try (Server other = Server.builder().models(curve).port(0).start()) {
            ManagedChannel line = channel(other);
            Received<ModelStreamInferResponse> received = new Received<>();
            StreamObserver<ModelInferRequest> requests = GRPCInferenceServiceGrpc.newStub(line).modelStreamInfer(received);
            InferParameter number = InferParameter.newBuilder().setUint64Param(-1).build(); // 2^64 - 1
            InferParameter text = InferParameter.newBuilder().setStringParam("text-").build();
            for (int i = 0; i < steps; i++) {
                requests.onNext(step(number, i, steps - 1));
                requests.onNext(step(text, i, steps - 1));
            }
            requests.onCompleted();
            Map<String, ByteString> answers = new TreeMap<>();
            for (int i = 0; i < 2 * steps; i++) {
                ModelStreamInferResponse answer = (ModelStreamInferResponse) received.next();
                assertEquals("", answer.getErrorMessage());
                answers.put(answer.getInferResponse().getId(), answer.getInferResponse().getRawOutputContents(0));
            }
            assertEquals(Status.OK, received.next());
            GRPCInferenceServiceBlockingStub calls = GRPCInferenceServiceGrpc.newBlockingStub(line);
            for (int i = 0; i < steps; i++) {
                ModelInferResponse alone = calls.modelInfer(step(number, i, steps - 1));
                assertEquals(-1, alone.getParametersOrThrow("sequence_id").getUint64Param());
                assertEquals(alone.getRawOutputContents(0), answers.get(Integer.toString(i)));
                assertEquals(alone.getRawOutputContents(0), answers.get("text-" + i));
            }
            assertThrows(StatusRuntimeException.class, () -> calls.modelInfer(step(text, 1, steps))); // it has ended
            line.shutdownNow();
        }
    }

    @Test
    void aServerThatStopsAnswersWhatItHasReadAndEndsItsStreams() throws Exception {
        Server one = Server.builder().models(folder).port(0).threads(1).start();
        ManagedChannel line = channel(one);
        try {
            Received<ModelStreamInferResponse> received = new Received<>();
            StreamObserver<ModelInferRequest> stream = GRPCInferenceServiceGrpc.newStub(line).modelStreamInfer(received);
            ServedModel model = one.service().repository().model("mood", "");
            ListenableFuture<ModelInferResponse> waits;
            Thread stop = new Thread(one::close);
            try (Stuck stuck = new Stuck(one)) {
                assertNotNull(stuck);
                waits = GRPCInferenceServiceGrpc.newFutureStub(line).modelInfer(request("a").build());
                stream.onNext(request("b").setId("b").build());
                await(() -> model.waiting() == 2);
                stop.start();
                await(() -> !one.service().isReady());
            }
            assertEquals(3, waits.get(30, TimeUnit.SECONDS).getOutputsCount());
            assertEquals("b", ((ModelStreamInferResponse) received.next()).getInferResponse().getId());
            Status end = (Status) received.next();
            assertEquals(Status.Code.UNAVAILABLE, end.getCode());
            assertEquals("the server is stopping", end.getDescription());
            stop.join();
            assertThrows(StatusRuntimeException.class, () -> GRPCInferenceServiceGrpc.newBlockingStub(line)
                    .serverLive(ServerLiveRequest.getDefaultInstance()));
        } finally {
            line.shutdownNow();
            one.close();
        }
    }

    @Test
    void idleStreamsOfAnyServiceDoNotHoldUpTheStop() throws Exception {
        Server one = Server.builder().models(folder).port(0).grpcPort(0).start();
        ManagedChannel line = channel(one);
        try {
            Received<ServerReflectionResponse> reflected = new Received<>();
            ServerReflectionGrpc.newStub(line).serverReflectionInfo(reflected).onNext(ServerReflectionRequest.newBuilder().setListServices("").build());
            assertTrue(reflected.next() instanceof ServerReflectionResponse);
            Received<ModelStreamInferResponse> streamed = new Received<>();
            GRPCInferenceServiceGrpc.newStub(line).modelStreamInfer(streamed).onNext(request("a").build());
            assertTrue(streamed.next() instanceof ModelStreamInferResponse);
            long begin = System.nanoTime();
            assertTrue(one.stop());
            assertTrue(System.nanoTime() - begin < 8_000_000_000L); // the grace of those that must be cut off is longer
            for (Received<?> ended : List.of(reflected, streamed)) {
                assertEquals("UNAVAILABLE the server is stopping", ended.next() instanceof Status end ? end.getCode() + " " + end.getDescription() : "");
            }
        } finally {
            line.shutdownNow();
            one.close();
        }
    }

    @Test
    void statisticsCountWhatWasDone() throws Exception {
        try (Server other = Server.builder().models(folder).port(0).start()) {
            ManagedChannel line = channel(other);
            GRPCInferenceServiceBlockingStub calls = GRPCInferenceServiceGrpc.newBlockingStub(line);
            calls.modelInfer(request("a", "b").build());
            calls.modelInfer(request("c").build());
            assertThrows(StatusRuntimeException.class, () -> calls.modelInfer(request("c").clearInputs().clearRawInputContents().build()));
            await(() -> other.service().repository().model("mood", "").statistics().success().count() == 2);
            ModelStatistics stats = calls.modelStatistics(ModelStatisticsRequest.getDefaultInstance()).getModelStats(0);
            assertEquals(stats, calls.modelStatistics(ModelStatisticsRequest.newBuilder().setName("mood").setVersion("1").build()).getModelStats(0));
            assertEquals("mood", stats.getName());
            assertEquals(3, stats.getInferenceCount());
            assertEquals(2, stats.getExecutionCount());
            assertEquals(2, stats.getInferenceStats().getSuccess().getCount());
            assertEquals(1, stats.getInferenceStats().getFail().getCount());
            assertTrue(stats.getInferenceStats().getComputeInfer().getNs() > 0);
            assertEquals(List.of(1L, 2L), stats.getBatchStatsList().stream().map(each -> each.getBatchSize()).toList());
            line.shutdownNow();
        }
        StatusRuntimeException failure = assertThrows(StatusRuntimeException.class,
                () -> stub.modelStatistics(ModelStatisticsRequest.newBuilder().setName("none").build()));
        assertEquals(Status.Code.NOT_FOUND, failure.getStatus().getCode());
    }

    private static Status.Code code(Runnable call) {
        return assertThrows(StatusRuntimeException.class, call::run).getStatus().getCode();
    }

    @Test
    void theRepositoryIsListed() {
        assertEquals(server.service().index(false).size(), stub.repositoryIndex(RepositoryIndexRequest.getDefaultInstance()).getModelsCount());
        assertEquals("READY", stub.repositoryIndex(RepositoryIndexRequest.newBuilder().setReady(true).build()).getModels(0).getState());
        RepositoryModelLoadRequest.Builder load = RepositoryModelLoadRequest.newBuilder().setModelName("mood");
        assertEquals(Status.Code.UNIMPLEMENTED, code(() -> stub.repositoryIndex(RepositoryIndexRequest.newBuilder().setRepositoryName("r").build())));
        assertEquals(Status.Code.UNIMPLEMENTED, code(() -> stub.repositoryModelLoad(load.clone().setRepositoryName("r").build())));
        assertEquals(Status.Code.UNIMPLEMENTED, code(() -> stub.repositoryModelUnload(
                RepositoryModelUnloadRequest.newBuilder().setModelName("mood").setRepositoryName("r").build())));
    }

    @Test
    void aModelIsUnloadedAndLoadedAgain() throws Exception {
        try (Server other = Server.builder().models(folder).port(0).start()) {
            ManagedChannel line = channel(other);
            GRPCInferenceServiceBlockingStub calls = GRPCInferenceServiceGrpc.newBlockingStub(line);
            HealthCheckRequest mood = HealthCheckRequest.newBuilder().setService("mood").build();
            Iterator<HealthCheckResponse> watch = HealthGrpc.newBlockingStub(line).watch(mood);
            assertEquals(ServingStatus.SERVING, watch.next().getStatus());
            calls.repositoryModelUnload(RepositoryModelUnloadRequest.newBuilder().setModelName("mood").build());
            assertFalse(calls.modelReady(ModelReadyRequest.newBuilder().setName("mood").build()).getReady());
            assertThrows(StatusRuntimeException.class, () -> calls.modelInfer(request("a").build()));
            assertEquals(0, calls.repositoryIndex(RepositoryIndexRequest.newBuilder().setReady(true).build()).getModelsCount());
            assertEquals(ServingStatus.NOT_SERVING, HealthGrpc.newBlockingStub(line).check(mood).getStatus());
            assertEquals(ServingStatus.NOT_SERVING, watch.next().getStatus());
            calls.repositoryModelLoad(RepositoryModelLoadRequest.newBuilder().setModelName("mood").build());
            assertEquals(ServingStatus.SERVING, watch.next().getStatus());
            assertEquals(stub.modelInfer(request("a").build()), calls.modelInfer(request("a").build()));
            assertEquals(Status.Code.NOT_FOUND, code(() -> calls.repositoryModelLoad(
                    RepositoryModelLoadRequest.newBuilder().setModelName("none").build())));
            assertEquals(Status.Code.NOT_FOUND, code(() -> calls.repositoryModelUnload(
                    RepositoryModelUnloadRequest.newBuilder().setModelName("none").build())));
            line.shutdownNow();
        }
    }

    /** Pitfall 9. */
    @Test
    void healthIsThatOfTheServerAndOfEachModel() throws Exception {
        Server other = Server.builder().models(folder).port(0).start();
        ManagedChannel line = channel(other);
        try {
            HealthGrpc.HealthBlockingStub health = HealthGrpc.newBlockingStub(line);
            List<HealthCheckRequest> known = java.util.stream.Stream.of("", GRPCInferenceServiceGrpc.SERVICE_NAME, "mood")
                    .map(name -> HealthCheckRequest.newBuilder().setService(name).build()).toList();
            known.forEach(name -> assertEquals(ServingStatus.SERVING, health.check(name).getStatus()));
            HealthCheckRequest unknown = HealthCheckRequest.newBuilder().setService("none").build();
            assertEquals(Status.Code.NOT_FOUND, code(() -> health.check(unknown)));
            assertEquals(ServingStatus.SERVICE_UNKNOWN, health.watch(unknown).next().getStatus());
            Iterator<HealthCheckResponse> watch = health.watch(known.get(2));
            assertEquals(ServingStatus.SERVING, watch.next().getStatus());
            other.service().drain();
            assertEquals(ServingStatus.NOT_SERVING, watch.next().getStatus());
            known.forEach(name -> assertEquals(ServingStatus.NOT_SERVING, health.check(name).getStatus()));
            assertFalse(GRPCInferenceServiceGrpc.newBlockingStub(line).serverReady(ServerReadyRequest.getDefaultInstance()).getReady());
            other.close();
            assertFalse(watch.hasNext());
        } finally {
            line.shutdownNow();
            other.close();
        }
    }

    /** Pitfall 10: the published names, as reflection tells them. */
    @Test
    void reflectionTellsThePublishedNames() throws Exception {
        Received<ServerReflectionResponse> received = new Received<>();
        StreamObserver<ServerReflectionRequest> requests = ServerReflectionGrpc.newStub(channel).serverReflectionInfo(received);
        requests.onNext(ServerReflectionRequest.newBuilder().setListServices("").build());
        List<String> services = ((ServerReflectionResponse) received.next()).getListServicesResponse().getServiceList().stream()
                .map(service -> service.getName()).toList();
        assertTrue(services.containsAll(List.of("inference.GRPCInferenceService", "grpc.health.v1.Health")), services.toString());
        requests.onNext(ServerReflectionRequest.newBuilder().setFileContainingSymbol("inference.GRPCInferenceService").build());
        ByteString file = ((ServerReflectionResponse) received.next()).getFileDescriptorResponse().getFileDescriptorProto(0);
        assertEquals("inference", FileDescriptorProto.parseFrom(file).getPackage());
        requests.onCompleted();
    }
}
