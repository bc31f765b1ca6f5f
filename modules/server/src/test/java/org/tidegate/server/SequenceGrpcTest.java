/* Sequences over gRPC. */
package org.tidegate.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tidegate.Model;
import org.tidegate.server.grpc.inference.GRPCInferenceServiceGrpc;
import org.tidegate.server.grpc.inference.InferParameter;
import org.tidegate.server.grpc.inference.InferTensorContents;
import org.tidegate.server.grpc.inference.ModelInferRequest;
import org.tidegate.server.grpc.inference.ModelInferResponse;
import org.tidegate.server.grpc.inference.ModelStreamInferResponse;

class SequenceGrpcTest {
    private static final InferParameter TRUE = InferParameter.newBuilder().setBoolParam(true).build();
    private static final InferParameter MOST = InferParameter.newBuilder().setUint64Param(-1).build(); // 2^64 - 1

    @TempDir
    static Path folder;

    private static Server server;
    private static ManagedChannel channel;
    private static GRPCInferenceServiceGrpc.GRPCInferenceServiceBlockingStub stub;

    @BeforeAll
    static void start() throws Exception {
        try (Model model = Model.of("x = input axis=time cols=1\nh = recurrent x cell=lstm size=4\ny = linear h cols=1\n", 1)) {
            model.save(folder.resolve("curve.safetensors"));
        }
        server = Server.builder().models(folder).port(0).grpcPort(0).start();
        channel = NettyChannelBuilder.forAddress("127.0.0.1", server.grpcPort()).usePlaintext().build();
        stub = GRPCInferenceServiceGrpc.newBlockingStub(channel);
    }

    @AfterAll
    static void stop() throws Exception {
        channel.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
        server.close();
    }

    private static ModelInferRequest.Builder step(InferParameter id) {
        return ModelInferRequest.newBuilder().setModelName("curve").putParameters("sequence_id", id)
                .addInputs(ModelInferRequest.InferInputTensor.newBuilder().setName("x").setDatatype("FP32").addShape(1).addShape(1).addShape(1)
                        .setContents(InferTensorContents.newBuilder().addFp32Contents(0.5f)));
    }

    private static InferParameter text(String id) {
        return InferParameter.newBuilder().setStringParam(id).build();
    }

    private static ByteString y(ModelInferResponse answer) {
        assertEquals("y", answer.getOutputs(0).getName());
        return answer.getRawOutputContentsCount() > 0 ? answer.getRawOutputContents(0) : answer.getOutputs(0).getContents().toByteString();
    }

    @Test
    void stepsThatComeInAStreamAreThoseOfSingleCalls() throws Exception {
        List<ByteString> expected = new ArrayList<>();
        expected.add(y(stub.modelInfer(step(MOST).putParameters("sequence_start", TRUE).build())));
        for (int t = 1; t < 6; t++) {
            ModelInferResponse answer = stub.modelInfer(step(MOST).build());
            assertEquals(MOST, answer.getParametersOrThrow("sequence_id"));
            expected.add(y(answer));
        }
        assertEquals(6, expected.stream().distinct().count());

        BlockingQueue<ModelStreamInferResponse> answers = new LinkedBlockingQueue<>();
        StreamObserver<ModelInferRequest> requests = GRPCInferenceServiceGrpc.newStub(channel).modelStreamInfer(new StreamObserver<>() {
            @Override
            public void onNext(ModelStreamInferResponse answer) {
                answers.add(answer);
            }

            @Override
            public void onError(Throwable failure) {
                answers.add(ModelStreamInferResponse.newBuilder().setErrorMessage(failure.toString()).build());
            }

            @Override
            public void onCompleted() {}
        });
        for (int t = 0; t < 6; t++) { // all at once: they run in their order
            ModelInferRequest.Builder request = step(text("a")).setId(Integer.toString(t));
            requests.onNext((t == 0 ? request.putParameters("sequence_start", TRUE) : request).build());
        }
        requests.onCompleted();
        for (int t = 0; t < 6; t++) {
            ModelStreamInferResponse answer = answers.poll(30, TimeUnit.SECONDS);
            assertEquals("", answer.getErrorMessage());
            assertEquals(expected.get(Integer.parseInt(answer.getInferResponse().getId())), y(answer.getInferResponse()));
        }
    }

    @Test
    void aStateMovesAndWhatIsNotOpenIsNotFound() {
        stub.modelInfer(step(text("here")).putParameters("sequence_start", TRUE).build());
        ModelInferResponse left = stub.modelInfer(step(text("here"))
                .addOutputs(ModelInferRequest.InferRequestedOutputTensor.newBuilder().setName("sequence_state")).build());
        ByteString raw = left.getRawOutputContentsCount() > 0 ? left.getRawOutputContents(0).substring(4)
                : left.getOutputs(0).getContents().getBytesContents(0);
        ModelInferRequest moved = step(text("there")).putParameters("sequence_start", TRUE)
                .addInputs(ModelInferRequest.InferInputTensor.newBuilder().setName("sequence_state").setDatatype("BYTES").addShape(1)
                        .setContents(InferTensorContents.newBuilder().addBytesContents(raw))).build();
        assertEquals(y(stub.modelInfer(step(text("here")).build())), y(stub.modelInfer(moved)));
        StatusRuntimeException failure = assertThrows(StatusRuntimeException.class, () -> stub.modelInfer(step(text("nobody")).build()));
        assertEquals(Status.Code.NOT_FOUND, failure.getStatus().getCode());
        assertTrue(failure.getStatus().getDescription().contains("sequence_start"), failure.getMessage());
    }
}
