package org.tidegate.onnx.graph;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.tidegate.onnx.graph.RowAxis.Role;

/** Softmax and the normalizations. */
final class NormalizationOperators {
    private static final int MOST_GROUPS = 256;

    private NormalizationOperators() {}

    static void addTo(Map<String, Operator> all) {
        all.put("Softmax", call -> softmax(call, false));
        all.put("LogSoftmax", call -> softmax(call, true));
        all.put("LayerNormalization", NormalizationOperators::layer);
        all.put("RMSNormalization", NormalizationOperators::rootMeanSquare);
        all.put("BatchNormalization", NormalizationOperators::batch);
    }

    /** Over one dimension; before version 13 over all from the axis on. */
    private static void softmax(Call call, boolean logarithm) {
        Value x = call.in(0);
        boolean one = call.opset() >= 13;
        int axis = x.dimension(call.integer("axis", one ? -1 : 1));
        int[] dims = one ? new int[] {axis} : IntStream.range(axis, x.rank()).toArray();
        if (x.network() == null) {
            throw call.refuse("it is of known values, which nobody computes", "leave it out of the exported graph");
        }
        int[] open = Arrays.stream(dims).filter(d -> !x.isColumns(d)).toArray();
        if (open.length == 1 && Arrays.stream(dims).filter(d -> d != open[0]).allMatch(d -> x.columns(d) == 1)
                && x.axis(open[0]) != null) {
            call.walk().guessColumns(x, open[0]);
            if (call.learn(x, open[0], Role.TIME)) {
                call.out(overTime(call, x, open[0], logarithm));
                return;
            }
        }
        for (int d : dims) {
            call.needColumns(x, d, "what its softmax goes over");
        }
        String op = logarithm ? "log_softmax" : "softmax";
        call.out(grouped(call, x, dims, source -> call.node(op, source, Map.of(), source.columns())));
    }

    private static Value overTime(Call call, Value x, int time, boolean logarithm) {
        int[] dims = {time};
        Value rest = ElementwiseOperators.combined(call, x, ReductionOperators.reduced(call, x, dims, "max"), "sub", null, null);
        Value powers = ElementwiseOperators.node(call, rest, "exp", Map.of());
        Value sum = TimeViews.sum(call, powers, time);
        return logarithm ? ElementwiseOperators.combined(call, rest, ElementwiseOperators.node(call, sum, "log", Map.of()), "sub", null,
                null)
                : ElementwiseOperators.combined(call, powers, sum, "div", null, null);
    }

    /** A node over the columns of some dimensions, for each place in the others by itself. */
    private static Value grouped(Call call, Value x, int[] dims, UnaryOperator<Source> node) {
        IntStream kept = IntStream.range(0, x.rank()).filter(d -> Arrays.stream(dims).noneMatch(r -> r == d));
        int[] order = IntStream.concat(kept, Arrays.stream(dims)).toArray();
        Value turned = x.transposed(order);
        int inner = turned.columns(x.rank() - dims.length, x.rank());
        int groups = x.elements().count() / inner;
        if (groups > MOST_GROUPS) {
            throw call.refuse("each of " + groups + " parts of a row by itself; at most " + MOST_GROUPS,
                    "make the dimension with the parts time or batch");
        }
        List<Value> parts = new ArrayList<>();
        for (int g = 0; g < groups; g++) {
            Source source = call.draft().of(call.hint(),
                    turned.network().select(IntStream.range(g * inner, (g + 1) * inner).toArray()));
            parts.add(Value.of(Elements.Network.of(node.apply(source)), inner));
        }
        Elements all = parts.size() == 1 ? parts.get(0).elements() : Value.concat(0, parts).elements();
        int[] back = new int[order.length];
        for (int d = 0; d < order.length; d++) {
            back[order[d]] = d;
        }
        return turned.with(all).transposed(back);
    }

    private static void layer(Call call) {
        Value x = call.in(0);
        if (call.wants(1) || call.wants(2)) {
            throw call.refuse("its mean and deviation as outputs", "only the normalized values can be imported");
        }
        int axis = x.dimension(call.integer("axis", -1));
        for (int d = axis; d < x.rank(); d++) {
            call.needColumns(x, d, "what it normalizes over");
        }
        List<List<Factor>> inner = x.dims().subList(axis, x.rank());
        float[] weight = numbers(call, 1, inner);
        float[] bias = call.has(2) ? numbers(call, 2, inner) : new float[weight.length];
        Map<String, String> attributes = new LinkedHashMap<>(Map.of("eps", ElementwiseOperators.text(call.number("epsilon", 1e-5f))));
        call.out(grouped(call, x, IntStream.range(axis, x.rank()).toArray(), source -> {
            Source node = call.node("layer_norm", source, attributes, source.columns());
            call.draft().parameter(node, "weight", weight);
            call.draft().parameter(node, "bias", bias);
            return node;
        }));
    }

    /** x / sqrt(mean of squares + eps), times a weight. */
    private static void rootMeanSquare(Call call) {
        Value x = call.in(0);
        int axis = x.dimension(call.integer("axis", -1));
        Value square = ElementwiseOperators.node(call, x, "square", Map.of());
        Value mean = ReductionOperators.reduced(call, square, IntStream.range(axis, x.rank()).toArray(), "mean");
        Value moved = ElementwiseOperators.node(call, mean, "add",
                Map.of("value", ElementwiseOperators.text(call.number("epsilon", 1e-5f))));
        Value root = ElementwiseOperators.node(call, moved, "sqrt", Map.of());
        Value normal = ElementwiseOperators.combined(call, x, root, "div", null, null);
        call.reals(1);
        call.out(ElementwiseOperators.combined(call, normal, call.in(1), "mul", null, null));
    }

    private static float[] numbers(Call call, int input, List<List<Factor>> dims) {
        call.reals(input);
        return call.in(input).spread(Value.broadcast(call.in(input).dims(), dims)).numbers().values();
    }

    /** What is known of a channel is a factor and a summand. */
    private static void batch(Call call) {
        Value x = call.in(0);
        if (call.integer("training_mode", 0) != 0 || call.wants(1)) {
            throw call.refuse("it is in training mode", "export the model after model.eval()");
        }
        if (call.integer("spatial", 1) == 0) {
            throw call.refuse("spatial=0", null);
        }
        call.needColumns(x, 1, "the channels");
        float[] scale = call.reals(1);
        float[] bias = call.reals(2);
        float[] mean = call.reals(3);
        float[] variance = call.reals(4);
        double epsilon = call.number("epsilon", 1e-5f);
        float[] factor = new float[scale.length];
        float[] summand = new float[scale.length];
        for (int c = 0; c < scale.length; c++) {
            double by = scale[c] / Math.sqrt(variance[c] + epsilon);
            factor[c] = (float) by;
            summand[c] = (float) (bias[c] - mean[c] * by);
        }
        Value scaled = ElementwiseOperators.combined(call, x, channels(x, factor), "mul", (a, b) -> a * b, null);
        call.out(ElementwiseOperators.combined(call, scaled, channels(x, summand), "add", Double::sum, null));
    }

    private static Value channels(Value x, float[] numbers) {
        Value value = Value.of(new Elements.Numbers(numbers), numbers.length);
        for (int d = 2; d < x.rank(); d++) {
            value = value.unsqueezed(1);
        }
        return value;
    }
}
