package org.tidegate.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.tidegate.Model;
import org.tidegate.NodeSpec;

/** What becomes one node, and what must not; that the numbers stay is what {@link OperatorTest} says. */
class FusionTest {
    private static Built graph() {
        return new Built(17, 1).input("x", "N", "T", 5).weight("w", 5, 5).weight("b", 5).weight("c", 5, 1)
                .weight("k", 5, 5, 3).positive("v", 5)
                .weight("two", new float[] {2}).weight("eps", new float[] {1e-5f});
    }

    static Stream<Arguments> graphs() {
        return Stream.of(
                Arguments.of(graph().node("MatMul", "x w -> p").node("Add", "p b -> q")
                .node("Mul", "q v -> y"), List.of("input", "linear")),
                Arguments.of(graph().node("MatMul", "x w -> p").node("Add", "p b -> q").node("Add", "p q -> y"),
                        List.of("input", "linear", "add", "add")),
                // The first output is a copy at the end, where a step takes its answer from.
                Arguments.of(graph().node("MatMul", "x w -> p").node("Add", "p b -> y")
                .output("p"), List.of("input", "linear", "add", "add")),
                Arguments.of(graph().node("Transpose", "x -> p", "perm", Built.ints(0, 2, 1))
                .node("Conv", "p k -> q", "strides", Built.ints(2))
                        .node("BatchNormalization", "q b b b v -> s").node("Relu", "s -> y"), List.of("input", "conv1d", "activation")),
                Arguments.of(graph().node("Transpose", "x -> p", "perm", Built.ints(0, 2, 1)).node("Conv", "p k -> q")
                        .node("Div", "q c -> s").node("Sub", "s c -> t").node("Relu", "t -> y"), List.of("input", "conv1d", "activation")),
                Arguments.of(graph().node("ReduceMean", "x -> m", "axes", Built.ints(-1)).node("Sub", "x m -> d").node("Pow", "d two -> q")
                        .node("ReduceMean", "q -> s", "axes", Built.ints(-1)).node("Add", "s eps -> e").node("Sqrt", "e -> r")
                        .node("Div", "d r -> n").node("Mul", "n v -> z").node("Add", "z b -> y"), List.of("input", "layer_norm")),
                Arguments.of(graph().node("Relu", "x -> p").node("Exp", "p -> unread").node("Tanh", "p -> y"),
                        List.of("input", "activation", "activation")),
                Arguments.of(new Built(17, 1).ids("i", 4, "N", "T").integers("d", 4).weight("v", new float[] {0, 1}, 2).weight("w", 4, 3)
                        .node("OneHot", "i d v -> h").node("MatMul", "h w -> y"), List.of("ids", "one_hot", "linear")),
                Arguments.of(new Built(17, 1).ids("i", 4, "N", "T").integers("d", 4).weight("v", new float[] {0, 1}, 2)
                        .node("OneHot", "i d v -> h").node("Tanh", "h -> y"), List.of("ids", "embedding", "activation")));
    }

    @ParameterizedTest
    @MethodSource("graphs")
    void aLayerTakesInWhatOnlyItFeeds(Built graph, List<String> operations, @TempDir Path folder) throws Exception {
        try (Model model = graph.output("y").model(folder).toModel()) {
            assertEquals(operations, model.nodes().stream().map(NodeSpec::op).toList());
        }
    }
}
