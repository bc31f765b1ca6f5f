package org.tidegate.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.tidegate.Precision;

/**
 * Models that people run, where a folder has them: silero_vad_v6.onnx of the npm package @ricky0123/vad-web 0.0.31, and RNNoise 0.1 of
 * {@code @jitsi/rnnoise-wasm} 0.2.1 as ONNX, with what ONNX Runtime 1.30 answers to a stream.
 */
class SharedModelsTest {
    private static final Path FOLDER = Path.of(System.getProperty("tidegate.root", "../.."), "../shared/models");
    private static final double TOLERANCE = 1e-5;

    private static Path file(String name) {
        Path file = FOLDER.resolve(name);
        assumeTrue(Files.exists(file), "there is no " + file);
        return file;
    }

    private static NdArray row(NdArray all, int row, int... shape) {
        int count = Arrays.stream(shape).reduce(1, Math::multiplyExact);
        return NdArray.of(shape, Arrays.copyOfRange(all.reals(), row * count, (row + 1) * count));
    }

    /** The largest difference of an output from what was recorded, step by step. */
    private static Map<String, Double> differences(OnnxModel onnx, String input, NdArray steps, Map<String, NdArray> recorded,
            UnaryOperator<Map<String, NdArray>> more) throws IOException {
        Map<String, Double> largest = new LinkedHashMap<>();
        try (OnnxAnswers answers = onnx.answers(Precision.FLOAT32); OnnxStream stream = answers.stream()) {
            for (int step = 0; step < steps.shape()[0]; step++) {
                int at = step;
                Map<String, NdArray> given = more.apply(new LinkedHashMap<>(Map.of(input, row(steps, step, 1, steps.shape()[1]))));
                stream.accept(given).forEach((name, array) -> {
                    NdArray expected = row(recorded.get(name), at, array.shape());
                    for (int i = 0; i < array.reals().length; i++) {
                        double difference = Math.abs(array.reals()[i] - expected.reals()[i]);
                        largest.merge(name, difference, (a, b) -> b <= a ? a : b);
                    }
                });
            }
        }
        return largest;
    }

    @Test
    void sileroGivesTheRecordedProbabilities() throws IOException {
        OnnxModel onnx = OnnxModel.read(file("silero_vad_v6.onnx")).bind("sr", 16000).shape("input", "N", "576");
        Recorded recorded = new Recorded(file("silero_v6_stream_16k.safetensors"));
        for (OnnxModel form : List.of(onnx, onnx.context("input", 64))) {
            Map<String, Double> differences = differences(form, "input", recorded.get("in_16000"), Map.of("output",
                    recorded.get("prob_16000")),
                    given -> given);
            assertEquals(List.of("output"), List.copyOf(differences.keySet()));
            assertTrue(differences.get("output") <= TOLERANCE, () -> "probabilities differ by " + differences);
        }
    }

    @Test
    void aContextOfAShapeThatIsOpenSaysWhichShapeIsNeeded() throws IOException {
        OnnxModel onnx = OnnxModel.read(file("silero_vad_v6.onnx")).bind("sr", 16000).context("input", 64);
        String message = assertThrows(OnnxException.class, onnx::toModel).getMessage();
        assertTrue(message.contains("--shape input=?,?"), message);
    }

    @Test
    void rnnoiseGivesTheRecordedGains() throws IOException {
        OnnxModel onnx = OnnxModel.read(file("rnnoise.onnx"));
        Recorded recorded = new Recorded(file("rnnoise_stream.safetensors"));
        Map<String, Double> differences = differences(onnx, "features", recorded.get("features"),
                Map.of("gains", recorded.get("gains"), "vad", recorded.get("vad")), given -> given);
        assertEquals(2, differences.size());
        differences.forEach((name, difference) -> assertTrue(difference <= TOLERANCE, () -> name + " differs by " + difference));
    }
}
