package org.tidegate.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.tidegate.Precision;

/** Each operator in several versions, in small graphs of odd sizes, against ONNX Runtime. */
class OperatorTest {
    private static final double TOLERANCE = 1e-5;
    private static final Map<String, Case> CASES = new LinkedHashMap<>();

    /** A graph in some versions. */
    private record Case(int[] opsets, Consumer<Built> graph) {}

    private static void add(String name, Consumer<Built> graph, int... opsets) {
        if (CASES.put(name, new Case(opsets.length == 0 ? new int[] {7, 13, 22} : opsets, graph)) != null) {
            throw new IllegalArgumentException(name);
        }
    }

    static {
        convolutions();
        pads();
        pools();
        reductions();
        normalizations();
    }

    private static void convolutions() {
        for (Object positions : new Object[] {11, "T"}) {
            String where = positions.equals("T") ? " along time" : " in a row";
            add("conv" + where, g -> g.size("T", 11).input("x", "N", 3, positions).weight("w", 5, 3, 4).weight("b", 5)
                    .node("Conv", "x w b -> y", "pads", Built.ints(1, 2)).output("y"));
            add("conv same" + where, g -> g.size("T", 11).input("x", "N", 3, positions).weight("w", 5, 3, 3).node("Conv", "x w -> y", "pads",
                    Built.ints(1, 1), "kernel_shape", Built.ints(3)).output("y"), 11, 22);
            add("conv strided and dilated" + where, g -> g.size("T", 11).input("x", "N", 3, positions).weight("w", 4, 3, 2).weight("b", 4)
                    .node("Conv", "x w b -> y", "pads", Built.ints(2, 0), "strides", Built.ints(2), "dilations", Built.ints(3)).output("y"));
            add("conv in groups" + where, g -> g.size("T", 7).input("x", "N", 4, positions).weight("w", 6, 2, 3).weight("b", 6)
                    .node("Conv", "x w b -> y", "group", 2).output("y"));
            add("conv depthwise" + where, g -> g.size("T", 7).input("x", "N", 4, positions).weight("w", 4, 1, 3)
                    .node("Conv", "x w -> y", "group", 4, "auto_pad", "SAME_UPPER").output("y"));
            add("conv same lower" + where, g -> g.size("T", 7).input("x", "N", 4, positions).weight("w", 2, 4, 4)
                    .node("Conv", "x w -> y", "auto_pad", "SAME_LOWER").output("y"));
            add("conv valid" + where, g -> g.size("T", 7).input("x", "N", 4, positions).weight("w", 2, 4, 4)
                    .node("Conv", "x w -> y", "auto_pad", "VALID").output("y"));
            add("conv of two dimensions, one of them 1" + where, g -> g.size("T", 9).input("x", "N", 3, positions).weight("w", 5, 3, 1, 4)
                    .node(13, "axes", Built.ints(2), "Unsqueeze", "x -> a").node("Conv", "a w -> b", "pads", Built.ints(0, 1, 0, 1))
                    .node(13, "axes", Built.ints(2), "Squeeze", "b -> y").output("y"), 11, 17);
            add("conv behind zeros" + where, g -> g.size("T", 7).input("x", "N", 4, positions).weight("w", 2, 4, 4)
                    .node(11, "pads", Built.ints(0, 0, 3, 0, 0, 0), "Pad", "x -> a").node("Conv", "a w -> y").output("y"));
            add("conv behind a mirror" + where, g -> g.size("T", 7).input("x", "N", 2, positions).weight("w", 3, 2, 4)
                    .node(11, "pads", Built.ints(0, 0, 3, 0, 0, 2), "Pad", "x -> a", "mode", "reflect").node("Conv", "a w -> y").output("y"));
            add("two convs and a residual" + where, g -> g.size("T", 8).input("x", "N", 3, positions).weight("w", 4, 3, 3).weight("v", 4, 4, 3)
                    .weight("u", 4, 3, 1).node("Conv", "x w -> a", "strides", Built.ints(2), "pads", Built.ints(1, 1)).node("Relu", "a -> b")
                    .node("Conv", "b v -> c", "pads", Built.ints(1, 1)).node("Conv", "x u -> d", "strides", Built.ints(2))
                    .node("Add", "c d -> y").output("y"), 11, 22);
            add("conv, batch normalization" + where, g -> g.size("T", 8).input("x", "N", 3, positions).weight("w", 4, 3, 3).weight("s", 4)
                    .weight("b", 4).weight("m", 4).positive("v", 4).node("Conv", "x w -> a").node("BatchNormalization", "a s b m v -> y")
                    .output("y"), 9, 14, 22);
        }
        add("conv, then GRU", g -> g.size("T", 9).input("x", "N", "T", 3).weight("w", 4, 3, 3).weight("wi", 1, 15, 4).weight("wh", 1, 15, 5)
                .node("Transpose", "x -> a", "perm", Built.ints(0, 2, 1)).node("Conv", "a w -> b", "strides", Built.ints(2))
                .node("Transpose", "b -> c", "perm", Built.ints(2, 0, 1)).node("GRU", "c wi wh -> d h", "hidden_size", 5).output("d", "h"));
        add("samples, conv with a wide stride", g -> g.size("T", 40).input("x", "N", "T").weight("w", 4, 1, 8).weight("b", 4)
                .node(13, "axes", Built.ints(1), "Unsqueeze", "x -> a").node("Conv", "a w b -> y", "strides", Built.ints(5)).output("y"));
    }

    private static void pads() {
        add("pad with a number", g -> g.input("x", "N", 3, 5).node("Pad", "x -> y", "pads", Built.ints(0, 1, 2, 0, 0, 1), "value", 0.5).output("y"), 7, 9);
        add("pad", g -> g.input("x", "N", 3, 5).integers("p", 0, 1, 2, 0, 0, 1).weight("v", new float[] {-1.5f}).node("Pad", "x p v -> y").output("y"),
                11, 13, 17, 22);
        add("pad of some dimensions", g -> g.input("x", "N", 3, 5).integers("p", 1, 2).integers("axes", -1).node("Pad", "x p . axes -> y").output("y"), 18, 22);
        for (String mode : new String[] {"constant", "reflect", "edge"}) {
            add("pad " + mode, g -> g.input("x", "N", 3, 5).node(11, "pads", Built.ints(0, 2, 4, 0, 1, 3), "Pad", "x -> y", "mode", mode).output("y"));
            add("pad cuts " + mode, g -> g.input("x", "N", 3, 5).node(11, "pads", Built.ints(0, 0, -1, 0, 0, 2), "Pad", "x -> y", "mode", mode)
                    .output("y"), 11, 17);
        }
        add("pad wrap", g -> g.input("x", "N", 3, 5).node(11, "pads", Built.ints(0, 0, 2, 0, 0, 3), "Pad", "x -> y", "mode", "wrap").output("y"), 19);
        add("tile", g -> g.input("x", "N", 3, 5).integers("r", 1, 2, 3).node("Tile", "x r -> y").output("y"));
    }

    private static void pools() {
        for (Object positions : new Object[] {11, "T"}) {
            String where = positions.equals("T") ? " along time" : " in a row";
            for (String op : new String[] {"AveragePool", "MaxPool"}) {
                add(op + where, g -> g.size("T", 11).input("x", "N", 3, positions)
                        .node(op, "x -> y", "kernel_shape", Built.ints(3), "strides", Built.ints(2), "pads", Built.ints(1, 1)).output("y"));
                add(op + " with a stride of 1" + where, g -> g.size("T", 11).input("x", "N", 3, positions)
                        .node(op, "x -> y", "kernel_shape", Built.ints(4)).output("y"));
                add(op + " rounded up" + where, g -> g.size("T", 11).input("x", "N", 3, positions)
                        .node(op, "x -> y", "kernel_shape", Built.ints(4), "strides", Built.ints(3), "ceil_mode", 1).output("y"), 11, 17, 22);
                add("Global" + op + where, g -> g.size("T", 11).input("x", "N", 3, positions).node("Global" + op, "x -> y").output("y"));
            }
            add("average pool that counts padding" + where, g -> g.size("T", 11).input("x", "N", 3, positions).node("AveragePool", "x -> y",
                    "kernel_shape", Built.ints(3), "strides", Built.ints(2), "pads", Built.ints(1, 2), "count_include_pad", 1).output("y"));
        }
    }

    private static void reductions() {
        for (String op : new String[] {"ReduceMean", "ReduceMax", "ReduceMin", "ReduceSum", "ReduceL1", "ReduceL2", "ReduceSumSquare",
                "ReduceLogSumExp"}) {
            int since = op.equals("ReduceSum") ? 13 : 18;
            add(op + " of columns", g -> g.input("x", "N", "T", 7).node(since, "axes", Built.ints(-1), op, "x -> y").output("y"));
            add(op + " of outer columns", g -> g.input("x", "N", 4, 5).node(since, "axes", Built.ints(1), op, "x -> y", "keepdims", 0).output("y"));
            add(op + " of all columns", g -> g.input("x", "N", 4, 5).node(since, "axes", Built.ints(1, 2), op, "x -> y").output("y"));
            add(op + " over time", g -> g.size("T", 7).input("x", "N", "T", 5).node(since, "axes", Built.ints(1), op, "x -> y", "keepdims", 0)
                    .output("y"));
            add(op + " over time and columns", g -> g.size("T", 7).input("x", "N", 5, "T").node(since, "axes", Built.ints(1, 2), op, "x -> y")
                    .output("y"), 11, 22);
        }
        add("the mean over time taken off each step", g -> g.size("T", 7).input("x", "N", "T", 5)
                .node(18, "axes", Built.ints(1), "ReduceMean", "x -> m").node("Sub", "x m -> y").output("y"));
    }

    private static void normalizations() {
        for (String op : new String[] {"Softmax", "LogSoftmax"}) {
            for (int axis : new int[] {1, 2, -1}) {
                add(op + " of [N, 4, 5] over " + axis, g -> g.input("x", "N", 4, 5).node(op, "x -> y", "axis", axis).output("y"));
            }
            add(op + " of [N, T, 5]", g -> g.input("x", "N", "T", 5).node(op, "x -> y", "axis", 2).output("y"));
            add(op + " by default", g -> g.input("x", "N", 5).node(op, "x -> y").output("y"));
            add(op + " over time", g -> g.size("T", 7).input("x", "N", "T", 3).node(op, "x -> y", "axis", 1).output("y"), 13, 22);
        }
        add("layer normalization", g -> g.input("x", "N", "T", 6).weight("s", 6).weight("b", 6)
                .node("LayerNormalization", "x s b -> y", "axis", -1, "epsilon", 1e-3).output("y"), 17, 22);
        add("layer normalization of two dimensions", g -> g.input("x", "N", 3, 6).weight("s", 3, 6)
                .node("LayerNormalization", "x s -> y", "axis", 1).output("y"), 17, 22);
        add("layer normalization at each place", g -> g.input("x", "N", 3, 6).weight("s", 6).weight("b", 6)
                .node("LayerNormalization", "x s b -> y").output("y"), 17, 22);
        add("layer normalization written out", g -> g.input("x", "N", "T", 6).weight("s", 6).weight("b", 6).weight("two", new float[] {2})
                .weight("eps", new float[] {1e-5f}).node(18, "axes", Built.ints(-1), "ReduceMean", "x -> m").node("Sub", "x m -> d")
                .node("Pow", "d two -> q").node(18, "axes", Built.ints(-1), "ReduceMean", "q -> v").node("Add", "v eps -> e")
                .node("Sqrt", "e -> r").node("Div", "d r -> n").node("Mul", "n s -> z").node("Add", "z b -> y").output("y"));
        add("batch normalization", g -> g.input("x", "N", 4).weight("s", 4).weight("b", 4).weight("m", 4).positive("v", 4)
                .node("BatchNormalization", "x s b m v -> y", "epsilon", 1e-3).output("y"), 7, 9, 14, 15, 22);
        add("batch normalization of channels", g -> g.input("x", "N", 4, 3).weight("s", 4).weight("b", 4).weight("m", 4).positive("v", 4)
                .node("BatchNormalization", "x s b m v -> y").output("y"), 9, 22);
    }

    static Stream<Arguments> cases() {
        return CASES.entrySet().stream().flatMap(each -> IntStream.of(each.getValue().opsets)
                .mapToObj(opset -> Arguments.of(each.getKey(), opset)));
    }

    @ParameterizedTest(name = "{0}, version {1}")
    @MethodSource("cases")
    void anOperatorGivesWhatOnnxRuntimeGives(String name, int opset, @TempDir Path folder) throws Exception {
        Built built = new Built(opset, name.hashCode());
        CASES.get(name).graph.accept(built);
        Map<String, NdArray> expected = built.expected();
        try (OnnxAnswers answers = built.model(folder).answers(Precision.FLOAT32)) {
            Map<String, NdArray> actual = answers.run(built.inputs());
            assertEquals(expected.keySet(), actual.keySet());
            actual.forEach((output, array) -> {
                double difference = Recorded.difference(expected.get(output), array);
                assertTrue(difference <= TOLERANCE, () -> output + " differs by " + difference);
            });
        }
    }
}
