/* Files that take long to open. */
package org.tidegate.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.util.concurrent.ListenableFuture;
import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tidegate.server.grpc.inference.GRPCInferenceServiceGrpc;
import org.tidegate.server.grpc.inference.ModelInferRequest;
import org.tidegate.server.grpc.inference.RepositoryModelLoadRequest;
import org.tidegate.server.grpc.inference.RepositoryModelLoadResponse;
import org.tidegate.server.repository.ModelOpener;

class SlowLoadTest {
    private static final int LOADS = 80; // more than HTTP has threads
    private static final String TEXT = "good ".repeat(14_000); // so long that a thread of a pool reads it
    private static final String BODY = "{\"inputs\":[{\"name\":\"text\",\"datatype\":\"BYTES\",\"shape\":[1],\"data\":[\"" + TEXT + "\"]}]}";
    private static final String LOAD = "POST /v2/repository/models/slow/load HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n";

    @TempDir
    Path folder;

    private static ModelInferRequest message() {
        ByteBuffer data = ByteBuffer.allocate(4 + TEXT.length()).order(ByteOrder.LITTLE_ENDIAN).putInt(TEXT.length())
                .put(TEXT.getBytes(StandardCharsets.US_ASCII)).flip();
        return ModelInferRequest.newBuilder().setModelName("mood").addRawInputContents(ByteString.copyFrom(data)).addInputs(
                ModelInferRequest.InferInputTensor.newBuilder().setName("text").setDatatype("BYTES").addShape(1)).build();
    }

    @Test
    void nobodyWhoAsksAnotherModelWaits() throws Exception {
        TestModels.classifier(folder.resolve("mood.safetensors"));
        CountDownLatch opening = new CountDownLatch(1);
        CountDownLatch allowed = new CountDownLatch(1);
        ModelOpener opener = (file, precision) -> {
            if (file.getFileName().toString().startsWith("slow")) {
                opening.countDown();
                try {
                    assertTrue(allowed.await(60, TimeUnit.SECONDS));
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            }
            return ModelOpener.standard().open(file, precision);
        };
        List<Wire> wires = new ArrayList<>();
        try (Server server = Server.builder().models(folder).port(0).poll(Duration.ZERO).opener(opener).threads(1).start()) {
            TestModels.classifier(folder.resolve("slow.safetensors"));
            ManagedChannel channel = NettyChannelBuilder.forAddress("127.0.0.1", server.grpcPort()).usePlaintext().build();
            try {
                List<ListenableFuture<RepositoryModelLoadResponse>> calls = new ArrayList<>();
                for (int i = 0; i < LOADS; i++) {
                    wires.add(new Wire(server.port()).send(LOAD));
                    calls.add(GRPCInferenceServiceGrpc.newFutureStub(channel)
                            .repositoryModelLoad(RepositoryModelLoadRequest.newBuilder().setModelName("slow").build()));
                }
                assertTrue(opening.await(30, TimeUnit.SECONDS));
                RestClient client = new RestClient(server.port());
                for (int i = 0; i < 5; i++) {
                    assertEquals(200, client.post("/v2/models/mood/infer", BODY).status());
                    assertEquals("mood", GRPCInferenceServiceGrpc.newBlockingStub(channel).withDeadlineAfter(30, TimeUnit.SECONDS)
                            .modelInfer(message()).getModelName());
                    assertEquals(503, client.post("/v2/models/slow/infer", BODY).status());
                }
                assertFalse(wires.get(0).hasReply(0));
                allowed.countDown();
                for (Wire wire : wires) {
                    assertEquals(200, wire.reply().status());
                }
                for (ListenableFuture<RepositoryModelLoadResponse> call : calls) {
                    call.get(30, TimeUnit.SECONDS);
                }
                assertEquals(200, client.post("/v2/models/slow/infer", BODY).status());
            } finally {
                allowed.countDown();
                channel.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
            }
        } finally {
            for (Wire wire : wires) {
                wire.close();
            }
        }
    }
}
