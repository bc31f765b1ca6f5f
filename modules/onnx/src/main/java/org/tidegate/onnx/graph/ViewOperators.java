package org.tidegate.onnx.graph;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.tidegate.onnx.graph.RowAxis.Role;

/** Operators that move elements: they cost nothing where they meet columns, and of rows they mean time. */
final class ViewOperators {
    private static final int MOST_CUT = 4096; // steps at the ends
    private static final int MOST_CLASSES = 2048;

    private ViewOperators() {}

    static void addTo(Map<String, Operator> all) {
        all.put("Identity", call -> call.out(call.in(0)));
        all.put("Dropout", call -> call.out(call.in(0)));
        all.put("Transpose", ViewOperators::transpose);
        all.put("Reshape", ViewOperators::reshape);
        all.put("Flatten", ViewOperators::flatten);
        all.put("Squeeze", ViewOperators::squeeze);
        all.put("Unsqueeze", ViewOperators::unsqueeze);
        all.put("Expand", ViewOperators::expand);
        all.put("Concat", ViewOperators::concat);
        all.put("Split", ViewOperators::split);
        all.put("Slice", ViewOperators::slice);
        all.put("Gather", ViewOperators::gather);
        all.put("OneHot", ViewOperators::oneHot);
    }

    private static void transpose(Call call) {
        Value x = call.in(0);
        List<Long> order = call.integers("perm");
        int[] dims = order == null ? IntStream.range(0, x.rank()).map(d -> x.rank() - 1 - d).toArray()
                : order.stream().mapToInt(x::dimension).toArray();
        if (dims.length != x.rank() || Arrays.stream(dims).distinct().count() != dims.length) {
            throw call.refuse("perm " + order + " is no order of " + x.rank() + " dimensions", null);
        }
        call.out(x.transposed(dims));
    }

    private static void reshape(Call call) {
        Value x = call.in(0);
        Value shape = call.in(1);
        if (shape.integers() == null) {
            throw call.refuse("its shape is computed while the model runs", null);
        }
        boolean copies = call.integer("allowzero", 0) == 0;
        Size[] given = shape.integers().values();
        List<Size> target = new ArrayList<>();
        for (int d = 0; d < given.length; d++) {
            if (given[d].isUnknown()) {
                throw call.refuse("size " + d + " of its shape is not known", call.walk().needShapes());
            }
            target.add(copies && given[d].equals(Size.ZERO) ? x.size(x.dimension(d)) : given[d]);
        }
        call.out(x.reshaped(target));
    }

    private static void flatten(Call call) {
        Value x = call.in(0);
        long axis = call.integer("axis", 1);
        int at = (int) (axis < 0 ? axis + x.rank() : axis);
        List<Factor> before = x.dims().subList(0, at).stream().flatMap(List::stream).toList();
        List<Factor> after = x.dims().subList(at, x.rank()).stream().flatMap(List::stream).toList();
        call.out(new Value(List.of(before, after), x.elements()));
    }

    private static void squeeze(Call call) {
        Value x = call.in(0);
        List<Long> axes = call.integers("axes", 1);
        int[] dims = axes == null ? IntStream.range(0, x.rank()).filter(x::isOne).toArray() : axes.stream().mapToInt(x::dimension).toArray();
        Arrays.sort(dims);
        for (int i = dims.length - 1; i >= 0; i--) {
            if (!x.isOne(dims[i])) {
                throw call.refuse("dimension " + dims[i] + " of " + x.shape() + " is not 1",
                        x.size(dims[i]).isConstant() ? null : call.walk().needShapes());
            }
            x = x.squeezed(dims[i]);
        }
        call.out(x);
    }

    private static void unsqueeze(Call call) {
        Value x = call.in(0);
        List<Long> axes = call.integers("axes", 1);
        if (axes == null) {
            throw call.refuse("it lacks axes", null);
        }
        int rank = x.rank() + axes.size();
        for (long axis : axes.stream().map(a -> a < 0 ? a + rank : a).sorted().toList()) {
            if (axis < 0 || axis > x.rank()) {
                throw call.refuse("axes " + axes + " of a value of shape " + call.in(0).shape(), null);
            }
            x = x.unsqueezed((int) axis);
        }
        call.out(x);
    }

    private static void expand(Call call) {
        Value x = call.in(0);
        Value shape = call.in(1);
        if (shape.integers() == null) {
            throw call.refuse("its shape is computed while the model runs", null);
        }
        List<List<Factor>> target = new ArrayList<>();
        for (Size size : shape.integers().values()) {
            target.add(call.walk().factors(call, size));
        }
        call.out(x.spread(Value.broadcast(x.dims(), target)));
    }

    private static void concat(Call call) {
        List<Value> parts = call.all().stream().filter(part -> part.elements().count() > 0).toList();
        if (parts.isEmpty()) {
            call.out(call.in(0));
            return;
        }
        int axis = parts.get(0).dimension(call.integer("axis", 1));
        Value first = parts.stream().max(Comparator.comparing(part -> part.axes().size())).orElseThrow();
        for (Value part : parts) {
            if (part.rank() != first.rank()) {
                throw call.refuse("shapes " + first.shape() + " and " + part.shape() + " cannot stand side by side", null);
            }
            if (parts.size() > 1) {
                call.needColumns(part, axis, "the dimension along which values are put side by side");
            }
        }
        for (Value part : parts) {
            for (int d = 0; d < first.rank(); d++) {
                if (d != axis && first.axis(d) != null && part.axis(d) != null && first.axis(d) != part.axis(d)) {
                    call.walk().meet(d == 0, first.axis(d), part.axis(d));
                    call.learn(part, d, first.axis(d).role());
                    call.learn(first, d, part.axis(d).role());
                }
            }
        }
        List<Value> spread = parts.stream().map(part -> {
            List<List<Factor>> dims = new ArrayList<>(first.dims());
            dims.set(axis, part.dims().get(axis));
            if (part.network() != null && !part.dims().equals(dims)) {
                for (int d = 0; d < dims.size(); d++) {
                    if (!part.dims().get(d).equals(dims.get(d)) && !(part.isOne(d) && first.isOne(d))) {
                        throw call.refuse("shapes " + first.shape() + " and " + part.shape() + " cannot stand side by side",
                                call.walk().tracedAdvice());
                    }
                }
            }
            return part.columns(0, axis) == first.columns(0, axis) && part.columns(axis + 1, part.rank()) == first.columns(axis + 1,
                    first.rank()) ? new Value(dims, part.elements()) : part;
        }).toList();
        call.out(Value.concat(axis, spread));
    }

    private static void split(Call call) {
        Value x = call.in(0);
        int axis = x.dimension(call.integer("axis", 0));
        call.needColumns(x, axis, "the dimension that is split");
        int size = x.columns(axis);
        List<Long> sizes = call.integers("split", 1);
        if (sizes == null) {
            int parts = (int) call.integer("num_outputs", call.outputs());
            long each = (size + parts - 1) / parts;
            sizes = IntStream.range(0, parts).mapToObj(i -> Math.min(each, size - i * each)).toList();
        }
        int begin = 0;
        for (int i = 0; i < sizes.size(); i++) {
            int count = Math.toIntExact(sizes.get(i));
            if (count < 0 || begin + count > size) {
                throw call.refuse("parts " + sizes + " of " + size, null);
            }
            call.out(i, x.taken(axis, IntStream.range(begin, begin + count).toArray()));
            begin += count;
        }
    }

    private static void slice(Call call) {
        Value x = call.in(0);
        List<Size> starts = sizes(call, "starts", 1);
        List<Size> ends = sizes(call, "ends", 2);
        List<Size> axes = sizes(call, "axes", 3);
        List<Long> steps = call.has(4) ? call.known(4) : null;
        for (int i = 0; i < starts.size(); i++) {
            int axis = x.dimension(axes == null ? i : axes.get(i).constant().orElseThrow());
            x = slice(call, x, axis, starts.get(i), ends.get(i), steps == null ? 1 : steps.get(i));
        }
        call.out(x);
    }

    private static List<Size> sizes(Call call, String attribute, int input) {
        List<Long> given = call.integers(attribute);
        if (given != null) {
            return given.stream().map(Size::of).toList();
        }
        if (!call.has(input)) {
            return null;
        }
        if (call.in(input).integers() == null) {
            throw call.refuse("its " + attribute + " are computed while the model runs", null);
        }
        return Arrays.asList(call.in(input).integers().values());
    }

    private static Value slice(Call call, Value x, int axis, Size start, Size end, long step) {
        if (step == 0) {
            throw call.refuse("a step of 0", null);
        }
        if (x.isColumns(axis)) {
            int size = x.columns(axis);
            long from = bound(call, start, size, step > 0 ? 0 : -1, step > 0 ? size : size - 1);
            long to = bound(call, end, size, step > 0 ? 0 : -1, step > 0 ? size : size - 1);
            int count = (int) Math.max(0, step > 0 ? (to - from + step - 1) / step : (from - to - step - 1) / -step);
            return x.taken(axis, IntStream.range(0, count).map(i -> (int) (from + i * step)).toArray());
        }
        // Of rows: all of them, the last, the first, or the other way round.
        Size size = x.size(axis);
        boolean toEnd = isPast(end, size);
        boolean fromStart = start.equals(Size.ZERO) || isBefore(start, size);
        if (step == 1 && fromStart && toEnd) {
            return x;
        }
        call.walk().guessColumns(x, axis);
        if (step == -1 && (start.equals(Size.of(-1)) || isPast(start, size)) && isBefore(end, size)) {
            return TimeViews.reversed(call, x, axis);
        }
        if (step == 1 && toEnd && (start.equals(Size.of(-1)) || start.equals(size.minus(Size.ONE)))) {
            return TimeViews.last(call, x, axis).unsqueezed(axis);
        }
        if (step == 1 && fromStart && (end.equals(Size.ONE) || end.equals(Size.ONE.minus(size)))) {
            return TimeViews.first(call, x, axis).unsqueezed(axis);
        }
        long first = fromStart ? 0 : start.constant().orElse(-1);
        long last = toEnd ? 0 : -end.constant().orElse(1);
        if (step == 1 && first >= 0 && last >= 0 && first + last <= MOST_CUT && x.axis(axis) != null && !call.walk().looksUnrolled()) {
            return TimeViews.cut(call, x, axis, (int) first, (int) last);
        }
        throw call.refuse("the part from " + start + " to " + end + " of " + x.axis(axis) + " in " + x.shape(),
                "of time all steps, the first, the last, the other way round, or all but some at the ends can be taken"
                        + call.walk().unrolled());
    }

    private static boolean isPast(Size end, Size size) {
        return end.equals(size) || end.constant().isPresent() && end.constant().getAsLong() >= Integer.MAX_VALUE
                || end.constant().isPresent() && end.constant().equals(size.known())
                || end.constant().isPresent() && size.known().isPresent() && end.constant().getAsLong() > size.known().getAsLong();
    }

    private static boolean isBefore(Size start, Size size) {
        return start.equals(size.negated()) || start.constant().isPresent() && start.constant().getAsLong() <= -Integer.MAX_VALUE
                || start.constant().isPresent() && size.known().isPresent() && start.constant().getAsLong() <= -size.known().getAsLong();
    }

    private static long bound(Call call, Size given, int size, long least, long greatest) {
        OptionalLong known = given.constant().isPresent() ? given.constant() : given.known();
        long at = known.orElseThrow(() -> call.refuse("its bound " + given + " is not known", call.walk().needShapes()));
        return Math.max(least, Math.min(greatest, at < 0 ? at + size : at));
    }

    private static void gather(Call call) {
        Value x = call.in(0);
        Value index = call.in(1);
        int axis = x.dimension(call.integer("axis", 0));
        if (OrderOperators.isOrder(index)) {
            call.out(OrderOperators.taken(call, x, axis));
            return;
        }
        if (index.network() != null) {
            lookUp(call, x, axis, index);
            return;
        }
        if (index.integers() == null) {
            throw call.refuse("its indices are no integers", null);
        }
        Size[] indices = index.integers().values();
        if (!x.isColumns(axis)) {
            call.walk().guessColumns(x, axis);
            if (indices.length == 1 && index.axes().isEmpty()) {
                Size at = indices[0];
                Value row = row(call, x, axis, at);
                for (int d = 0; d < index.rank(); d++) {
                    row = row.unsqueezed(axis);
                }
                call.out(row);
                return;
            }
            call.needColumns(x, axis, "the dimension of which several indices are taken");
        }
        int size = x.columns(axis);
        int[] taken = new int[indices.length];
        for (int i = 0; i < taken.length; i++) {
            long at = indices[i].known().orElseThrow(() -> call.refuse("its index is not known", call.walk().needShapes()));
            if (at < -size || at >= size) {
                throw call.refuse("index " + at + " of " + size, null);
            }
            taken[i] = (int) (at < 0 ? at + size : at);
        }
        Value selected = x.taken(axis, taken);
        List<List<Factor>> dims = new ArrayList<>(x.dims());
        dims.remove(axis);
        dims.addAll(axis, index.dims());
        call.out(new Value(dims, selected.elements()));
    }

    private static Value row(Call call, Value x, int axis, Size at) {
        Size size = x.size(axis);
        if (at.equals(Size.of(-1)) || at.equals(size.minus(Size.ONE))
                || at.constant().isPresent() && size.known().isPresent() && at.constant().getAsLong() == size.known().getAsLong() - 1
                        && at.constant().getAsLong() > 0) {
            return TimeViews.last(call, x, axis);
        }
        if (at.equals(Size.ZERO)) {
            return x.isOne(axis) && x.axis(axis) != null && x.axis(axis).role() != Role.TIME ? x.squeezed(axis)
                    : TimeViews.first(call, x, axis);
        }
        throw call.refuse("step " + at + " of " + x.axis(axis),
                "of time the first or the last can be taken" + call.walk().unrolled());
    }

    /** Rows of a table by ids: an embedding. */
    private static void lookUp(Call call, Value table, int axis, Value ids) {
        if (table.numbers() == null || axis != 0 || table.rank() != 2) {
            throw call.refuse("rows of a " + (table.numbers() == null ? "computed " : "") + "value of shape " + table.shape()
                    + " by ids along axis " + axis, "a table of known numbers [V, C] along axis 0 is an embedding");
        }
        Source source = ids.network().only();
        if (source == null || ids.elements().count() != 1) {
            throw call.refuse("several ids in a row of shape " + ids.shape(), null);
        }
        if (source.kind() != Source.Kind.IDS) {
            call.walk().learnIds(call, source);
        }
        int rows = table.columns(0);
        int columns = table.columns(1);
        Source node = call.draft().node(call.hint(), "embedding", source, Map.of("rows", "" + rows, "cols", "" + columns), columns);
        call.draft().parameter(node, "weight", table.numbers().values());
        List<List<Factor>> dims = new ArrayList<>(ids.dims());
        dims.add(List.of(new Factor.Columns(columns)));
        call.out(dims, node);
    }

    /** Ids as rows of an identity; where a layer reads them, none is ever made. */
    private static void oneHot(Call call) {
        Value ids = call.in(0);
        long depth = call.known(1).get(0);
        float[] values = call.in(2).integers() != null ? ShapeOperators.reals(call, call.in(2)).values() : call.reals(2);
        long axis = call.integer("axis", -1);
        if (ids.network() == null || depth < 1 || depth > MOST_CLASSES || axis != -1 && axis != ids.rank()) {
            throw call.refuse("ids of shape " + ids.shape() + " as " + depth + " columns along axis " + axis,
                    "ids that are an input, as at most " + MOST_CLASSES + " columns along the last axis, can be imported");
        }
        int columns = (int) depth;
        float[] table = new float[Budget.take((long) columns * columns)];
        for (int i = 0; i < table.length; i++) {
            table[i] = values[i / columns == i % columns ? 1 : 0];
        }
        lookUp(call, Value.of(new Elements.Numbers(table), columns, columns), 0, ids);
    }
}
