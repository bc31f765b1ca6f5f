package org.tidegate.onnx;

import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.tidegate.Batch;
import org.tidegate.Network;
import org.tidegate.NodeSpec;
import org.tidegate.Session;
import org.tidegate.State;
import org.tidegate.Value;
import org.tidegate.onnx.graph.Lowered;

/**
 * Runs an imported model with arrays in the shapes of its ONNX file: padded sequences go in and come out, lengths say how much of each is
 * meant, and what lies behind is 0. Sequences of length 0 are taken out and put back; their outputs are 0.
 *
 * <p>For serving use the model itself, whose rows are packed. Belongs to one thread at a time.
 */
public final class OnnxSession implements AutoCloseable {
    private static final String AXIS = "time";

    private final Lowered lowered;
    private final Network network;
    private final Session session;
    private final Batch batch;
    private final boolean steps; // each call is one step
    private final Map<String, Value> values = new TreeMap<>();

    OnnxSession(Network network, Lowered lowered) {
        this.lowered = lowered;
        this.network = network;
        session = network.newSession();
        batch = network.newBatch();
        steps = lowered.inputs().stream().noneMatch(port -> port.dims().stream().anyMatch(dim -> dim.contains("time")));
        boolean carries = lowered.inputs().stream().anyMatch(port -> port.kind() == Lowered.Kind.STATE);
        session.setCarry(carries || steps);
        network.values().forEach(value -> values.put(value.name(), value));
    }

    /** Forgets the carried state. */
    public void reset() {
        session.reset();
    }

    @Override
    public void close() {
        session.close();
    }

    /** Positions of an array: which element a sequence, a step and a column are. */
    private static final class Layout {
        private final int[] shape;
        private final List<List<String>> dims;
        int sequences = 1;
        int steps = 1;
        int columns = 1;

        Layout(Lowered.Port port, int sequences, int steps) {
            this(port, null, sequences, steps);
        }

        Layout(Lowered.Port port, int[] given, int sequences, int steps) {
            dims = port.dims().stream().map(dim -> List.of(dim.split("\\*"))).toList();
            shape = new int[dims.size()];
            for (int d = 0; d < shape.length; d++) {
                int size = 1;
                int open = -1;
                for (String factor : dims.get(d)) {
                    if (factor.equals("batch") && given != null || factor.equals("time") && given != null) {
                        open = factor.equals("batch") ? 0 : 1;
                    } else {
                        size *= factor.equals("batch") ? sequences : factor.equals("time") ? steps : Integer.parseInt(factor);
                    }
                }
                shape[d] = given == null ? size : given[d];
                if (open == 0) {
                    this.sequences = given[d] / size;
                } else if (open == 1) {
                    this.steps = given[d] / size;
                }
            }
            if (given == null) {
                this.sequences = sequences;
                this.steps = steps;
            }
            for (List<String> dim : dims) {
                for (String factor : dim) {
                    columns *= factor.equals("batch") || factor.equals("time") ? 1 : Integer.parseInt(factor);
                }
            }
        }

        int at(int sequence, int step, int column) {
            int index = 0;
            int rest = columns;
            for (List<String> dim : dims) {
                for (String factor : dim) {
                    if (factor.equals("batch")) {
                        index = index * sequences + sequence;
                    } else if (factor.equals("time")) {
                        index = index * steps + step;
                    } else {
                        int size = Integer.parseInt(factor);
                        rest /= size;
                        index = index * size + column / rest % size;
                    }
                }
            }
            return index;
        }
    }

    /**
     * Runs the model.
     *
     * @param inputs the inputs of the file by their names, but for those that are bound or carried
     * @return its outputs by their names, but for states that are carried
     * @throws IllegalArgumentException if an input is missing or has another shape
     */
    public Map<String, NdArray> run(Map<String, NdArray> inputs) {
        int sequences = 1;
        int longest = 1;
        int[] lengths = null;
        for (Lowered.Port port : lowered.inputs()) {
            NdArray array = inputs.get(port.name());
            if (port.kind() == Lowered.Kind.STATE) {
                continue;
            }
            if (array == null) {
                throw new IllegalArgumentException("input '" + port.name() + "' is missing");
            }
            if (array.shape().length != port.dims().size()) {
                throw new IllegalArgumentException("input '" + port.name() + "' has the shape " + Arrays.toString(array.shape()) + ", expected "
                        + port.dims());
            }
            Layout layout = new Layout(port, array.shape(), 0, 0);
            if (port.dims().stream().anyMatch(dim -> dim.contains("batch"))) {
                sequences = layout.sequences;
            }
            if (port.dims().stream().anyMatch(dim -> dim.contains("time"))) {
                longest = layout.steps;
            }
            if (port.kind() == Lowered.Kind.LENGTHS) {
                lengths = Arrays.stream(array.integers()).mapToInt(Math::toIntExact).toArray();
            }
        }
        if (lengths == null) {
            lengths = new int[sequences];
            Arrays.fill(lengths, longest);
        }
        int[] all = lengths;
        int[] kept = IntStream.range(0, sequences).filter(i -> all[i] > 0).toArray();
        Map<String, NdArray> outputs = new LinkedHashMap<>();
        if (kept.length > 0) {
            feed(inputs, kept, Arrays.stream(kept).map(i -> all[i]).toArray(), sequences, longest);
        }
        for (Lowered.Port port : lowered.outputs()) {
            outputs.put(port.name(), output(port, kept, lengths, sequences, longest));
        }
        return outputs;
    }

    private void feed(Map<String, NdArray> inputs, int[] kept, int[] lengths, int sequences, int longest) {
        batch.lengths(AXIS, lengths);
        for (Lowered.Port port : lowered.inputs()) {
            if (port.parts().isEmpty() || port.kind() == Lowered.Kind.STATE) {
                continue;
            }
            NdArray array = inputs.get(port.name());
            Value node = values.get(port.parts().get(0).value());
            Layout layout = new Layout(port, sequences, longest);
            int expected = IntStream.of(layout.shape).reduce(1, Math::multiplyExact);
            if (!Arrays.equals(layout.shape, array.shape()) || expected != (array.reals() != null ? array.reals().length : array.integers().length)) {
                throw new IllegalArgumentException("input '" + port.name() + "' has the shape " + Arrays.toString(array.shape()) + ", expected "
                        + Arrays.toString(layout.shape));
            }
            boolean ids = port.kind() == Lowered.Kind.IDS;
            int columns = ids ? 1 : (int) node.columns();
            int skipped = layout.columns - columns; // the overlap that the model keeps itself
            IntBuffer toIds = ids ? batch.writableIds(node.name()) : null;
            FloatBuffer toReals = ids ? null : batch.writableReals(node.name());
            boolean perSequence = node.rows() == Value.Rows.PER_SEQUENCE;
            for (int s = 0; s < kept.length; s++) {
                for (int t = 0; t < (perSequence ? 1 : lengths[s]); t++) {
                    int row = perSequence ? s : batch.row(AXIS, s, t);
                    for (int c = 0; c < columns; c++) {
                        int at = layout.at(kept[s], t, c + skipped);
                        if (ids) {
                            toIds.put(row, Math.toIntExact(array.integers()[at]));
                        } else {
                            toReals.put(row * columns + c, array.reals() != null ? array.reals()[at] : array.integers()[at]);
                        }
                    }
                }
            }
        }
        setStates(inputs, kept, sequences);
        session.forward(batch);
    }

    /** Carried states that are given stand for those of the session: the tables of its layers, in the order of the network. */
    private void setStates(Map<String, NdArray> inputs, int[] kept, int sequences) {
        List<Lowered.Port> given = lowered.inputs().stream().filter(port -> port.kind() == Lowered.Kind.STATE && inputs.containsKey(port.name()))
                .toList();
        if (given.isEmpty()) {
            return;
        }
        Map<String, float[]> tables = new LinkedHashMap<>();
        for (NodeSpec node : network.nodes()) {
            for (String port : List.of(".h_n", ".c_n")) {
                Value value = values.get(node.name() + port);
                if (value != null) {
                    tables.put(value.name(), new float[kept.length * (int) value.columns()]);
                }
            }
        }
        for (Lowered.Port port : given) {
            NdArray array = inputs.get(port.name());
            Layout layout = new Layout(port, sequences, 1);
            for (int c = 0; c < port.parts().size(); c++) {
                Lowered.Part part = port.parts().get(c);
                float[] table = tables.get(part.value());
                int columns = table.length / kept.length;
                for (int s = 0; s < kept.length; s++) {
                    table[s * columns + part.first()] = array.reals()[layout.at(kept[s], 0, c)];
                }
            }
        }
        int count = tables.values().stream().mapToInt(table -> table.length).sum();
        FloatBuffer all = FloatBuffer.allocate(count);
        tables.values().forEach(all::put);
        session.setState(State.of(kept.length, all.array()));
    }

    private NdArray output(Lowered.Port port, int[] kept, int[] lengths, int sequences, int longest) {
        Layout layout = new Layout(port, sequences, longest);
        float[] numbers = new float[IntStream.of(layout.shape).reduce(1, Math::multiplyExact)];
        if (kept.length > 0) {
            int column = 0;
            List<float[]> parts = new ArrayList<>();
            for (Lowered.Part part : port.parts()) {
                parts.add(session.output(part.value()).toArray());
            }
            for (int p = 0; p < parts.size(); p++) {
                Lowered.Part part = port.parts().get(p);
                Value value = values.get(part.value());
                boolean perSequence = value.rows() == Value.Rows.PER_SEQUENCE;
                boolean hasTime = port.dims().stream().anyMatch(dim -> dim.contains("time"));
                for (int c = 0; c < part.count(); c++) {
                    for (int s = 0; s < kept.length; s++) {
                        for (int t = 0; t < (perSequence || !hasTime ? 1 : lengths[kept[s]]); t++) {
                            int row = perSequence ? s : batch.row(AXIS, s, t);
                            numbers[layout.at(kept[s], t, column + c)] = parts.get(p)[row * (int) value.columns() + part.first() + c];
                        }
                    }
                }
                column += part.count();
            }
        }
        return NdArray.of(layout.shape, numbers);
    }
}
