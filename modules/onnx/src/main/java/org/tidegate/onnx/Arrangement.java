package org.tidegate.onnx;

import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.tidegate.Batch;
import org.tidegate.FrozenModel;
import org.tidegate.NodeSpec;
import org.tidegate.Session;
import org.tidegate.State;
import org.tidegate.Value;
import org.tidegate.onnx.OnnxSignature.Kind;
import org.tidegate.onnx.OnnxSignature.Part;
import org.tidegate.onnx.OnnxSignature.Port;
import org.tidegate.task.Worker;

/** Between arrays in the shapes of a file and the packed rows of its network. Immutable, for all threads. */
final class Arrangement {
    private static final String AXIS = "time";

    private final FrozenModel model;
    private final OnnxSignature signature;
    private final Map<String, Value> values = new HashMap<>();

    Arrangement(FrozenModel model, OnnxSignature signature) {
        this.model = model;
        this.signature = signature;
        model.values().forEach(value -> values.put(value.name(), value));
    }

    /** The sequences of a call: how many, the length of each, the greatest, and which have steps at all. */
    private record Sequences(int count, int[] lengths, int longest, int[] kept) {
        int[] keptLengths() {
            return Arrays.stream(kept).map(i -> lengths[i]).toArray();
        }
    }

    /** The shape of an array, and where the element of a sequence, step and column stands in it. */
    private static final class Shape {
        private static final int BATCH = -1;
        private static final int TIME = -2;

        private final Port port;
        private final int[] factors; // of all dimensions: BATCH, TIME or a number of columns
        private final int[] sizes;
        private final int columns;
        private final int batch;
        private final int time;

        Shape(Port port, int batch, int time) {
            this.port = port;
            this.batch = batch;
            this.time = time;
            factors = port.dims().stream().flatMap(dim -> Arrays.stream(dim.split("\\*"))).mapToInt(Shape::factor).toArray();
            sizes = port.dims().stream().mapToInt(dim -> Arrays.stream(dim.split("\\*")).mapToInt(factor -> size(factor(factor)))
                    .reduce(1, Math::multiplyExact)).toArray();
            columns = Arrays.stream(factors).filter(factor -> factor > 0).reduce(1, Math::multiplyExact);
        }

        private static int factor(String text) {
            return text.equals("batch") ? BATCH : Character.isDigit(text.charAt(0)) ? Integer.parseInt(text) : TIME;
        }

        private int size(int factor) {
            return factor == BATCH ? batch : factor == TIME ? time : factor;
        }

        boolean has(int factor) {
            return Arrays.stream(factors).anyMatch(each -> each == factor);
        }

        int count() {
            return Arrays.stream(sizes).reduce(1, Math::multiplyExact);
        }

        /** The size that an array gives a factor; 0 where the shape does not have it. */
        static int found(Port port, int[] shape, String factor) {
            for (int d = 0; d < shape.length; d++) {
                List<String> dim = List.of(port.dims().get(d).split("\\*"));
                if (dim.contains(factor)) {
                    int others = dim.stream().filter(other -> other.matches("[0-9]+")).mapToInt(Integer::parseInt).reduce(1,
                            Math::multiplyExact);
                    return dim.contains("batch") && dim.contains("time") ? 0 : shape[d] / others;
                }
            }
            return 0;
        }

        void check(NdArray array) {
            if (!Arrays.equals(sizes, array.shape())) {
                throw new IllegalArgumentException("input '" + port.name() + "' has the shape " + Arrays.toString(array.shape())
                        + "; expected "
                        + Arrays.toString(sizes) + ", which is " + port.shape());
            }
        }

        int at(int sequence, int step, int column) {
            int index = 0;
            int rest = columns;
            for (int factor : factors) {
                int here = factor == BATCH ? sequence : factor == TIME ? step : column / (rest /= factor) % factor;
                index = index * size(factor) + here;
            }
            return index;
        }
    }

    /**
     * Whether layers begin with what each call is given or computes, so that a session that carries their states would not read it again.
     * What is repeated at each step of whole sequences ({@code min_gru}, which nobody trains) a session that carries refuses itself.
     */
    boolean beginsWithInputs() {
        Map<String, NodeSpec> nodes = new HashMap<>();
        model.nodes().forEach(node -> nodes.put(node.name(), node));
        return model.nodes().stream().anyMatch(node -> Stream.of("h0", "c0").map(node.attributes()::get).filter(Objects::nonNull)
                .anyMatch(from -> isGiven(nodes, node(from), "min_gru".equals(node.attributes().get("cell")), new HashSet<>())));
    }

    private boolean isGiven(Map<String, NodeSpec> nodes, String name, boolean bySequence, Set<String> seen) {
        NodeSpec node = nodes.get(name);
        if (!seen.add(name) || node.op().equals("clip") && node.attributes().get("min").equals(node.attributes().get("max"))) {
            return false; // a number that was learned
        }
        if (node.op().equals("input") || node.op().equals("ids")) {
            return !bySequence || values.get(name).rows() == Value.Rows.PER_SEQUENCE;
        }
        return Stream.concat(node.inputs().stream(), Stream.of("h0", "c0").map(node.attributes()::get).filter(Objects::nonNull))
                .anyMatch(input -> isGiven(nodes, node(input), bySequence, seen));
    }

    private static String node(String value) {
        return value.contains(".") ? value.substring(0, value.indexOf('.')) : value;
    }

    /** Whether the model keeps the ends of chunks. */
    boolean hasContext() {
        return signature.inputs().stream().filter(port -> port.kind() == Kind.REAL && !port.parts().isEmpty())
                .anyMatch(port -> new Shape(port, 1, 1).columns > values.get(port.parts().get(0).value()).columns());
    }

    /** A call by itself: without what another one carried. */
    Map<String, NdArray> run(Worker worker, Map<String, NdArray> inputs) {
        return run(worker, inputs, false);
    }

    /**
     * A call.
     *
     * @param carries whether the session carries its state from call to call
     */
    Map<String, NdArray> run(Worker worker, Map<String, NdArray> inputs, boolean carries) {
        Sequences sequences = checked(inputs);
        if (sequences.kept.length > 0) {
            feed(worker.batch(), List.of(inputs), List.of(sequences));
            forward(worker, inputs, sequences, carries);
        }
        return outputs(worker, List.of(sequences)).get(0);
    }

    /** Calls by themselves, none of which gives a state, run as one batch: the sequences of all. */
    List<Map<String, NdArray>> runTogether(Worker worker, List<Map<String, NdArray>> calls) {
        List<Sequences> sequences = calls.stream().map(this::checked).toList();
        if (sequences.stream().anyMatch(each -> each.kept.length > 0)) {
            feed(worker.batch(), calls, sequences);
            worker.session().forward(worker.batch());
        }
        return outputs(worker, sequences);
    }

    /** Whether a call gives states for the session's to begin with. */
    boolean givesStates(Map<String, NdArray> inputs) {
        return signature.inputs().stream().anyMatch(port -> port.kind() == Kind.STATE && inputs.containsKey(port.name()));
    }

    /** How many sequences a call has. */
    int count(Map<String, NdArray> inputs) {
        return checked(inputs).count;
    }

    /** How many steps a call of one sequence has, which must be at least one. */
    int steps(Map<String, NdArray> inputs) {
        Sequences sequences = checked(inputs);
        if (sequences.count != 1 || sequences.kept.length == 0) {
            throw new IllegalArgumentException("a call of a sequence has steps of that one; it has " + sequences.count
                    + " sequences of the lengths " + Arrays.toString(sequences.lengths));
        }
        return sequences.lengths[0];
    }

    private Sequences checked(Map<String, NdArray> inputs) {
        Sequences sequences = sequences(signature, inputs);
        checkDimensions(inputs, sequences);
        return sequences;
    }

    /** A file whose output has no dimension of a batch is one for a single sequence, and so with steps. */
    private void checkDimensions(Map<String, NdArray> inputs, Sequences sequences) {
        for (Port port : signature.inputs()) {
            if (inputs.containsKey(port.name())) {
                new Shape(port, sequences.count, sequences.longest).check(inputs.get(port.name()));
            }
        }
        for (Port port : signature.outputs()) {
            Shape shape = new Shape(port, sequences.count, sequences.longest);
            boolean perStep = port.parts().stream().map(part -> values.get(part.value()))
                    .anyMatch(value -> value.rows() != Value.Rows.PER_SEQUENCE);
            if (sequences.count > 1 && !shape.has(Shape.BATCH)) {
                throw new IllegalArgumentException("output '" + port.name() + "' " + port.shape() + " is that of one sequence; got "
                        + sequences.count);
            }
            if (sequences.longest > 1 && perStep && !shape.has(Shape.TIME)) {
                throw new IllegalArgumentException("output '" + port.name() + "' " + port.shape() + " is that of one step; got "
                        + sequences.longest);
            }
        }
    }

    /** Which elements of an output belong to steps that are there; empty where that is not known. */
    static boolean[] present(OnnxSignature signature, String output, Map<String, NdArray> inputs) {
        Sequences sequences = sequences(signature, inputs);
        Port port = signature.outputs().stream().filter(each -> each.name().equals(output)).findFirst().orElseThrow();
        if (port.time() != null && !port.time().equals(AXIS)) {
            return new boolean[0]; // windows over steps: how many there are the session says
        }
        Shape shape = new Shape(port, sequences.count, sequences.longest);
        boolean[] present = new boolean[shape.count()];
        for (int s = 0; s < sequences.count; s++) {
            for (int t = 0; t < (port.time() != null ? sequences.lengths[s] : 1); t++) {
                for (int c = 0; c < shape.columns; c++) {
                    present[shape.at(s, t, c)] = true;
                }
            }
        }
        return present;
    }

    private static Sequences sequences(OnnxSignature signature, Map<String, NdArray> inputs) {
        List<String> names = signature.inputs().stream().map(Port::name).toList();
        inputs.keySet().stream().filter(name -> !names.contains(name)).findFirst().ifPresent(name -> {
            throw new IllegalArgumentException("there is no input '" + name + "'; the inputs are " + signature.inputs().stream()
                    .map(port -> port.name() + " " + port.shape()).collect(Collectors.joining(", ")));
        });
        int count = 1;
        int longest = 1;
        int[] lengths = null;
        for (Port port : signature.inputs()) {
            NdArray array = inputs.get(port.name());
            if (array == null && port.kind() == Kind.STATE && !inputs.containsKey(port.name())) {
                continue;
            }
            if (array == null) {
                throw new IllegalArgumentException("input '" + port.name() + "' " + port.shape() + " is missing");
            }
            if (array.shape().length != port.dims().size()) {
                throw new IllegalArgumentException("input '" + port.name() + "' has the shape " + Arrays.toString(array.shape())
                        + "; expected "
                        + port.shape());
            }
            boolean whole = port.kind() == Kind.IDS || port.kind() == Kind.LENGTHS;
            if (whole && array.integers() == null || port.kind() == Kind.STATE && array.reals() == null) {
                throw new IllegalArgumentException("input '" + port.name() + "' takes " + (whole ? "integers" : "reals"));
            }
            count = Math.max(count, Shape.found(port, array.shape(), "batch"));
            longest = Math.max(longest, Shape.found(port, array.shape(), "time"));
            if (port.kind() == Kind.LENGTHS) {
                lengths = Arrays.stream(array.integers()).mapToInt(length -> (int) Math.min(Integer.MAX_VALUE, Math.max(-1,
                        length))).toArray();
            }
        }
        int[] all = lengths == null ? new int[count] : lengths;
        if (lengths == null) {
            Arrays.fill(all, longest);
        }
        if (all.length != count || Arrays.stream(all).anyMatch(length -> length < 0) || Arrays.stream(all).max().orElse(0) > longest) {
            throw new IllegalArgumentException("lengths " + Arrays.toString(all) + " of " + count + " sequences of at most " + longest
                    + " steps");
        }
        return new Sequences(count, all, longest, IntStream.range(0, count).filter(i -> all[i] > 0).toArray());
    }

    /** The sequences of all calls, those of length 0 left out. */
    private void feed(Batch batch, List<Map<String, NdArray>> calls, List<Sequences> sequences) {
        batch.lengths(AXIS, sequences.stream().flatMapToInt(each -> Arrays.stream(each.keptLengths())).toArray());
        for (Port port : fed()) {
            Value node = values.get(port.parts().get(0).value());
            boolean perSequence = node.rows() == Value.Rows.PER_SEQUENCE;
            Rows to = new Rows(batch, port, node);
            int first = 0;
            for (int call = 0; call < calls.size(); call++) {
                Sequences own = sequences.get(call);
                NdArray array = calls.get(call).get(port.name());
                Shape shape = new Shape(port, own.count, own.longest);
                for (int s = 0; s < own.kept.length; s++) {
                    int from = own.kept[s];
                    for (int t = 0; t < (perSequence ? 1 : own.lengths[from]); t++) {
                        to.put(perSequence ? first + s : batch.row(AXIS, first + s, t), array, shape, from, t);
                    }
                }
                first += own.kept.length;
            }
        }
    }

    /** One step of calls of one sequence each. */
    void feedStep(Batch batch, List<Map<String, NdArray>> calls, int step) {
        batch.equalLengths(AXIS, calls.size(), 1);
        for (Port port : fed()) {
            Value node = values.get(port.parts().get(0).value());
            Rows to = new Rows(batch, port, node);
            for (int call = 0; call < calls.size(); call++) {
                Sequences own = sequences(signature, calls.get(call));
                to.put(call, calls.get(call).get(port.name()), new Shape(port, 1, own.longest), 0,
                        node.rows() == Value.Rows.PER_SEQUENCE ? 0 : step);
            }
        }
    }

    private List<Port> fed() {
        return signature.inputs().stream().filter(port -> (port.kind() == Kind.REAL || port.kind() == Kind.IDS) && !port.parts().isEmpty())
                .toList();
    }

    /** The rows of an input of a batch. */
    private static final class Rows {
        private final Port port;
        private final int columns;
        private final IntBuffer ids; // null of reals
        private final FloatBuffer reals; // null of ids

        Rows(Batch batch, Port port, Value node) {
            this.port = port;
            boolean takesIds = port.kind() == Kind.IDS;
            columns = takesIds ? 1 : (int) node.columns();
            ids = takesIds ? batch.writableIds(node.name()) : null;
            reals = takesIds ? null : batch.writableReals(node.name());
        }

        /** A row from where an array has it: its last columns, as the first are the overlap where the model keeps that itself. */
        void put(int row, NdArray array, Shape shape, int sequence, int step) {
            for (int c = 0; c < columns; c++) {
                int at = shape.at(sequence, step, c + shape.columns - columns);
                if (ids != null) {
                    ids.put(row, id(port, array.integers()[at]));
                } else {
                    reals.put(row * columns + c, array.reals() != null ? array.reals()[at] : array.integers()[at]);
                }
            }
        }
    }

    private static int id(Port port, long id) {
        if (id != (int) id) {
            throw new IllegalArgumentException("input '" + port.name() + "' has the id " + id);
        }
        return (int) id;
    }

    /**
     * Runs the session from the carried states. Those that are given stand for them; sequences without steps keep theirs. A call that fails
     * leaves the state as it was.
     */
    private void forward(Worker worker, Map<String, NdArray> inputs, Sequences sequences, boolean carries) {
        Session session = worker.session();
        List<Port> given = signature.inputs().stream().filter(port -> port.kind() == Kind.STATE
                && inputs.containsKey(port.name())).toList();
        boolean all = sequences.kept.length == sequences.count;
        if (given.isEmpty() && (all || !carries)) {
            session.forward(worker.batch());
            return;
        }
        State before = carries ? session.state() : State.of(0);
        if (before.isEmpty() && model.nodes().stream().anyMatch(node -> node.attributes().containsKey("h0"))) {
            throw new IllegalArgumentException("the layers begin with learned states, so that in the first call of a stream each sequence"
                    + " needs a step; the lengths are " + Arrays.toString(sequences.lengths));
        }
        Map<String, float[]> tables = tables(before, sequences.count);
        given.forEach(port -> put(port, inputs.get(port.name()), sequences, tables));
        session.setCarry(true);
        try {
            session.setState(State.of(sequences.kept.length, joined(tables, sequences.count, sequences.kept)));
            session.forward(worker.batch());
            if (!all) {
                State after = session.state();
                Map<String, float[]> kept = tables(after, sequences.kept.length);
                tables.forEach((name, table) -> {
                    int columns = table.length / sequences.count;
                    for (int s = 0; s < sequences.kept.length; s++) {
                        System.arraycopy(kept.get(name), s * columns, table, sequences.kept[s] * columns, columns);
                    }
                });
                session.setState(State.of(sequences.count, joined(tables, sequences.count, IntStream.range(0, sequences.count).toArray())));
            }
        } catch (RuntimeException e) {
            session.setState(before);
            throw e;
        }
    }

    /** The states of the layers, in the order of the network; zeros of the empty state. */
    private Map<String, float[]> tables(State state, int rows) {
        if (!state.isEmpty() && state.sequences() != rows) {
            throw new IllegalArgumentException("the stream carries the state of " + state.sequences() + " sequences; got " + rows);
        }
        float[] numbers = state.toArray();
        Map<String, float[]> tables = new LinkedHashMap<>();
        int at = 0;
        for (NodeSpec node : model.nodes()) {
            for (String port : List.of(".h_n", ".c_n")) {
                Value value = values.get(node.name() + port);
                if (value != null) {
                    int size = Math.multiplyExact(rows, (int) value.columns());
                    tables.put(value.name(), state.isEmpty() ? new float[size] : Arrays.copyOfRange(numbers, at, at + size));
                    at += size;
                }
            }
        }
        if (!state.isEmpty() && at != numbers.length) {
            throw new IllegalArgumentException("this model also keeps the ends of chunks, so that its states cannot be given, and all its"
                    + " sequences need steps in each call; set the state of the stream instead");
        }
        return tables;
    }

    private void put(Port port, NdArray array, Sequences sequences, Map<String, float[]> tables) {
        Shape shape = new Shape(port, sequences.count, sequences.longest);
        int column = 0;
        for (Part part : port.parts()) {
            float[] table = tables.get(part.value());
            int columns = table.length / sequences.count;
            for (int c = 0; c < part.count(); c++, column++) {
                for (int s = 0; s < sequences.count; s++) {
                    table[s * columns + part.first() + c] = array.reals()[shape.at(s, 0, column)];
                }
            }
        }
    }

    private static float[] joined(Map<String, float[]> tables, int rows, int[] chosen) {
        FloatBuffer all = FloatBuffer.allocate(tables.values().stream().mapToInt(table -> table.length / rows * chosen.length).sum());
        tables.values().forEach(table -> {
            int columns = table.length / rows;
            for (int row : chosen) {
                all.put(table, row * columns, columns);
            }
        });
        return all.array();
    }

    /** The outputs of calls whose sequences ran together. */
    private List<Map<String, NdArray>> outputs(Worker worker, List<Sequences> calls) {
        List<Map<String, NdArray>> outputs = new ArrayList<>();
        calls.forEach(call -> outputs.add(new LinkedHashMap<>()));
        int kept = calls.stream().mapToInt(call -> call.kept.length).sum();
        for (Port port : signature.outputs()) {
            int[] lengths = kept == 0 ? new int[0] : lengths(worker.session(), port, kept);
            boolean derived = port.time() != null && !port.time().equals(AXIS);
            List<Shape> shapes = new ArrayList<>();
            int first = 0;
            for (Sequences call : calls) {
                int longest = derived ? Arrays.stream(lengths, first, first + call.kept.length).max().orElse(0) : call.longest;
                shapes.add(new Shape(port, call.count, longest));
                first += call.kept.length;
            }
            List<float[]> numbers = shapes.stream().map(shape -> new float[shape.count()]).toList();
            int column = 0;
            for (Part part : kept == 0 ? List.<Part>of() : port.parts()) {
                put(worker.session(), part, column, lengths, calls, shapes, numbers);
                column += part.count();
            }
            for (int call = 0; call < calls.size(); call++) {
                outputs.get(call).put(port.name(), NdArray.of(shapes.get(call).sizes, numbers.get(call)));
            }
        }
        return outputs;
    }

    /** Puts the rows of a part where the outputs of the calls have them. */
    private void put(Session session, Part part, int column, int[] lengths, List<Sequences> calls, List<Shape> shapes,
            List<float[]> numbers) {
        Value value = values.get(part.value());
        float[] rows = session.output(part.value()).toArray();
        int width = (int) value.columns();
        int[] order = order(lengths, value.rows() == Value.Rows.PER_SEQUENCE);
        int[] owner = IntStream.range(0, calls.size())
                .flatMap(call -> IntStream.generate(() -> call).limit(calls.get(call).kept.length)).toArray();
        int[] own = calls.stream().flatMapToInt(call -> Arrays.stream(call.kept)).toArray();
        for (int t = 0, row = 0; t < Arrays.stream(lengths).max().orElse(0); t++) {
            for (int s : order) {
                if (lengths[s] <= t) {
                    continue;
                }
                for (int c = 0; c < part.count(); c++) {
                    numbers.get(owner[s])[shapes.get(owner[s]).at(own[s], t, column + c)] = rows[row * width + part.first() + c];
                }
                row++;
            }
        }
    }

    /** The outputs that lie in one value alone, of one sequence: its rows, one after another. */
    Map<String, NdArray> outputs(String value, float[] rows) {
        int width = (int) values.get(value).columns();
        int count = rows.length / width;
        Map<String, NdArray> outputs = new LinkedHashMap<>();
        for (Port port : within(value)) {
            Shape shape = new Shape(port, 1, count);
            float[] numbers = new float[shape.count()];
            int column = 0;
            for (Part part : port.parts()) {
                for (int t = 0; t < (shape.has(Shape.TIME) ? count : Math.min(1, count)); t++) {
                    for (int c = 0; c < part.count(); c++) {
                        numbers[shape.at(0, t, column + c)] = rows[t * width + part.first() + c];
                    }
                }
                column += part.count();
            }
            outputs.put(port.name(), NdArray.of(shape.sizes, numbers));
        }
        return outputs;
    }

    /** The outputs that lie in one value alone. */
    List<Port> within(String value) {
        return signature.outputs().stream().filter(port -> port.parts().stream().allMatch(part -> part.value().equals(value))).toList();
    }

    /** How many rows an output has of each sequence that is kept. */
    private int[] lengths(Session session, Port port, int kept) {
        Value value = values.get(port.parts().get(0).value());
        if (port.time() == null || value.rows() == Value.Rows.PER_SEQUENCE) {
            return IntStream.generate(() -> 1).limit(kept).toArray();
        }
        return session.lengths(value.axis().orElse(AXIS));
    }

    /** The sequences in the order of the rows of a step: the longest first, or as they are given. */
    private static int[] order(int[] lengths, boolean given) {
        IntStream all = IntStream.range(0, lengths.length);
        return given ? all.toArray() : all.boxed().sorted(Comparator.comparing(s -> -lengths[s])).mapToInt(s -> s).toArray();
    }
}
