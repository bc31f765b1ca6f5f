package org.tidegate.onnx.graph;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.tidegate.onnx.graph.RowAxis.Role;

/**
 * The order of a batch: exporters of PyTorch's pack_padded_sequence sort the sequences by their lengths (TopK), take them in that order
 * (Gather), and put the outputs back by the inverse order (ScatterElements). Packed rows need none of it.
 */
final class OrderOperators {
    private OrderOperators() {}

    static void addTo(Map<String, Operator> all) {
        Operator refused = all.get("TopK");
        all.put("TopK", call -> {
            if (!sorts(call)) {
                refused.lower(call);
            }
        });
        Operator scatter = all.get("ScatterElements");
        all.put("ScatterElements", call -> {
            if (call.inputs() == 3 && isOrder(call.in(1)) && (isOrder(call.in(2)) || counts(call.in(2)))) {
                call.out(call.in(1)); // where each sequence went
            } else {
                scatter.lower(call);
            }
        });
    }

    /** Lengths in the order of their sizes are the lengths, for sequences that stay where they are. */
    private static boolean sorts(Call call) {
        Value lengths = call.in(0);
        Source source = lengths.network() == null ? null : lengths.network().only();
        boolean all = call.in(1).integers() != null && call.in(1).elements().count() == 1 && lengths.rank() == 1
                && call.in(1).integers().values()[0].equals(lengths.size(0));
        if (source == null || !all || source.kind() != Source.Kind.LENGTHS && !call.walk().isInteger(source)) {
            return false;
        }
        if (source.kind() != Source.Kind.LENGTHS) {
            call.walk().learnLengths(call, source);
        }
        call.out(0, lengths);
        call.out(1, order(lengths.dims().get(0).get(0)));
        return true;
    }

    /** Numbers of sequences, one for each. */
    static Value order(Factor rows) {
        Source order = new Source("order", 1, Source.SEQUENCES, Source.Kind.ORDER);
        return new Value(List.of(List.of(rows)), Elements.Network.of(order));
    }

    /** Whether a value is 0, 1, 2, … */
    private static boolean counts(Value value) {
        Size[] numbers = value.integers() == null ? new Size[] {Size.UNKNOWN} : value.integers().values();
        return IntStream.range(0, numbers.length).allMatch(i -> numbers[i].equals(Size.of(i)));
    }

    static boolean isOrder(Value value) {
        return value.network() != null && value.network().only() != null && value.network().only().kind() == Source.Kind.ORDER;
    }

    /** Sequences in another order; they stay where they are. */
    static Value taken(Call call, Value x, int axis) {
        if (!call.learn(x, axis, Role.BATCH)) {
            throw call.refuse("the order of a batch chooses among " + x.size(axis) + " in " + x.shape(), null);
        }
        return x;
    }
}
