/* Imported models. */
package org.tidegate.server.task;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tidegate.Model;
import org.tidegate.Precision;
import org.tidegate.onnx.NdArray;
import org.tidegate.onnx.OnnxAnswers;
import org.tidegate.onnx.OnnxExport;
import org.tidegate.onnx.OnnxModel;
import org.tidegate.onnx.OnnxStream;
import org.tidegate.server.batch.Batcher;
import org.tidegate.server.model.Asked;
import org.tidegate.server.model.ServedModel;
import org.tidegate.server.protocol.Datatype;
import org.tidegate.server.protocol.InferenceRequest;
import org.tidegate.server.protocol.InferenceResponse;
import org.tidegate.server.protocol.InferenceTensor;
import org.tidegate.server.protocol.ProtocolException;
import org.tidegate.server.sequence.SequenceLimits;

class OnnxServingTest {
    private static final ExecutorService THREADS = Executors.newFixedThreadPool(2);
    private static final String CURVE = """
            x = input axis=time cols=3
            h = recurrent x cell=lstm size=5
            y = linear h cols=2
            """;
    private static final String WORDS = """
            words = ids axis=text
            e = embedding words rows=10 cols=4
            h = recurrent e cell=gru size=6
            y = linear h cols=3
            """;

    @TempDir
    Path folder;

    @AfterAll
    static void stop() {
        THREADS.shutdown();
    }

    private OnnxAnswers answers(String spec, boolean lengths, Precision precision) throws Exception {
        Path file = folder.resolve("model.onnx");
        try (Model model = Model.of(spec, 3)) {
            OnnxExport.of(model).lengths(lengths).write(file);
        }
        return OnnxModel.read(file).answers(precision);
    }

    private static InferenceRequest request(Map<String, Object> parameters, List<InferenceTensor> inputs) {
        return new InferenceRequest("m", "", "", parameters, inputs, List.of());
    }

    @Test
    void theMetadataAreThoseOfTheFile() throws Exception {
        try (OnnxServing serving = new OnnxServing(answers(CURVE, true, Precision.FLOAT32))) {
            assertEquals("onnx", serving.kind());
            assertEquals(List.of("FP32 [-1, -1, 3]", "INT64 [-1]"),
                    serving.inputs().stream().map(each -> each.datatype() + " " + each.shape()).toList());
            assertEquals("x", serving.inputs().get(0).name());
            assertEquals(List.of("y FP32 [-1, -1, 2]"),
                    serving.outputs().stream().map(each -> each.name() + " " + each.datatype() + " " + each.shape()).toList());
        }
    }

    @Test
    void callsOfDifferentLengthsRunTogetherWithTheBitsOfEachAlone() throws Exception {
        Random random = new Random(5);
        for (Precision precision : Precision.values()) {
            for (boolean lengths : new boolean[] {false, true}) {
                try (OnnxAnswers alone = answers(CURVE, lengths, precision);
                        OnnxServing serving = new OnnxServing(answers(CURVE, lengths, precision))) {
                    for (int turn = 0; turn < 20; turn++) {
                        together(random, alone, serving);
                    }
                }
            }
        }
    }

    private static void together(Random random, OnnxAnswers alone, OnnxServing serving) {
        List<InferenceRequest> requests = new ArrayList<>();
        List<OnnxServing.Read> read = new ArrayList<>();
        for (int r = 1 + random.nextInt(5); r > 0; r--) {
            int n = 1 + random.nextInt(3);
            int steps = 1 + random.nextInt(7);
            List<InferenceTensor> inputs = new ArrayList<>();
            for (var port : serving.inputs()) {
                inputs.add(port.datatype() == Datatype.FP32
                        ? InferenceTensor.of(port.name(), floats(random, n * steps * 3), n, steps, 3)
                        : InferenceTensor.of(port.name(), random.ints(n, 0, steps + 1).toArray(), n)); // also of no step
            }
            requests.add(request(Map.of(), inputs));
            read.add(serving.read(requests.get(requests.size() - 1)));
        }
        List<OnnxServing.Found> found = serving.run(read);
        for (int r = 0; r < requests.size(); r++) {
            InferenceTensor y = serving.write(requests.get(r), read.get(r), found.get(r)).get(0);
            NdArray expected = alone.run(read.get(r).inputs()).get("y");
            assertArrayEquals(expected.reals(), y.floats());
            assertArrayEquals(expected.shape(), Arrays.stream(y.shape()).mapToInt(Math::toIntExact).toArray());
        }
    }

    private static float[] floats(Random random, int count) {
        float[] numbers = new float[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = random.nextFloat() * 2 - 1;
        }
        return numbers;
    }

    @Test
    void anIdThatIsWrongFailsItsOwnCallAlone() throws Exception {
        try (OnnxServing serving = new OnnxServing(answers(WORDS, false, Precision.FLOAT32))) {
            InferenceRequest good = request(Map.of(), List.of(InferenceTensor.of("words", new int[] {1, 2}, 1, 2)));
            InferenceRequest bad = request(Map.of(), List.of(InferenceTensor.of("words", new int[] {1, 77, 3}, 1, 3)));
            List<OnnxServing.Found> found = serving.run(List.of(serving.read(good), serving.read(bad), serving.read(good)));
            assertArrayEquals(serving.write(good, null, found.get(0)).get(0).floats(),
                    serving.write(good, null, found.get(2)).get(0).floats());
            assertTrue(assertThrows(ProtocolException.class, () -> serving.write(bad, null, found.get(1))).getMessage().contains("77"));
        }
    }

    @Test
    void whatIsWrongWithATensorIsSaid() throws Exception {
        try (OnnxServing serving = new OnnxServing(answers(CURVE, false, Precision.FLOAT32))) {
            for (InferenceTensor wrong : List.of(InferenceTensor.of("x", new float[4], 1, 2, 2), InferenceTensor.of("x", new float[6], 2, 3),
                    InferenceTensor.of("x", new float[0], 0, 2, 3), InferenceTensor.of("x", List.of("a"), 1, 1, 1))) {
                assertThrows(RuntimeException.class, () -> serving.read(request(Map.of(), List.of(wrong))));
            }
            for (long[] shape : new long[][] {{0, 2, 3}, {0, 3_000_000_000L, 3}}) {
                InferenceRequest empty = request(Map.of(), List.of(InferenceTensor.of("x", new float[0], shape)));
                assertEquals("input 'x' has no element; expected at least one sequence of one step",
                        assertThrows(ProtocolException.class, () -> serving.read(empty)).getMessage());
            }
            assertTrue(assertThrows(IllegalArgumentException.class, () -> serving.read(request(Map.of(), List.of()))).getMessage()
                    .contains("missing"));
        }
    }

    @Test
    void stepsOfASequenceAreThoseOfAStreamOfTheFile() throws Exception {
        OnnxAnswers answers = answers(CURVE, false, Precision.FLOAT32);
        try (OnnxStream ann = answers.stream(); OnnxStream bob = answers.stream();
                ServedModel model = new ServedModel("m", "1", new OnnxServing(answers), new Batcher.Limits(2, 8, 0, 100),
                        SequenceLimits.DEFAULT, THREADS)) {
            Random random = new Random(9);
            for (int t = 0; t < 5; t++) {
                for (OnnxStream stream : List.of(ann, bob)) {
                    int steps = 1 + random.nextInt(2);
                    float[] x = floats(random, 3 * steps);
                    Map<String, Object> parameters = new LinkedHashMap<>(Map.of("sequence_id", stream == ann ? "ann" : "bob"));
                    parameters.put("sequence_start", t == 0);
                    InferenceTensor y = send(model, request(parameters, List.of(InferenceTensor.of("x", x, 1, steps, 3)))).outputs().get(0);
                    assertArrayEquals(new long[] {1, steps, 2}, y.shape());
                    assertArrayEquals(stream.accept(Map.of("x", NdArray.of(new int[] {1, steps, 3}, x))).get("y").reals(), y.floats());
                }
            }
            CompletionException two = assertThrows(CompletionException.class, () -> send(model,
                    request(Map.of("sequence_id", "ann"), List.of(InferenceTensor.of("x", new float[6], 2, 1, 3)))));
            assertTrue(two.getCause().getMessage().contains("2 sequences"), two.getCause().getMessage());
        }
    }

    private static InferenceResponse send(ServedModel model, InferenceRequest request) {
        Asked asked = new Asked();
        model.infer(request, asked);
        return asked.future().join();
    }
}
