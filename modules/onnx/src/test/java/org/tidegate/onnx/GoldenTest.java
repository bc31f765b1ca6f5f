package org.tidegate.onnx;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tidegate.Precision;

/** Models whose answers ONNX Runtime 1.30 gave (or, of layout=1, an evaluation of the specification in NumPy). */
class GoldenTest {
    private static final Path FOLDER = Path.of(System.getProperty("tidegate.root", "../.."), "modules/onnx/src/test/resources/golden");
    private static final String UNROLLED = "model_rnn_bi_dynamo";
    private static final double TOLERANCE = 1e-5;

    static Stream<String> models() throws IOException {
        try (Stream<Path> files = Files.list(FOLDER)) {
            return files.map(file -> file.getFileName().toString()).filter(name -> name.endsWith(".onnx"))
                    .map(name -> name.substring(0, name.length() - 5)).filter(name -> !name.equals(UNROLLED)).sorted().toList().stream();
        }
    }

    /** Answers to recorded inputs, once for each set of them. */
    private interface Running {
        Map<String, NdArray> outputs(Map<String, NdArray> inputs);
    }

    private static void check(String id, Running model) {
        Recorded recorded = new Recorded(FOLDER.resolve(id + ".safetensors"));
        int compared = 0;
        for (String number : List.of("", "2")) {
            Map<String, NdArray> inputs = recorded.startingWith("input" + number + ".");
            for (Map.Entry<String, NdArray> output : (inputs.isEmpty() ? Map.<String, NdArray>of() : model.outputs(inputs)).entrySet()) {
                double difference = Recorded.difference(recorded.get("output" + number + "." + output.getKey()), output.getValue());
                assertTrue(difference <= TOLERANCE, () -> output.getKey() + " differs by " + difference);
                compared++;
            }
        }
        assertTrue(compared > 0);
    }

    @ParameterizedTest
    @MethodSource("models")
    void aModelGivesTheRecordedOutputs(String id) throws IOException {
        try (OnnxAnswers answers = OnnxModel.read(FOLDER.resolve(id + ".onnx")).carryStates(false).answers(Precision.FLOAT32)) {
            check(id, answers::run);
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void aSavedModelWhoseSessionCarriesTheStatesGivesThem(String id, @TempDir Path folder) throws IOException {
        Path file = folder.resolve("model.safetensors");
        OnnxModel.read(FOLDER.resolve(id + ".onnx")).save(file);
        try (OnnxAnswers answers = new OnnxFormat().open(file, Precision.FLOAT32)) {
            check(id, inputs -> {
                try (OnnxStream stream = answers.stream()) {
                    return stream.accept(inputs);
                }
            });
        }
    }

    @Test
    void aLoopThatWasWrittenOutIsRefusedWithTheWayOut() throws IOException {
        OnnxModel onnx = OnnxModel.read(FOLDER.resolve(UNROLLED + ".onnx"));
        String message = assertThrows(OnnxException.class, onnx::toModel).getMessage();
        assertTrue(message.contains("dynamo=False"), message);
    }
}
