package org.tidegate.onnx.export;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * One row of many, and windows over steps or over the positions inside a row. Sequences that are shorter than the dimension of time are
 * followed by zeros, or by what changes no maximum, before windows go over them; the windows of such a sequence that end behind it are no
 * windows of it, and the derived lengths leave them out.
 */
final class WindowOperators {
    private WindowOperators() {}

    static void addTo(Operators all) {
        all.add("pool", WindowOperators::pool, "kind", "window", "stride", "pad", "channels");
        all.add("frames", call -> new Steps(call, "size").frames(), "size", "stride", "pad");
        all.add("conv1d", WindowOperators::convolution, "filters", "kernel", "stride", "dilation", "groups", "pad", "pad_mode", "bias",
                "channels");
        all.add("upsample", WindowOperators::upsample, "factor");
    }

    /** What a node says of its windows. */
    private record Shape(int size, int stride, int dilation, int before, int after, boolean reflects) {
        static Shape of(Call call, String sizeKey) {
            int size = call.integer(sizeKey, 1);
            int[] pad = call.has("pad") ? call.integers("pad") : new int[] {0};
            return new Shape(size, call.integer("stride", sizeKey.equals("kernel") ? 1 : size), call.integer("dilation", 1), pad[0],
                    pad[pad.length - 1], call.word("pad_mode", "zero").equals("reflect"));
        }

        int span() {
            return (size - 1) * dilation + 1;
        }

        Shape unpadded() {
            return new Shape(size, stride, dilation, 0, 0, false);
        }

        /** Whether each step has a window that ends with it. */
        boolean isCausal() {
            return stride == 1 && after == 0 && before == span() - 1 && !reflects;
        }

        /** The attributes of a node that goes over [rows, channels, positions]. */
        AttributeProto[] attributes(AttributeProto... more) {
            List<AttributeProto> all = new ArrayList<>(List.of(more));
            all.add(Target.integers("kernel_shape", size));
            all.add(Target.integers("strides", stride));
            if (dilation > 1) {
                all.add(Target.integers("dilations", dilation));
            }
            if (!reflects && before + after > 0) {
                all.add(Target.integers("pads", before, after));
            }
            return all.toArray(AttributeProto[]::new);
        }
    }

    private static void pool(Call call) {
        if (call.has("channels")) {
            poolInRows(call);
        } else if (call.has("window")) {
            new Steps(call, "window").pool();
        } else {
            poolSequences(call);
        }
    }

    private static void poolSequences(Call call) {
        Target target = call.target();
        Axis axis = call.axis(call.in(0));
        String x = call.reals(0);
        String kind = call.word("kind", "");
        if (!axis.isRagged()) {
            if (kind.equals("last")) {
                call.last("Gather", List.of(x, target.scalar(-1)), Target.integer("axis", 1));
            } else {
                call.out(target.reduce(kind.equals("max") ? "ReduceMax" : "ReduceMean", call.name(), x, 1, false));
            }
            return;
        }
        switch (kind) {
            case "last" -> {
                String last = call.inner("last", "Sub", List.of(axis.lengths(), target.integers(1)));
                String index = call.inner("index", "Unsqueeze", List.of(last, target.integers(1)));
                call.last("GatherND", List.of(x, index), Target.integer("batch_dims", 1));
            }
            case "max" -> {
                String masked = axis.masked(call.inner("masked"), x, Float.NEGATIVE_INFINITY);
                call.out(target.reduce("ReduceMax", call.name(), masked, 1, false));
            }
            default -> {
                String sum = target.reduce("ReduceSum", call.inner("sum"), axis.masked(call.inner("masked"), x, 0), 1, false);
                String column = call.inner("column", "Unsqueeze", List.of(axis.lengths(), target.integers(1)));
                call.last("Div", List.of(sum, target.cast(call.inner("lengths"), column, TensorProto.DataType.FLOAT)));
            }
        }
    }

    private static void poolInRows(Call call) {
        Shape shape = Shape.of(call, "window");
        int channels = call.integer("channels", 1);
        int positions = call.in(0).columns() / channels;
        int windows = Math.toIntExact(call.value().columns()) / channels;
        String kind = call.word("kind", "");
        if (kind.equals("last")) {
            long[] order = IntStream.range(0, channels * windows).mapToLong(i -> (long) (i / windows) * positions
                    + Math.min((long) (i % windows) * shape.stride - shape.before + shape.size - 1, positions - 1)).toArray();
            call.last("Gather", List.of(call.reals(0), call.target().integers(order)), Target.integer("axis", -1));
            return;
        }
        String x = rows(call, call.reals(0), channels, positions);
        back(call, kind.equals("max") ? call.inner("pool", "MaxPool", List.of(x), shape.attributes())
                : call.inner("pool", "AveragePool", List.of(x), shape.attributes()));
    }

    private static void convolution(Call call) {
        if (!call.has("channels")) {
            new Steps(call, "kernel").convolution();
            return;
        }
        int channels = call.integer("channels", 1);
        Shape shape = Shape.of(call, "kernel");
        String x = rows(call, call.reals(0), channels, call.in(0).columns() / channels);
        if (shape.reflects && shape.before + shape.after > 0) {
            x = call.inner("reflected", "Pad", List.of(x, call.target().integers(0, 0, shape.before, 0, 0, shape.after)),
                    Target.text("mode", "reflect"));
        }
        back(call, convolve(call, x, shape, channels));
    }

    private static String convolve(Call call, String x, Shape shape, int channels) {
        int groups = call.integer("groups", 1);
        int filters = call.integer("filters", 1);
        long[] dims = {filters, channels / groups, shape.size};
        String weight = call.target().tensor(call.name() + ".weight", dims, call.numbers("weight"));
        return call.inner("conv", "Conv", List.of(x, weight, call.flag("bias", true) ? call.parameter("bias") : ""),
                shape.attributes(Target.integer("group", groups)));
    }

    /** Rows of columns [channels, positions] as [rows, channels, positions]. */
    private static String rows(Call call, String x, int channels, int positions) {
        return call.inner("channels", "Reshape", List.of(x, call.target().integers(-1, channels, positions)));
    }

    /** And back, as the node's output. */
    private static void back(Call call, String made) {
        Target target = call.target();
        long columns = call.value().columns();
        if (!call.in(0).perStep()) {
            call.last("Reshape", List.of(made, target.integers(-1, columns)));
            return;
        }
        String shape = call.inner("shape", "Shape", List.of(call.in(0).tensor()));
        String rows = call.inner("rows", "Slice", List.of(shape, target.integers(0), target.integers(2)));
        String dims = call.inner("dims", "Concat", List.of(rows, target.integers(columns)), Target.integer("axis", 0));
        call.last("Reshape", List.of(made, dims));
    }

    private static void upsample(Call call) {
        Target target = call.target();
        int factor = call.integer("factor", 1);
        call.written().derive(call.value(), lengths -> call.inner("lengths", "Mul", List.of(lengths, target.scalar((long) factor))),
                call.axis(call.in(0)));
        String apart = call.inner("apart", "Unsqueeze", List.of(call.reals(0), target.integers(2)));
        String repeated = call.inner("repeated", "Expand", List.of(apart, target.integers(1, 1, factor, 1)));
        call.last("Reshape", List.of(repeated, target.integers(0, -1, call.value().columns())));
    }

    /** Windows along the steps. */
    private static final class Steps {
        private final Call call;
        private final Target target;
        private final Shape shape;
        private final Axis axis;
        private final String x;

        Steps(Call call, String sizeKey) {
            this.call = call;
            target = call.target();
            shape = Shape.of(call, sizeKey);
            boolean pool = sizeKey.equals("window");
            if (call.written().wanted().states() && (pool || !shape.isCausal()) && (shape.span() > 1 || shape.stride > 1)) {
                throw call.refuse("as a stream its windows would need more than the rows before each piece; export it without states, or"
                        + " with" + (pool ? " other nodes" : " stride=1 pad=" + (shape.span() - 1) + ",0"));
            }
            axis = call.axis(call.in(0));
            x = call.reals(0);
            call.written().derive(call.value(), lengths -> count("lengths", lengths), axis);
        }

        /** How many windows so many steps have. */
        private String count(String what, String steps) {
            long add = (long) shape.before + shape.after - shape.span() + shape.stride;
            String sum = add == 0 ? steps : call.inner(what + "_sum", "Add", List.of(steps, target.scalar(add)));
            return shape.stride == 1 ? sum : call.inner(what, "Div", List.of(sum, target.scalar((long) shape.stride)));
        }

        private String windows() {
            return count("windows", axis.steps(x));
        }

        private String turned(String what, String tensor) {
            return call.inner(what, "Transpose", List.of(tensor), Target.order(0, 2, 1));
        }

        void convolution() {
            String padded = shape.reflects && shape.before + shape.after > 0 ? reflected() : axis.masked(call.inner("masked"), x, 0);
            boolean kept = keepsRows();
            String made = convolve(call, turned("channels", kept ? afterKept(padded) : padded), kept ? shape.unpadded() : shape,
                    call.in(0).columns());
            call.last("Transpose", List.of(made), Target.order(0, 2, 1));
        }

        private boolean keepsRows() {
            return call.written().wanted().states() && shape.span() > 1;
        }

        /** The steps behind the last ones of the call before, which are a state: NAME_rows [batch, steps, columns]. */
        private String afterKept(String steps) {
            int kept = shape.span() - 1;
            String name = call.name() + "_rows";
            String batch = call.written().batch(call.value());
            int columns = call.in(0).columns();
            String before = target.input(target.free(name), TensorProto.DataType.FLOAT, "the last steps of " + call.node().inputs().get(0)
                    + " before the first one: zeros, or " + name + "_out of the call before", batch, kept, columns);
            String all = call.inner("all", "Concat", List.of(before, steps), Target.integer("axis", 1));
            String last;
            if (axis.isRagged()) {
                String column = call.inner("column", "Unsqueeze", List.of(axis.lengths(), target.integers(1)));
                long[][] numbers = {IntStream.range(0, kept).asLongStream().toArray()};
                String index = call.inner("kept", "Add", List.of(column, target.matrix(numbers)));
                String rows = call.inner("rows", "Unsqueeze", List.of(index, target.integers(-1)));
                last = call.inner("last_rows", "GatherND", List.of(all, rows), Target.integer("batch_dims", 1));
            } else {
                last = call.inner("last_rows", "Slice",
                        List.of(all, target.integers(-kept), target.integers(Integer.MAX_VALUE), target.integers(1)));
            }
            call.written().stateOutput(() -> target.output(last, target.free(name + "_out"), TensorProto.DataType.FLOAT,
                    "the last steps of " + call.node().inputs().get(0), batch, kept, columns));
            return all;
        }

        /** The steps with their reflections before the first and behind the last: row |p|, or as far before the last as p is behind it. */
        private String reflected() {
            String end = call.inner("end", "Add", List.of(axis.steps(x), target.scalar((long) shape.after)));
            String places = call.inner("places", "Range", List.of(target.scalar(-(long) shape.before), end, target.scalar(1)));
            String from = call.inner("from", "Abs", List.of(places));
            String last = last();
            String behind = call.inner("behind", "Sub", List.of(call.inner("twice", "Add", List.of(last, last)), from));
            String nearer = call.inner("nearer", "Min", List.of(from, behind));
            return picked("reflected", call.inner("index", "Max", List.of(nearer, target.scalar(0))));
        }

        /** The number of the last step: a scalar, or where lengths differ [batch, 1]. */
        private String last() {
            if (!axis.isRagged()) {
                return call.inner("last", "Sub", List.of(axis.steps(x), target.scalar(1)));
            }
            String column = call.inner("column", "Unsqueeze", List.of(axis.lengths(), target.integers(1)));
            return call.inner("last", "Sub", List.of(column, target.scalar(1)));
        }

        /** Steps by their numbers: [steps], or where lengths differ [batch, steps]. */
        private String picked(String what, String index) {
            if (!axis.isRagged()) {
                return call.inner(what, "Gather", List.of(x, index), Target.integer("axis", 1));
            }
            String column = call.inner("rows", "Unsqueeze", List.of(index, target.integers(-1)));
            return call.inner(what, "GatherND", List.of(x, column), Target.integer("batch_dims", 1));
        }

        /** The step at which each window begins, counted from the beginning of the padding: [windows]. */
        private String starts() {
            String numbers = call.inner("numbers", "Range", List.of(target.scalar(0), windows(), target.scalar(1)));
            return shape.stride == 1 ? numbers : call.inner("starts", "Mul", List.of(numbers, target.scalar((long) shape.stride)));
        }

        void frames() {
            String padded = axis.masked(call.inner("masked"), x, 0);
            if (keepsRows()) {
                padded = afterKept(padded);
            } else if (shape.before + shape.after > 0) {
                padded = call.inner("padded", "Pad", List.of(padded, target.integers(0, shape.before, 0, 0, shape.after, 0)));
            }
            long[][] taps = {IntStream.range(0, shape.size).asLongStream().toArray()};
            String column = call.inner("starts_column", "Unsqueeze", List.of(starts(), target.integers(1)));
            String index = call.inner("index", "Add", List.of(column, target.matrix(taps)));
            String rows = call.inner("rows", "Gather", List.of(padded, index), Target.integer("axis", 1));
            call.last("Reshape", List.of(rows, target.integers(0, 0, call.value().columns())));
        }

        void pool() {
            switch (call.word("kind", "")) {
                case "last" -> {
                    String ends = call.inner("ends", "Add", List.of(starts(), target.scalar((long) shape.size - 1 - shape.before)));
                    call.out(picked("picked", call.inner("index", "Min", List.of(ends, last()))));
                }
                case "max" -> {
                    String masked = turned("channels", axis.masked(call.inner("masked"), x, Float.NEGATIVE_INFINITY));
                    String made = call.inner("pool", "MaxPool", List.of(masked), shape.attributes());
                    call.last("Transpose", List.of(made), Target.order(0, 2, 1));
                }
                default -> mean();
            }
        }

        private void mean() {
            String masked = turned("channels", axis.masked(call.inner("masked"), x, 0));
            if (!axis.isRagged()) {
                String made = call.inner("pool", "AveragePool", List.of(masked), shape.attributes());
                call.last("Transpose", List.of(made), Target.order(0, 2, 1));
                return;
            }
            // Both are divided by the size of the window; what stands behind a sequence counts for neither.
            AttributeProto all = Target.integer("count_include_pad", 1);
            String sum = call.inner("sum", "AveragePool", List.of(masked), shape.attributes(all));
            String real = target.cast(call.inner("real"), axis.mask(x, 1), TensorProto.DataType.FLOAT);
            String share = call.inner("share", "AveragePool", List.of(real), shape.attributes(all));
            String positive = call.inner("positive", "Max", List.of(share, target.scalar(0.5f / shape.size)));
            call.last("Transpose", List.of(call.inner("mean", "Div", List.of(sum, positive))), Target.order(0, 2, 1));
        }
    }
}
