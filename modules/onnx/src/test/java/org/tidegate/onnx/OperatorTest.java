package org.tidegate.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
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
        elementwise();
        products();
        views();
        networks();
    }

    private static void convolutions() {
        for (Object positions : new Object[] {11, "T"}) {
            String where = positions.equals("T") ? " along time" : " in a row";
            add("conv" + where, g -> g.size("T", 11).input("x", "N", 3, positions).weight("w", 5, 3, 4).weight("b", 5)
                    .node("Conv", "x w b -> y", "pads", Built.ints(1, 2)).output("y"));
            add("conv same" + where, g -> g.size("T", 11).input("x", "N", 3, positions).weight("w", 5, 3, 3)
                    .node("Conv", "x w -> y", "pads",
                    Built.ints(1, 1), "kernel_shape", Built.ints(3)).output("y"), 11, 22);
            add("conv strided and dilated" + where, g -> g.size("T", 11).input("x", "N", 3, positions).weight("w", 4, 3, 2).weight("b", 4)
                    .node("Conv", "x w b -> y", "pads", Built.ints(2, 0), "strides", Built.ints(2), "dilations", Built.ints(3))
                    .output("y"));
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
                    .node(11, "pads", Built.ints(0, 0, 3, 0, 0, 2), "Pad", "x -> a", "mode", "reflect").node("Conv", "a w -> y")
                    .output("y"));
            add("two convs and a residual" + where, g -> g.size("T", 8).input("x", "N", 3, positions).weight("w", 4, 3, 3)
                    .weight("v", 4, 4, 3)
                    .weight("u", 4, 3, 1).node("Conv", "x w -> a", "strides", Built.ints(2), "pads", Built.ints(1, 1))
                    .node("Relu", "a -> b")
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
        add("pad with a number", g -> g.input("x", "N", 3, 5).node("Pad", "x -> y", "pads", Built.ints(0, 1, 2, 0, 0, 1), "value", 0.5)
                .output("y"), 7, 9);
        add("pad", g -> g.input("x", "N", 3, 5).integers("p", 0, 1, 2, 0, 0, 1).weight("v", new float[] {-1.5f}).node("Pad", "x p v -> y")
                .output("y"),
                11, 13, 17, 22);
        add("pad of some dimensions", g -> g.input("x", "N", 3, 5).integers("p", 1, 2).integers("axes", -1).node("Pad", "x p . axes -> y")
                .output("y"), 18, 22);
        for (String mode : new String[] {"constant", "reflect", "edge"}) {
            add("pad " + mode, g -> g.input("x", "N", 3, 5).node(11, "pads", Built.ints(0, 2, 4, 0, 1, 3), "Pad", "x -> y", "mode", mode)
                    .output("y"));
            add("pad cuts " + mode, g -> g.input("x", "N", 3, 5)
                    .node(11, "pads", Built.ints(0, 0, -1, 0, 0, 2), "Pad", "x -> y", "mode", mode)
                    .output("y"), 11, 17);
        }
        add("pad wrap", g -> g.input("x", "N", 3, 5).node(11, "pads", Built.ints(0, 0, 2, 0, 0, 3), "Pad", "x -> y", "mode", "wrap")
                .output("y"), 19);
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
                        .node(op, "x -> y", "kernel_shape", Built.ints(4), "strides", Built.ints(3), "ceil_mode", 1)
                        .output("y"), 11, 17, 22);
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
            add(op + " of outer columns", g -> g.input("x", "N", 4, 5).node(since, "axes", Built.ints(1), op, "x -> y", "keepdims", 0)
                    .output("y"));
            add(op + " of all columns", g -> g.input("x", "N", 4, 5).node(since, "axes", Built.ints(1, 2), op, "x -> y").output("y"));
            add(op + " over time", g -> g.size("T", 7).input("x", "N", "T", 5)
                    .node(since, "axes", Built.ints(1), op, "x -> y", "keepdims", 0)
                    .output("y"));
            add(op + " over time and columns", g -> g.size("T", 7).input("x", "N", 5, "T")
                    .node(since, "axes", Built.ints(1, 2), op, "x -> y")
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
        add("root mean square normalization", g -> g.input("x", "N", "T", 6).weight("s", 6).node("RMSNormalization", "x s -> y")
                .output("y"), 23);
        add("batch normalization", g -> g.input("x", "N", 4).weight("s", 4).weight("b", 4).weight("m", 4).positive("v", 4)
                .node("BatchNormalization", "x s b m v -> y", "epsilon", 1e-3).output("y"), 7, 9, 14, 15, 22);
        add("batch normalization of channels", g -> g.input("x", "N", 4, 3).weight("s", 4).weight("b", 4).weight("m", 4).positive("v", 4)
                .node("BatchNormalization", "x s b m v -> y").output("y"), 9, 22);
    }

    private static void elementwise() {
        for (String op : new String[] {"Sqrt", "Exp", "Log", "Abs", "Neg", "Reciprocal", "Tanh", "Sigmoid", "Relu", "Softplus", "Softsign",
                "LeakyRelu", "Elu", "HardSigmoid", "Selu", "Identity"}) {
            add(op, g -> g.input("x", "N", "T", 7).node("Mul", "x x -> q").node("Add", "x q -> a")
                    .node(op, (op.equals("Sqrt") || op.equals("Log") ? "q" : "a") + " -> y").output("y"), 7, 22);
        }
        add("erf", g -> g.input("x", "N", 7).node("Erf", "x -> y").output("y"), 9, 13);
        add("Gelu", g -> g.input("x", "N", 7).node("Gelu", "x -> y").output("y"), 20, 22);
        add("Gelu by tanh", g -> g.input("x", "N", 7).node("Gelu", "x -> y", "approximate", "tanh").output("y"), 20);
        add("gelu written out", g -> g.input("x", "N", 7).weight("r", new float[] {1.4142135f}).weight("one", new float[] {1})
                .weight("half", new float[] {0.5f}).node("Div", "x r -> a").node("Erf", "a -> b").node("Add", "b one -> c")
                .node("Mul", "x c -> d")
                .node("Mul", "d half -> y").output("y"), 9, 17);
        add("HardSwish", g -> g.input("x", "N", 7).node("HardSwish", "x -> y").output("y"), 14, 22);
        add("Mish", g -> g.input("x", "N", 7).node("Mish", "x -> y").output("y"), 18, 22);
        add("silu", g -> g.input("x", "N", 7).node("Sigmoid", "x -> a").node("Mul", "x a -> y").output("y"));
        add("Celu", g -> g.input("x", "N", 7).node("Celu", "x -> y", "alpha", 0.7).output("y"), 12);
        add("Selu with other numbers", g -> g.input("x", "N", 7).node("Selu", "x -> y", "alpha", 1.5, "gamma", 0.8).output("y"));
        add("ThresholdedRelu", g -> g.input("x", "N", 7).node("ThresholdedRelu", "x -> y", "alpha", 0.3).output("y"), 10, 22);
        add("Mean", g -> g.input("x", "N", 5).node("Tanh", "x -> a").node("Mean", "x a x -> y").output("y"), 8, 13);
        add("PRelu", g -> g.input("x", "N", 3, 5).weight("s", 3, 1).node("PRelu", "x s -> y").output("y"), 7, 9, 16);
        add("PRelu of one slope", g -> g.input("x", "N", 5).weight("s", 1).node("PRelu", "x s -> y").output("y"));
        add("clip", g -> {
            g.input("x", "N", 7);
            if (g.opset < 11) {
                g.node("Clip", "x -> y", "min", -0.5, "max", 0.25);
            } else {
                g.weight("low", new float[] {-0.5f}).weight("high", new float[] {0.25f}).node("Clip", "x low high -> y");
            }
            g.output("y");
        });
        for (String op : new String[] {"Add", "Sub", "Mul", "Div", "Pow", "Max", "Min"}) {
            String a = op.equals("Pow") ? "p" : "x";
            add(op + " of two values", g -> g.input("x", "N", "T", 5).node("Abs", "x -> p").node("Sigmoid", "x -> b")
                    .node(op, a + " b -> y").output("y"));
            add(op + " with numbers", g -> g.input("x", "N", "T", 5).positive("w", 5).node("Abs", "x -> p").node(op, a + " w -> y")
                    .output("y"), 8, 22);
            add("numbers " + op, g -> g.input("x", "N", "T", 5).positive("w", 5).node("Abs", "x -> p").node(op, "w " + a + " -> y")
                    .output("y"), 13);
            add(op + " with one number", g -> g.input("x", "N", "T", 5).weight("w", new float[] {1.5f}).node("Abs", "x -> p")
                    .node(op, a + " w -> y").output("y"), 13);
            add(op + " of a column", g -> g.input("x", "N", "T", 5).input("c", "N", "T", 1).node("Sigmoid", "c -> b").node("Abs", "x -> p")
                    .node(op, a + " b -> y").output("y"), 13);
            add(op + " of channels with each position", g -> g.input("x", "N", 3, 5).input("c", "N", 3, 1).node("Sigmoid", "c -> b")
                    .node("Abs", "x -> p").node(op, a + " b -> y").output("y"), 13);
            add(op + " of steps with what a sequence has once", g -> g.size("T", 6).input("x", "N", "T", 5).input("c", "N", 1, 5)
                    .weight("wi", 1, 15, 5).weight("wh", 1, 15, 5).node("Transpose", "x -> u", "perm", Built.ints(1, 0, 2))
                    .node("GRU", "u wi wh -> . h", "hidden_size", 5).node("Transpose", "h -> k", "perm", Built.ints(1, 0, 2))
                    .node("Abs", "x -> p").node("Sigmoid", "k -> s").node(op, a + " s -> y").output("y"), 8, 22);
        }
    }

    private static void products() {
        add("linear", g -> g.input("x", "N", "T", 5).weight("w", 5, 4).weight("b", 4).node("MatMul", "x w -> a").node("Add", "a b -> y")
                .output("y"));
        add("linear, scaled and moved", g -> g.input("x", "N", "T", 5).weight("w", 5, 4).weight("s", 4).weight("b", 4).weight("c", 1)
                .node("MatMul", "x w -> a").node("Mul", "a s -> d").node("Add", "d b -> e").node("Div", "e c -> f").node("Sub", "f b -> y")
                .output("y"));
        add("linear whose result is read twice", g -> g.input("x", "N", 5).weight("w", 5, 4).weight("b", 4).node("MatMul", "x w -> a")
                .node("Add", "a b -> c").node("Mul", "a c -> y").output("y", "a"));
        add("gemm", g -> g.input("x", "N", 5).weight("w", 4, 5).weight("b", 4)
                .node("Gemm", "x w b -> y", "transB", 1, "alpha", 0.5, "beta", 2.0).output("y"));
        add("a vector on the right", g -> g.input("x", "N", "T", 5).weight("w", 5).node("MatMul", "x w -> y").output("y"));
        add("a weight on the left", g -> g.input("x", "N", 5, 3).weight("w", 4, 5).node("MatMul", "w x -> y").output("y"));
        add("a weight on the left of time", g -> g.input("x", "N", 5, "T").weight("w", 4, 5).node("MatMul", "w x -> y").output("y"));
        add("a vector on the left", g -> g.input("x", "N", 5, 3).weight("w", 5).node("MatMul", "w x -> y").output("y"));
        add("a weight with a dimension in front", g -> g.input("x", "N", 3, 5).weight("w", 1, 5, 4).node("MatMul", "x w -> y").output("y"));
        add("many columns several times", g -> g.input("x", "N", 9, 13).node("GlobalAveragePool", "x -> m").node("Sub", "x m -> y")
                .output("y"));
        add("a product inside each row", g -> g.input("x", "N", 3, 5).input("z", "N", 5, 2).node("MatMul", "x z -> y").output("y"));
    }

    private static void views() {
        add("slice backwards", g -> {
            g.input("x", "N", 3, 7);
            if (g.opset < 10) {
                g.node("Slice", "x -> y", "starts", Built.ints(1, 0), "ends", Built.ints(6, 2), "axes", Built.ints(2, 1));
            } else {
                g.integers("s", -1, 0).integers("e", -9, 2).integers("a", 2, 1).integers("t", -2, 1).node("Slice", "x s e a t -> y");
            }
            g.output("y");
        });
        add("concat", g -> g.input("x", "N", 3, 5).input("z", "N", 2, 5).node("Concat", "x z x -> y", "axis", 1).output("y"));
        add("split", g -> g.input("x", "N", 5, 3).node(13, "split", Built.ints(2, 3), "Split", "x -> a b", "axis", 1)
                .node("Concat", "b a -> y", "axis", -2).output("y"));
        add("transpose of columns", g -> g.input("x", "N", 3, 5).node("Transpose", "x -> a", "perm", Built.ints(0, 2, 1))
                .node("Tanh", "a -> y").output("y"));
        add("reshape", g -> g.input("x", "N", 4, 6).integers("s", 0, 3, -1).node("Reshape", "x s -> a").node("Relu", "a -> y").output("y"));
        add("flatten", g -> g.input("x", "N", 4, 6).node("Flatten", "x -> a").node("Relu", "a -> y").output("y"));
        add("gather of columns", g -> g.input("x", "N", 4, 6).integers("i", 3, -4, 1).node("Gather", "x i -> y", "axis", 1).output("y"));
        add("one-hot rows", g -> g.ids("x", 5, "N", "T").integers("d", 5).weight("v", new float[] {-1, 2}, 2).node("OneHot", "x d v -> y")
                .output("y"), 9, 11);
        add("one-hot rows into a layer", g -> g.ids("x", 5, "N", "T").integers("d", 5).weight("v", new float[] {0, 1}, 2).weight("w", 5, 4)
                .weight("b", 4).node("OneHot", "x d v -> h").node("MatMul", "h w -> a").node("Add", "a b -> y").output("y"), 11, 17);
        add("the last step beside each step", g -> g.size("T", 5).input("x", "N", "T", 3).integers("i", -1)
                .node("Gather", "x i -> l", "axis", 1).node("Shape", "x -> s").node("Expand", "l s -> e")
                .node("Concat", "x e -> y", "axis", 2)
                .output("y"), 8, 13);
    }

    /** The part of a dimension from there to there. */
    private static Built slice(Built g, String edges, int axis, long from, long to) {
        if (g.opset < 10) {
            return g.node("Slice", edges, "starts", Built.ints((int) from), "ends", Built.ints((int) Math.min(to, Integer.MAX_VALUE)),
                    "axes",
                    Built.ints(axis));
        }
        String id = edges.replaceAll("[^a-z]", "");
        return g.integers("from" + id, from).integers("to" + id, to).integers("axis" + id, axis)
                .node("Slice", edges.replace(" ->", " from" + id + " to" + id + " axis" + id + " ->"));
    }

    private static void networks() {
        add("rows turned over columns, in more pieces than one node takes", g -> g.input("x", "N", 5, 5, 5)
                .node("LogSoftmax", "x -> a", "axis", 2).node(18, "axes", Built.ints(1, 3), "ReduceMax", "a -> y").output("y"), 13, 22);
        add("causal conv by a cut, and a residual", g -> slice(g.size("T", 9).input("x", "N", 4, "T").weight("w", 4, 4, 3)
                .node("Conv", "x w -> a", "pads", Built.ints(4, 4), "dilations", Built.ints(2)), "a -> b", 2, 0, -4)
                .node("Add", "b x -> y").output("y"));
        add("differences of steps", g -> slice(slice(g.size("T", 9).input("x", "N", "T", 4), "x -> a", 1, 1, Long.MAX_VALUE), "x -> b", 1,
                0, -1)
                .node("Sub", "a b -> y").output("y"));
        add("the ends cut", g -> slice(g.size("T", 9).input("x", "N", "T", 4).weight("w", 4, 3)
                .node("MatMul", "x w -> a"), "a -> y", 1, 2, -3)
                .output("y"));
        add("conv whose first windows are cut", g -> slice(g.size("T", 9).input("x", "N", 4, "T").weight("w", 3, 4, 5).weight("b", 3)
                .node("Conv", "x w b -> a", "pads", Built.ints(3, 2), "strides", Built.ints(2)), "a -> y", 2, 1, -1).output("y"));
        add("an initial state of the batch that was traced", g -> g.input("x", 3, "T", 4).weight("wi", 1, 15, 4).weight("wh", 1, 15, 5)
                .weight("z", new float[15], 1, 3, 5).integers("s", 1, 3, 5).node("Expand", "z s -> h").node("Transpose", "x -> u", "perm",
                        Built.ints(1, 0, 2)).node("GRU", "u wi wh . . h -> y", "hidden_size", 5).output("y"), 8, 13);
        add("two branches of convs side by side", g -> g.size("T", 9).input("x", "N", 4, "T").weight("w", 3, 4, 5).weight("v", 2, 4, 1)
                .node("Conv", "x w -> a", "strides", Built.ints(2), "pads", Built.ints(2, 2))
                .node("Conv", "x v -> b", "strides", Built.ints(2))
                .node("Concat", "a b -> y", "axis", 1).output("y"), 11, 22);
        add("conv behind a bias and a factor", g -> g.size("T", 9).input("x", "N", 4, "T").weight("w", 3, 4, 3).weight("s", 3, 1)
                .weight("b", 3, 1)
                .node("Conv", "x w -> a").node("Mul", "a s -> c").node("Add", "c b -> d").node("Relu", "d -> y").output("y"));
        add("attention over the steps by the last", g -> g.size("T", 6).input("x", "N", "T", 4).weight("wi", 1, 15, 4)
                .weight("wh", 1, 15, 5)
                .node("Transpose", "x -> u", "perm", Built.ints(1, 0, 2)).node("GRU", "u wi wh -> o h", "hidden_size", 5)
                .node(13, "axes", Built.ints(1), "Squeeze", "o -> q").node("Transpose", "q -> k", "perm", Built.ints(1, 0, 2))
                .node("Transpose", "h -> l", "perm", Built.ints(1, 2, 0)).node("MatMul", "k l -> s").node("Softmax", "s -> p", "axis", 1)
                .node("Transpose", "p -> t", "perm", Built.ints(0, 2, 1)).node("MatMul", "t k -> y").output("y"), 13, 22);
        // A stream of it is not what calls of the file are, so the state stays an input and an output.
        add("a state that goes in and out beside a conv along time", g -> g.size("T", 6).input("x", "N", 4, "T").input("h", 1, "N", 5)
                .weight("w", 4, 4, 3).weight("wi", 1, 15, 4).weight("wh", 1, 15, 5).node("Conv", "x w -> a", "pads", Built.ints(1, 1))
                .node("Transpose", "a -> b", "perm", Built.ints(2, 0, 1)).node("GRU", "b wi wh . . h -> y n", "hidden_size", 5)
                .output("y", "n"), 11, 22);
        for (String second : List.of("forward", "reverse")) {
            add("one state that two layers begin with, the second " + second, g -> g.size("T", 6).input("x", "T", "N", 4)
                    .input("h", 1, "N", 5).weight("wi", 1, 15, 4).weight("wh", 1, 15, 5).weight("vi", 1, 15, 4).weight("vh", 1, 15, 5)
                    .node("GRU", "x wi wh . . h -> a n", "hidden_size", 5)
                    .node("GRU", "x vi vh . . h -> b m", "hidden_size", 5, "direction", second).node("Add", "a b -> y")
                    .output("y", "n", "m"), 14);
        }
        add("squeeze and excitation", g -> g.size("T", 6).input("x", "N", 4, "T").weight("w", 4, 4, 3).weight("v", 4, 4, 1)
                .node("Conv", "x w -> a", "pads", Built.ints(1, 1)).node("GlobalAveragePool", "a -> b").node("Conv", "b v -> c")
                .node("Sigmoid", "c -> d").node("Mul", "a d -> y").output("y"), 11, 22);
        add("embedding, LSTM, mean, linear", g -> g.size("T", 6).ids("x", 9, "N", "T").weight("e", 9, 4).weight("wi", 1, 20, 4)
                .weight("wh", 1, 20, 5)
                .weight("w", 3, 5).node("Gather", "e x -> a").node("Transpose", "a -> b", "perm", Built.ints(1, 0, 2))
                .node("LSTM", "b wi wh -> c", "hidden_size", 5).node(13, "axes", Built.ints(1), "Squeeze", "c -> d")
                .node(18, "axes", Built.ints(0), "ReduceMean", "d -> f", "keepdims", 0).node("Gemm", "f w -> y", "transB", 1)
                .output("y"), 11, 13, 22);
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
