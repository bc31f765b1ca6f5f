/* What a request gives a network. */
package org.tidegate.server.network;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToIntFunction;
import org.tidegate.Value;
import org.tidegate.server.protocol.InferenceRequest;
import org.tidegate.server.protocol.InferenceTensor;
import org.tidegate.server.protocol.ProtocolException;

/**
 * A request that was read and checked. All axes have the same number of sequences.
 *
 * @param outputs the values that are wanted
 * @param inputs the rows of the inputs that these follow from
 * @param layouts how the sequences of each axis are arranged
 */
record NetworkRequest(List<Value> outputs, Map<String, Rows> inputs, Map<String, Layout> layouts) {
    /** Of all sequences of an axis, padded, where no input has so many rows. */
    private static final int MOST_STEPS = 1 << 20;

    int sequences() {
        return layouts.values().iterator().next().sequences();
    }

    /** A whole request: each window over the steps of a sequence is filled once. */
    static NetworkRequest read(Ports ports, List<Value> outputs, InferenceRequest request) {
        return read(ports, outputs, request, ports.leastLengths()::get);
    }

    /** Steps of a sequence, of which those before and behind them fill the windows, too. */
    static NetworkRequest readSteps(Ports ports, Value output, InferenceRequest request) {
        return read(ports, List.of(output), request, axis -> 1);
    }

    private static NetworkRequest read(Ports ports, List<Value> outputs, InferenceRequest request, ToIntFunction<String> least) {
        Set<String> needed = new LinkedHashSet<>();
        outputs.forEach(output -> needed.addAll(ports.sources(output.name())));
        Map<String, List<Value>> byAxis = new LinkedHashMap<>();
        Map<String, Rows> rows = new LinkedHashMap<>();
        for (Value input : ports.inputs().values()) {
            if (needed.contains(input.name())) {
                byAxis.computeIfAbsent(Ports.axis(input), axis -> new ArrayList<>()).add(input);
                rows.put(input.name(), Rows.of(input, request.input(input.name())));
            }
        }
        Map<String, Layout> layouts = new LinkedHashMap<>();
        byAxis.forEach((axis, inputs) -> layouts.put(axis, layout(axis, inputs, least.applyAsInt(axis), request)));
        int[] counts = layouts.values().stream().mapToInt(Layout::sequences).distinct().toArray();
        if (counts.length > 1) {
            throw ProtocolException.invalid("the axes " + String.join(", ", layouts.keySet()) + " have "
                    + Arrays.toString(layouts.values().stream().mapToInt(Layout::sequences).toArray())
                    + " sequences; expected as many of each");
        }
        return new NetworkRequest(outputs, rows, layouts);
    }

    private static Layout layout(String axis, List<Value> inputs, int least, InferenceRequest request) {
        int[] lengths = request.find(axis + Ports.LENGTHS).map(given -> lengths(given, least)).orElse(null);
        Layout layout = null;
        for (Value input : inputs) {
            if (input.rows() == Value.Rows.PER_STEP) {
                Layout found = perStep(axis, input, request.input(input.name()), lengths);
                if (layout != null && (layout.padded() != found.padded() || layout.sequences() != found.sequences())) {
                    throw ProtocolException.invalid("the inputs of axis '" + axis + "' differ in their sequences or steps;"
                            + " expected one shape [N, T] of all, or one after another of all");
                }
                layout = found;
            }
        }
        if (layout == null) { // nothing but inputs of sequences
            InferenceTensor first = request.input(inputs.get(0).name());
            if (first.count() == 0) {
                throw noSequence(axis);
            }
            layout = lengths == null ? Layout.equal(first.rank() == 0 ? 0 : (int) first.dim(0), 1) : withoutSteps(axis, lengths);
        }
        for (Value input : inputs) {
            if (input.rows() != Value.Rows.PER_STEP) {
                checkPerSequence(axis, input, request.input(input.name()), layout.sequences());
            }
        }
        if (layout.sequences() == 0) {
            throw noSequence(axis);
        }
        if (lengths == null) {
            checkLength(axis, 0, layout.lengths()[0], least);
        }
        return layout;
    }

    /** Of lengths that are given by themselves: what they name costs a client nothing. */
    private static Layout withoutSteps(String axis, int... lengths) {
        long rows = (long) lengths.length * Arrays.stream(lengths).max().orElse(0);
        if (rows > MOST_STEPS) {
            throw ProtocolException.invalid("'" + axis + Ports.LENGTHS + "' has " + lengths.length + " lengths, " + rows
                    + " steps with all as long as the longest; expected at most " + MOST_STEPS + " where no input has steps. Split the request");
        }
        return Layout.padded(lengths);
    }

    private static ProtocolException noSequence(String axis) {
        return ProtocolException.invalid("axis '" + axis + "' has no sequence; expected at least one");
    }

    private static int[] lengths(InferenceTensor given, int least) {
        if (given.rank() != 1 && !(given.rank() == 2 && given.dim(1) == 1)) {
            throw wrongShape(given, "[N], the length of each sequence");
        }
        int[] lengths = given.ints();
        String axis = given.name().substring(0, given.name().length() - Ports.LENGTHS.length());
        for (int s = 0; s < lengths.length; s++) {
            checkLength(axis, s, lengths[s], least);
        }
        return lengths;
    }

    private static void checkLength(String axis, int sequence, int length, int least) {
        if (length < least) {
            throw ProtocolException.invalid("sequence " + sequence + " of axis '" + axis + "' has " + length + " steps; expected at least "
                    + least + (least > 1 ? ", the steps of the network's windows" : "; leave empty sequences out"));
        }
    }

    /** [N, T, C] or [R, C]; where C is 1, as of ids, [N, T] or [R], too. */
    private static Layout perStep(String axis, Value input, InferenceTensor tensor, int[] lengths) {
        long columns = input.kind() == Value.Kind.REAL ? input.columns() : 1;
        long last = tensor.rank() == 0 ? 0 : tensor.dim(tensor.rank() - 1);
        int named = tensor.rank(); // the dimensions before that of columns
        if (named == 3 || named == 2 && last == columns && (columns > 1 || isOneAfterAnother(tensor, lengths))) {
            named--;
        } else if (columns > 1) {
            named = 0;
        }
        if (named < 1 || named > 2 || named < tensor.rank() && last != columns) {
            throw wrongShape(tensor, columns == 1 ? "[N, T], or [R] with '" + axis + Ports.LENGTHS + "'"
                    : "[N, T, " + columns + "], or [R, " + columns + "] with '" + axis + Ports.LENGTHS + "'");
        }
        if (named == 2) {
            return padded(axis, tensor, lengths);
        }
        long rows = lengths == null ? 0 : Arrays.stream(lengths).asLongStream().sum();
        if (lengths == null || rows != tensor.dim(0)) {
            throw ProtocolException.invalid("input '" + tensor.name() + "' has " + tensor.dim(0) + " steps, one after another; expected '"
                    + axis + Ports.LENGTHS + "' to add up to them" + (lengths == null ? "" : ", they add up to " + rows));
        }
        return new Layout(lengths, 0);
    }

    private static boolean isOneAfterAnother(InferenceTensor tensor, int[] lengths) {
        return lengths != null && lengths.length != tensor.dim(0);
    }

    private static Layout padded(String axis, InferenceTensor tensor, int[] lengths) {
        if (tensor.dim(0) == 0) {
            throw noSequence(axis);
        }
        if (tensor.count() == 0) { // whatever its number of sequences is
            throw ProtocolException.invalid("input '" + tensor.name() + "' has 0 steps; expected at least one of each sequence");
        }
        int sequences = (int) tensor.dim(0);
        int steps = (int) tensor.dim(1);
        if (lengths == null) {
            return Layout.equal(sequences, steps);
        }
        int longest = Arrays.stream(lengths).max().orElse(0);
        if (lengths.length != sequences || longest > steps) {
            throw ProtocolException.invalid("'" + axis + Ports.LENGTHS + "' has " + lengths.length + " lengths of at most " + longest
                    + "; input '" + tensor.name() + "' has " + sequences + " sequences of " + steps + " steps");
        }
        return new Layout(lengths, steps);
    }

    private static void checkPerSequence(String axis, Value input, InferenceTensor tensor, int sequences) {
        long columns = input.kind() == Value.Kind.REAL ? input.columns() : 1;
        boolean fits = tensor.rank() == 2 && tensor.dim(1) == columns || tensor.rank() == 1 && columns == 1;
        if (!fits || tensor.dim(0) != sequences) {
            throw wrongShape(tensor, (columns == 1 ? "[N]" : "[N, " + columns + "]") + ", a row for each of the " + sequences
                    + " sequences of axis '" + axis + "'");
        }
    }

    private static ProtocolException wrongShape(InferenceTensor tensor, String expected) {
        return ProtocolException.invalid("input '" + tensor.name() + "' has the shape " + Arrays.toString(tensor.shape())
                + "; expected " + expected);
    }
}
