/* Whether a server's answers are right. */
package org.tidegate.bench.serve;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.tidegate.json.JsonObject;
import org.tidegate.server.grpc.inference.ModelInferResponse;
import org.tidegate.task.classify.ClassifierAnswers;

/** Compares the probabilities of all labels with those of the model in this process. */
final class Agreement {
    private static final double TOLERANCE = 1e-5;

    private Agreement() {
    }

    @FunctionalInterface
    private interface Reader {
        float[] probabilities(byte[] body) throws IOException;
    }

    /** Asks in JSON, over binary HTTP and over gRPC, all texts at once. */
    static void check(Bench bench, Workload workload, ServerProcess server) throws IOException {
        List<float[]> expected = new ArrayList<>();
        try (ClassifierAnswers answers = bench.answers(workload)) {
            List<int[]> tokens = workload.texts().stream().map(text -> answers.reading().tokens(text, "a text")).toList();
            if (tokens.stream().anyMatch(each -> each.length < workload.least() || each.length > workload.most())) {
                throw new IllegalStateException("the texts are not as long as they should be");
            }
            for (double[] row : answers.probabilities(tokens)) {
                float[] floats = new float[row.length];
                for (int k = 0; k < row.length; k++) {
                    floats[k] = (float) row[k];
                }
                expected.add(floats);
            }
        }
        try (Wire http = new HttpWire(server.port(), Bench.CLIENTS); Wire grpc = new GrpcWire(server.grpcPort(), "ModelInfer")) {
            compare("JSON", expected, ask(http, workload.json()), body -> {
                JsonObject answer = JsonObject.parse(new String(body, StandardCharsets.UTF_8));
                return answer.objects("outputs").stream().filter(each -> each.string("name").equals("probabilities")).findFirst().orElseThrow()
                    .floats("data");
            });
            compare("binary HTTP", expected, ask(http, workload.binary()), Agreement::last);
            compare("gRPC", expected, ask(grpc, workload.grpc()), body -> {
                ModelInferResponse answer = ModelInferResponse.parseFrom(body);
                return last(answer.getRawOutputContents(answer.getRawOutputContentsCount() - 1).toByteArray());
            });
        }
    }

    /** The last tensor, two floats: the probabilities are the last output. */
    private static float[] last(byte[] body) {
        ByteBuffer data = ByteBuffer.wrap(body).order(ByteOrder.LITTLE_ENDIAN);
        return new float[] {data.getFloat(body.length - 8), data.getFloat(body.length - 4)};
    }

    private static List<byte[]> ask(Wire wire, List<byte[]> requests) throws IOException {
        List<CompletableFuture<byte[]>> answers = new ArrayList<>();
        for (byte[] request : requests) {
            CompletableFuture<byte[]> answer = new CompletableFuture<>();
            answers.add(answer);
            wire.send(request, (ok, body) -> {
                byte[] bytes = new byte[body.remaining()];
                body.get(bytes);
                if (ok) {
                    answer.complete(bytes);
                } else {
                    answer.completeExceptionally(new IOException(new String(bytes, StandardCharsets.UTF_8)));
                }
            });
        }
        List<byte[]> bodies = new ArrayList<>();
        for (CompletableFuture<byte[]> answer : answers) {
            try {
                bodies.add(answer.get(60, TimeUnit.SECONDS));
            } catch (InterruptedException | ExecutionException | TimeoutException e) {
                throw new IOException("a request failed: " + e.getMessage(), e);
            }
        }
        return bodies;
    }

    private static void compare(String transport, List<float[]> expected, List<byte[]> answers, Reader reader) throws IOException {
        for (int i = 0; i < expected.size(); i++) {
            float[] given = reader.probabilities(answers.get(i));
            for (int k = 0; k < expected.get(i).length; k++) {
                if (given.length != expected.get(i).length || !(Math.abs(given[k] - expected.get(i)[k]) <= TOLERANCE)) {
                    throw new IllegalStateException(transport + ": answer " + i + " is wrong; nothing is timed");
                }
            }
        }
    }
}
