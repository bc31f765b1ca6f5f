package org.tidegate.onnx.graph;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.tidegate.onnx.graph.RowAxis.Role;

/** Borders and repetitions. Of columns they only say which element stands where; a border along time goes to the convolution behind it. */
final class PaddingOperators {
    private static final int MOST = 1 << 24; // columns

    private PaddingOperators() {}

    static void addTo(Map<String, Operator> all) {
        all.put("Pad", PaddingOperators::pad);
        all.put("Tile", PaddingOperators::tile);
    }

    private static void pad(Call call) {
        Value x = call.in(0);
        List<Long> pads = call.integers("pads", 1);
        String mode = call.string("mode", "constant");
        List<Long> axes = call.has(3) ? call.known(3) : null;
        int[] dims = axes == null ? IntStream.range(0, x.rank()).toArray() : axes.stream().mapToInt(x::dimension).toArray();
        if (pads == null || pads.size() != 2 * dims.length) {
            throw call.refuse("its pads are " + pads + " for " + dims.length + " dimensions", null);
        }
        Value number = call.has(2) ? call.in(2) : x.integers() != null ? Value.of(Size.ZERO) : Value.of((float) call.number("value", 0));
        for (int i = 0; i < dims.length; i++) {
            long before = pads.get(i);
            long after = pads.get(dims.length + i);
            if (before != 0 || after != 0) {
                x = padded(call, x, dims[i], before, after, mode, number);
            }
        }
        call.out(x);
    }

    private static Value padded(Call call, Value x, int d, long before, long after, String mode, Value number) {
        if (!x.isColumns(d)) {
            call.walk().guessColumns(x, d);
            return inTime(call, x, d, before, after, mode, number);
        }
        int size = x.columns(d);
        if (Math.abs(before) > MOST || Math.abs(after) > MOST || size + before + after > MOST || size + before + after < 0) {
            throw call.refuse("pads of " + before + " and " + after + " around " + size, null);
        }
        int first = (int) -before;
        int end = (int) (size + after);
        if (mode.equals("constant")) {
            Value inner = x.taken(d, IntStream.range(Math.max(0, first), Math.max(Math.max(0, first), Math.min(size, end))).toArray());
            List<Value> parts = new ArrayList<>();
            parts.add(border(inner, d, Math.max(0, (int) before), number));
            parts.add(inner);
            parts.add(border(inner, d, Math.max(0, (int) after), number));
            List<Value> there = parts.stream().filter(part -> part.elements().count() > 0).toList();
            return there.isEmpty() ? inner : Value.concat(d, there);
        }
        return x.taken(d, IntStream.range(first, first + Budget.take(Math.max(0, end - first)))
                .map(i -> index(call, i, size, mode)).toArray());
    }

    private static int index(Call call, int i, int size, String mode) {
        switch (mode) {
            case "edge":
                return Math.max(0, Math.min(size - 1, i));
            case "wrap":
                return Math.floorMod(i, size);
            case "reflect":
                int mirrored = i < 0 ? -i : i >= size ? 2 * (size - 1) - i : i;
                if (mirrored < 0 || mirrored >= size) {
                    throw call.refuse("it reflects further than the " + size + " that there are", null);
                }
                return mirrored;
            default:
                throw call.refuse("its mode is '" + mode + "'; constant, reflect, edge or wrap is meant", null);
        }
    }

    /** That number in a shape that differs from a value's in one dimension. */
    private static Value border(Value inner, int d, int size, Value number) {
        List<List<Factor>> dims = new ArrayList<>(inner.dims());
        dims.set(d, List.of(new Factor.Columns(size)));
        long others = (long) inner.columns(0, d) * inner.columns(d + 1, inner.rank());
        return new Value(dims, number.elements().select(new int[Budget.take(others * size)]));
    }

    private static Value inTime(Call call, Value x, int d, long before, long after, String mode, Value number) {
        boolean zeros = mode.equals("constant") && number.numbers() != null && number.numbers().all(0);
        if (x.network() == null || x.axis(d) == null || before < 0 || after < 0 || !zeros && !mode.equals("reflect")
                || x.axis(d).padding() != null || !call.learn(x, d, Role.TIME)) {
            throw call.refuse("pads of " + before + " and " + after + " (" + mode + ") along " + x.size(d) + " of " + x.shape(),
                    "zeros or a reflected border around time, in front of a convolution, can be imported");
        }
        RowAxis axis = x.axis(d);
        if (Arrays.stream(x.network().sources()).anyMatch(source -> source != null && source.perSequence())) {
            x = x.with(Elements.Network.of(call.steps(x, axis)));
        }
        RowAxis.Padding padding = new RowAxis.Padding(axis, Math.toIntExact(before), Math.toIntExact(after), mode.equals("reflect"));
        RowAxis made = RowAxis.padded(padding);
        List<List<Factor>> dims = new ArrayList<>(x.dims());
        dims.set(d, List.of(new Factor.Rows(made)));
        return new Value(dims, Draft.onRows(x.network(), made.name()));
    }

    private static void tile(Call call) {
        Value x = call.in(0);
        Value repeats = call.in(1);
        if (repeats.integers() == null || repeats.elements().count() != x.rank()) {
            throw call.refuse("its repeats of shape " + repeats.shape() + " are not known for each of " + x.rank() + " dimensions", null);
        }
        for (int d = 0; d < x.rank(); d++) {
            Size times = repeats.integers().values()[d];
            if (times.equals(Size.ONE)) {
                continue;
            }
            if (x.dims().get(d).isEmpty()) {
                List<List<Factor>> dims = new ArrayList<>(x.dims());
                dims.set(d, call.walk().factors(call, times));
                x = x.spread(dims);
                continue;
            }
            if (times.constant().isEmpty() || !x.isColumns(d)) {
                throw call.refuse(times + " times " + x.size(d) + " of " + x.shape(), "columns can be repeated, and a 1 along time");
            }
            int size = x.columns(d);
            int count = Math.toIntExact(Math.multiplyExact(times.constant().getAsLong(), size));
            if (count > MOST) {
                throw call.refuse(count + " columns; at most " + MOST, null);
            }
            x = x.taken(d, IntStream.range(0, Budget.take(count)).map(i -> i % size).toArray());
        }
        call.out(x);
    }
}
