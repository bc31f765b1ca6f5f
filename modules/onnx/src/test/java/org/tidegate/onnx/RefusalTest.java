package org.tidegate.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.tidegate.Precision;

/** What cannot be imported is named before anything runs: operator, node, reason and what would help. */
class RefusalTest {
    private static Built graph() {
        return new Built(17, 1).input("x", "N", "T", 4).input("image", "N", 1, 6, 5).weight("w", 4, 3).weight("four", 4)
                .weight("k", 2, 1, 3, 3)
                .weight("t", 4, 2, 3).integers("one", 1);
    }

    /** r [T, N, 5] of a layer that has lengths: what stands behind the ends is 0 in the file, and is not there here. */
    private static Built ragged() {
        return graph().ids("l", 4, "N").node("Cast", "l -> n", "to", 6).weight("wi", 1, 15, 4).weight("wh", 1, 15, 5).weight("vi", 1, 15, 5)
                .weight("vh", 1, 15, 5).node("Transpose", "x -> u", "perm", Built.ints(1, 0, 2))
                .node("GRU", "u wi wh . n -> o", "hidden_size", 5).integers("d", 1).node("Squeeze", "o d -> r");
    }

    static Stream<Arguments> graphs() {
        return Stream.of(
                Arguments.of(graph().node("Conv", "image k -> y"), List.of("Conv", "2 dimensions", "Conv1d")),
                Arguments.of(graph().node("Transpose", "x -> a", "perm", Built.ints(0, 2, 1)).node("ConvTranspose", "a t -> y"),
                        List.of("ConvTranspose", "linear")),
                Arguments.of(graph().node("InstanceNormalization", "image one one -> y"), List.of("LayerNorm")),
                Arguments.of(graph().node("ArgMax", "x -> y", "axis", 2), List.of("leave it out")),
                Arguments.of(graph().node("TopK", "x one -> y i", "axis", 2), List.of("leave it out")),
                Arguments.of(graph().node("Einsum", "x w -> y", "equation", "ntc,cd->ntd"), List.of("torch.matmul")),
                Arguments.of(graph().node("CumSum", "x one -> y"), List.of("recurrent")),
                Arguments.of(graph().node("DepthToSpace", "image -> y", "blocksize", 2), List.of("image")),
                Arguments.of(graph().node("Sin", "x -> y"), List.of("before the network")),
                Arguments.of(graph().node("STFT", "x one -> y"), List.of("convolution with fixed weights")),
                Arguments.of(graph().node("QuantizeLinear", "x w -> y"), List.of("INT8")),
                Arguments.of(graph().node("Bernoulli", "x -> y"), List.of("model.eval()")),
                Arguments.of(graph().node("Frobnicate", "x -> y"), List.of("no such operator", "RNN, LSTM and GRU")),
                Arguments.of(graph().node("ReduceMean", "x -> y", "axes", Built.ints(0, 1)), List.of("batch")),
                Arguments.of(graph().node("MaxPool", "image -> y", "kernel_shape", Built.ints(2, 2)), List.of("2 dimensions")),
                Arguments.of(graph().node("Transpose", "x -> a", "perm", Built.ints(0, 2, 1))
                        .node("MaxPool", "a -> y", "kernel_shape", Built.ints(2), "dilations", Built.ints(2)), List.of("dilation")),
                Arguments.of(graph().integers("p", 0, 2, 0, 0, 0, 0).node("Pad", "x p -> a").node("Tanh", "a -> y"),
                        List.of("convolution can read")),
                Arguments.of(graph().integers("p", 0, 2, 0, 0, 0, 0).node("Pad", "x p -> y"), List.of("'y'", "convolution can read")),
                Arguments.of(graph().integers("p", 0, 2, 0, 0, 0, 0).node("Pad", "x p -> y", "mode", "edge"), List.of("reflected border")),
                Arguments.of(graph().node("BatchNormalization", "x four four four four -> y m v", "training_mode", 1),
                List.of("model.eval()")),
                Arguments.of(graph().integers("i", 3).node("Gather", "x i -> y", "axis", 1), List.of("first or the last")),
                // Where two dimensions of an input would be one axis, numbers would be those of its diagonal.
                Arguments.of(graph().input("z", "A", "B", "C").node("Tanh", "z -> y"), List.of("'z'", "--shape z=A,B,C")),
                Arguments.of(ragged().node("GRU", "r vi vh -> . y", "hidden_size", 5), List.of("lengths", "sequence_lens")),
                Arguments.of(ragged().node("GRU", "r vi vh -> y", "hidden_size", 5, "direction", "reverse"), List.of("lengths")),
                Arguments.of(ragged().node("ReduceMean", "r -> y", "axes", Built.ints(0)), List.of("lengths")),
                Arguments.of(ragged().node("ReduceMax", "r -> y", "axes", Built.ints(0)), List.of("lengths")),
                Arguments.of(ragged().integers("i", -1).node("Gather", "r i -> y", "axis", 0), List.of("lengths")),
                Arguments.of(ragged().node("Softmax", "r -> y", "axis", 0), List.of("lengths")),
                Arguments.of(ragged().node("Transpose", "r -> t", "perm", Built.ints(1, 2, 0)).weight("c", 2, 5, 3)
                        .node("Conv", "t c -> y", "pads", Built.ints(1, 1)), List.of("lengths")),
                Arguments.of(ragged().integers("p", 0, 0, 2, 0, 0, 0).integers("i", 0).node("Pad", "r p -> a")
                        .node("Gather", "a i -> y", "axis", 2), List.of("whatever goes in")));
    }

    @ParameterizedTest
    @MethodSource("graphs")
    void whatCannotBeImportedIsNamedWithTheWayOut(Built graph, List<String> words, @TempDir Path folder) throws Exception {
        OnnxModel model = graph.output("y").model(folder);
        String message = assertThrows(OnnxException.class, model::toModel).getMessage();
        words.forEach(word -> assertTrue(message.contains(word), message));
    }

    @Test
    void whatEachStepNeedsOfTheWholeSequenceIsNotStreamed(@TempDir Path folder) throws Exception {
        Built graph = new Built(17, 1).input("x", "N", "T", 4).node("ReduceMean", "x -> m", "axes", Built.ints(1)).node("Sub", "x m -> y")
                .output("y");
        try (OnnxAnswers answers = graph.model(folder).answers(Precision.FLOAT32); OnnxStream stream = answers.stream()) {
            String message = assertThrows(IllegalArgumentException.class, () -> stream.accept(graph.inputs())).getMessage();
            assertTrue(message.contains("whole sequences"), message);
        }
    }

    @Test
    void whatASequenceIsGivenIsStreamed(@TempDir Path folder) throws Exception {
        Built graph = new Built(17, 1).input("x", "N", "T", 4).input("z", "N", 4).integers("one", 1).node("Unsqueeze", "z one -> m")
                .node("Sub", "x m -> y").output("y");
        try (OnnxAnswers answers = graph.model(folder).answers(Precision.FLOAT32); OnnxStream stream = answers.stream()) {
            NdArray expected = answers.run(graph.inputs()).get("y");
            for (int call = 0; call < 2; call++) {
                assertArrayEquals(expected.reals(), stream.accept(graph.inputs()).get("y").reals());
            }
        }
    }
}
