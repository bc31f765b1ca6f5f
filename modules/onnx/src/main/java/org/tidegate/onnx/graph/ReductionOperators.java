package org.tidegate.onnx.graph;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.BinaryOperator;
import java.util.function.DoubleBinaryOperator;
import java.util.stream.IntStream;
import org.tidegate.onnx.graph.RowAxis.Role;

/** Reductions: of columns they are pools inside the rows, of time pools over the steps of each sequence. */
final class ReductionOperators {
    private ReductionOperators() {}

    private interface Reduced {
        Value of(Call call, Value x, int[] dims);
    }

    static void addTo(Map<String, Operator> all) {
        all.put("ReduceMean", operator((call, x, dims) -> reduced(call, x, dims, "mean"), null, null));
        all.put("ReduceMax", operator((call, x, dims) -> reduced(call, x, dims, "max"), Math::max,
                (a, b) -> ElementwiseOperators.chosen(a, b, true)));
        all.put("ReduceMin", operator(ReductionOperators::least, Math::min,
                (a, b) -> ElementwiseOperators.chosen(a, b, false)));
        all.put("ReduceSum", operator(ReductionOperators::sum, Double::sum, Size::plus));
        all.put("ReduceProd", operator(null, (a, b) -> a * b, Size::times));
        all.put("ReduceL1", operator((call, x, dims) -> sum(call, node(call, x, "abs"), dims), null, null));
        all.put("ReduceL2", operator((call, x, dims) -> node(call, sum(call, node(call, x, "square"), dims), "sqrt"), null, null));
        all.put("ReduceSumSquare", operator((call, x, dims) -> sum(call, node(call, x, "square"), dims), null, null));
        all.put("ReduceLogSum", operator((call, x, dims) -> node(call, sum(call, x, dims), "log"), null, null));
        all.put("ReduceLogSumExp", operator(ReductionOperators::logSumExp, null, null));
    }

    private static Value node(Call call, Value x, String op) {
        return ElementwiseOperators.node(call, x, op, Map.of());
    }

    /** of: of values of the network. numbers, sizes: of known ones; null where that is not needed. */
    private static Operator operator(Reduced of, DoubleBinaryOperator numbers, BinaryOperator<Size> sizes) {
        return call -> {
            Value x = call.in(0);
            List<Long> axes = call.integers("axes", 1);
            boolean all = axes == null || axes.isEmpty();
            if (all && call.integer("noop_with_empty_axes", 0) != 0) {
                call.out(x);
                return;
            }
            int[] dims = all ? IntStream.range(0, x.rank()).toArray() : axes.stream().mapToInt(x::dimension).sorted().distinct().toArray();
            Value made;
            if (x.network() == null) {
                made = known(call, x, dims, numbers, sizes);
            } else if (of == null) {
                throw call.refuse("it is of values that are computed while the model runs", null);
            } else {
                made = of.of(call, x, dims);
            }
            if (call.integer("keepdims", 1) == 0) {
                for (int i = dims.length - 1; i >= 0; i--) {
                    made = made.squeezed(dims[i]);
                }
            }
            call.out(made);
        };
    }

    private static Value known(Call call, Value x, int[] dims, DoubleBinaryOperator numbers, BinaryOperator<Size> sizes) {
        boolean mean = call.op().equals("ReduceMean") && x.numbers() != null;
        DoubleBinaryOperator of = mean ? Double::sum : numbers;
        if (x.numbers() != null ? of == null : sizes == null) {
            throw call.refuse("it is of known values, which nobody computes", "leave it out of the exported graph");
        }
        Value turned = last(x, dims);
        int inner = inner(call, x, dims);
        int outer = inner == 0 ? 0 : x.elements().count() / inner;
        if (x.numbers() == null) {
            Size[] made = new Size[outer];
            for (int i = 0; i < outer; i++) {
                made[i] = Arrays.stream(turned.integers().values(), i * inner, (i + 1) * inner).reduce(sizes).orElseThrow();
            }
            return without(x, dims).with(new Elements.Integers(made));
        }
        float[] made = new float[outer];
        for (int i = 0; i < outer; i++) {
            double all = turned.numbers().values()[i * inner];
            for (int j = 1; j < inner; j++) {
                all = of.applyAsDouble(all, turned.numbers().values()[i * inner + j]);
            }
            made[i] = (float) (mean ? all / inner : all);
        }
        return new Value(without(x, dims).dims(), new Elements.Numbers(made));
    }

    private static int inner(Call call, Value x, int[] dims) {
        int inner = 1;
        for (int d : dims) {
            call.needColumns(x, d, "the dimension of known values that is reduced");
            inner *= x.columns(d);
        }
        return inner;
    }

    /** Those dimensions behind the others. */
    private static Value last(Value x, int[] dims) {
        IntStream kept = IntStream.range(0, x.rank()).filter(d -> Arrays.stream(dims).noneMatch(r -> r == d));
        return x.transposed(IntStream.concat(kept, Arrays.stream(dims)).toArray());
    }

    /** The first element of those dimensions, which are 1 then: a shape to be filled. */
    private static Value without(Value x, int[] dims) {
        Value one = x;
        for (int d : dims) {
            one = one.taken(d, 0);
        }
        return one;
    }

    /** What the dimensions that are reduced are. */
    private record Parts(int[] columns, int time) {}

    private static Parts parts(Call call, Value x, int[] dims) {
        List<Integer> columns = new ArrayList<>();
        int time = -1;
        for (int d : dims) {
            RowAxis axis = x.axis(d);
            call.walk().guessColumns(x, d);
            if (x.isColumns(d)) {
                columns.add(d);
            } else if (axis != null && axis.role() != Role.TIME && axis.known().equals(java.util.OptionalLong.of(1))) {
                columns.add(d); // one sequence
            } else if (axis != null && time < 0 && call.learn(x, d, Role.TIME)) {
                time = d;
            } else {
                throw call.refuse("it goes over " + x.size(d) + " of " + x.shape(),
                        "columns and time can be reduced, sequences of a batch not");
            }
        }
        return new Parts(columns.stream().mapToInt(i -> i).toArray(), time);
    }

    private static Value filled(Value x, int[] dims, Source node) {
        List<List<Factor>> left = new ArrayList<>(x.dims());
        for (int d : dims) {
            left.set(d, List.of());
        }
        return new Value(left, Elements.Network.of(node));
    }

    /** The mean or the maximum over some dimensions, which are 1 afterwards. */
    static Value reduced(Call call, Value x, int[] dims, String kind) {
        Parts parts = parts(call, x, dims);
        Value made = columns(call, x, parts.columns(), kind);
        return parts.time() < 0 ? made : TimeViews.pooled(call, made, parts.time(), kind).unsqueezed(parts.time());
    }

    private static Value columns(Call call, Value x, int[] dims, String kind) {
        int window = Arrays.stream(dims).map(x::columns).reduce(1, Math::multiplyExact);
        if (window == 1) {
            List<List<Factor>> left = new ArrayList<>(x.dims());
            for (int d : dims) {
                left.set(d, List.of());
            }
            return new Value(left, x.elements());
        }
        Source source = call.source(last(x, dims));
        int channels = source.columns() / window;
        return filled(x, dims, call.node("pool", source, Map.of("kind", kind, "window", "" + window, "channels", "" + channels), channels));
    }

    private static Value least(Call call, Value x, int[] dims) {
        return node(call, reduced(call, node(call, x, "neg"), dims, "max"), "neg");
    }

    /** The sum over some dimensions, which are 1 afterwards. */
    static Value sum(Call call, Value x, int[] dims) {
        Parts parts = parts(call, x, dims);
        int count = Arrays.stream(parts.columns()).map(x::columns).reduce(1, Math::multiplyExact);
        Value made = columns(call, x, parts.columns(), "mean");
        if (count != 1) {
            made = ElementwiseOperators.node(call, made, "mul", Map.of("value", ElementwiseOperators.text(count)));
        }
        return parts.time() < 0 ? made : TimeViews.sum(call, made, parts.time());
    }

    private static Value logSumExp(Call call, Value x, int[] dims) {
        Value greatest = reduced(call, x, dims, "max");
        Value rest = ElementwiseOperators.combined(call, x, greatest, "sub", null, null);
        Value sum = node(call, sum(call, node(call, rest, "exp"), dims), "log");
        return ElementwiseOperators.combined(call, sum, greatest, "add", null, null);
    }
}
