package org.tidegate.onnx.export;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Columns in another order, and sequences from their end. */
final class ColumnOperators {
    /** Where a slice ends that goes backwards to the first. */
    private static final long BEFORE_ALL = Integer.MIN_VALUE;

    private ColumnOperators() {}

    static void addTo(Operators all) {
        all.add("concat", ColumnOperators::concat);
        all.add("slice", ColumnOperators::slice, "first", "count", "stride");
        all.add("split", ColumnOperators::split, "sizes");
        all.add("permute", ColumnOperators::permute, "order", "transpose");
        all.add("reverse", ColumnOperators::reverse);
    }

    private static void concat(Call call) {
        call.last("Concat", call.all().stream().map(call::reals).toList(), Target.integer("axis", -1));
    }

    private static void slice(Call call) {
        Target target = call.target();
        int first = call.integer("first", 0);
        int stride = call.integer("stride", 1);
        long end = (long) first + (long) call.integer("count", 0) * stride;
        call.last("Slice", List.of(call.reals(0), target.integers(first), target.integers(end < 0 ? BEFORE_ALL : end),
                target.integers(-1), target.integers(stride)));
    }

    private static void split(Call call) {
        long[] sizes = Arrays.stream(call.integers("sizes")).asLongStream().toArray();
        List<String> hints = IntStream.range(0, sizes.length).mapToObj(i -> i == 0 ? call.name() : call.name() + ".part" + i).toList();
        List<String> inputs = List.of(call.reals(0), call.target().integers(sizes));
        List<String> parts = call.target().nodes("Split", hints, inputs, Target.integer("axis", -1));
        call.out(parts.get(0));
        for (int i = 1; i < sizes.length; i++) {
            call.out("part" + i, parts.get(i));
        }
    }

    private static void permute(Call call) {
        int columns = call.in(0).columns();
        int[] order;
        if (call.has("transpose")) {
            int rows = call.integer("transpose", 1);
            int width = columns / rows;
            order = IntStream.range(0, columns).map(i -> i % rows * width + i / rows).toArray();
        } else {
            int[] blocks = call.integers("order");
            int width = columns / blocks.length;
            order = IntStream.range(0, columns).map(i -> blocks[i / width] * width + i % width).toArray();
        }
        call.last("Gather", List.of(call.reals(0), call.target().integers(IntStream.of(order).asLongStream().toArray())),
                Target.integer("axis", -1));
    }

    private static void reverse(Call call) {
        Target target = call.target();
        Axis axis = call.axis(call.in(0));
        String x = call.reals(0);
        if (axis.isRagged()) {
            call.last("ReverseSequence", List.of(x, axis.lengths()), Target.integer("batch_axis", 0), Target.integer("time_axis", 1));
        } else {
            call.last("Slice", List.of(x, target.integers(-1), target.integers(BEFORE_ALL), target.integers(1), target.integers(-1)));
        }
    }
}
