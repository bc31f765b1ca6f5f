package org.tidegate.onnx.graph;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import org.tidegate.onnx.file.TensorData;
import org.tidegate.onnx.graph.RowAxis.Role;

/** One walk through a graph: each node in order becomes nodes of the network, or is computed where its inputs are known. */
final class Walk {
    private static final String TIME = "time";
    private static final int MOST_DEPTH = 64;

    private final Request request;
    private final Knowledge knowledge;
    private final Draft draft = new Draft();
    private final RowAxis batch;
    private final RowAxis time;
    private final Map<String, Source> inputs = new LinkedHashMap<>();
    private final Map<String, Value> inputValues = new LinkedHashMap<>();
    private final RecurrentStates states = new RecurrentStates();
    private final Map<Knowledge.Place, RowAxis> unknown = new HashMap<>();
    private final Map<String, RowAxis> derived = new LinkedHashMap<>();
    private final Scope root = new Scope(null);
    private final Set<String> read = new HashSet<>();
    private final Set<String> notes = new LinkedHashSet<>();
    private int depth;

    Walk(Request request, Knowledge knowledge) {
        this.request = request;
        this.knowledge = knowledge;
        batch = new RowAxis("batch", Role.BATCH, knowledge.known(Role.BATCH, request), null);
        time = new RowAxis(TIME, Role.TIME, knowledge.known(Role.TIME, request), null);
    }

    Draft draft() {
        return draft;
    }

    /** The version of the operators of a domain. */
    long opset(String domain) {
        return request.opset(domain);
    }

    /** Through all of the graph. */
    Map<String, Value> run() {
        GraphProto graph = request.graph();
        for (ValueInfoProto input : graph.getInputList()) {
            if (!request.isInitializer(input.getName())) {
                Value value = input(input);
                inputValues.put(input.getName(), value);
                root.set(input.getName(), value);
            }
        }
        run(graph, root);
        Map<String, Value> outputs = new LinkedHashMap<>();
        for (ValueInfoProto output : graph.getOutputList()) {
            outputs.put(output.getName(), root.get(output.getName()));
        }
        learnCarried(outputs);
        learnRest();
        return outputs;
    }

    Map<String, Value> inputs() {
        return inputValues;
    }

    /** The nodes of a graph in order, those that an output needs. */
    void run(GraphProto graph, Scope scope) {
        if (++depth > MOST_DEPTH) {
            throw new Refusal("graphs within graphs, more than " + MOST_DEPTH + " deep");
        }
        for (TensorProto tensor : graph.getInitializerList()) {
            scope.set(tensor.getName(), tensor(tensor));
        }
        Set<String> needed = request.needed(graph);
        read.addAll(needed);
        for (NodeProto node : graph.getNodeList()) {
            if (node.getOutputList().stream().noneMatch(needed::contains)) {
                continue;
            }
            Call call = new Call(this, node, scope);
            Operator operator = request.isStandard(node.getDomain()) ? Operators.of(node.getOpType()) : null;
            if (operator == null) {
                String advice = request.adviceFor(node);
                throw call.refuse("there is no such operator here" + (node.getDomain().isEmpty() ? "" : " (domain " + node.getDomain()
                        + ")"),
                        advice != null ? advice : "the operators of ONNX itself around RNN, LSTM and GRU can be imported, of those there are "
                                + Operators.count() + " from Abs to Xor");
            }
            call.lower(operator);
        }
        depth--;
    }

    /** The value of a tensor of the file. */
    Value tensor(TensorProto tensor) {
        return request.tensor(tensor);
    }

    /** Something that the user should know. */
    void note(String text) {
        notes.add(text);
    }

    List<String> notes() {
        return List.copyOf(notes);
    }

    boolean isFromPyTorch() {
        return request.isFromPyTorch();
    }

    // ---- Inputs

    private Value input(ValueInfoProto input) {
        String name = input.getName();
        Value bound = request.bound(name);
        if (bound != null) {
            return bound;
        }
        int type = input.getType().getTensorType().getElemType();
        if (!input.getType().hasTensorType() || !TensorData.isReal(type) && !TensorData.isInteger(type) && type != TensorData.BOOL) {
            throw new Refusal("input '" + name + "' is no tensor of numbers; bind it (--bind " + name + "=VALUE) or export without it");
        }
        List<Request.Dimension> shape = request.shape(input);
        if (shape.isEmpty() && TensorData.isInteger(type)) {
            // A scalar, as a sampling rate: only a binding tells what it is.
            return new Value(List.of(), Elements.Network.of(source(name, 1, List.of())));
        }
        List<List<Factor>> dims = new ArrayList<>();
        List<RowAxis> axes = new ArrayList<>();
        for (int d = 0; d < shape.size(); d++) {
            Request.Dimension dimension = shape.get(d);
            Knowledge.Place place = request.place(name, d, dimension);
            Role role = knowledge.role(place);
            if (role == Role.UNKNOWN && request.looksLikeColumns(shape, d)) {
                knowledge.guessByShape(place, Role.COLUMN);
            }
            if (role == Role.COLUMN) {
                if (dimension.known() <= 0) {
                    throw new Refusal("input '" + name + "': dimension " + d + " is not set in the file, and the graph needs its size; "
                            + request.shapeAdvice(name, shape, d));
                }
                dims.add(List.of(new Factor.Columns(Math.toIntExact(dimension.known()))));
                continue;
            }
            if (dimension.known() > 0 && !dimension.said() && (role == Role.TIME || role == Role.BATCH && dimension.known() > 1)) {
                note((role == Role.TIME ? "time" : "the batch") + " is fixed to " + dimension.known()
                        + " in the file, as tracing an example leaves it; here it is open");
            }
            RowAxis axis = role == Role.BATCH ? batch : role == Role.TIME ? time
                    : unknown.computeIfAbsent(place, of -> new RowAxis(dimension.name() == null ? of.input() + "." + of.dimension()
                            : dimension.name(), Role.UNKNOWN, dimension.known(), of));
            if (axes.contains(axis)) {
                dropGuesses();
                throw new Refusal("input '" + name + "': dimension " + d + " would be " + axis + " like another one of it; "
                        + request.shapeAdvice(name, shape));
            }
            dims.add(List.of(new Factor.Rows(axis)));
            axes.add(axis);
        }
        int columns = dims.stream().flatMap(List::stream).mapToInt(factor -> factor instanceof Factor.Columns c ? c.size() : 1)
                .reduce(1, Math::multiplyExact);
        return new Value(dims, Elements.Network.of(source(name, columns, axes)));
    }

    /** The node of an input. */
    private Source source(String name, int columns, List<RowAxis> axes) {
        if (knowledge.isLengths(name)) {
            return new Source(name, columns, Source.SEQUENCES, Source.Kind.LENGTHS);
        }
        if (knowledge.isCarried(name)) {
            return new Source(name, columns, Source.SEQUENCES, Source.Kind.STATE);
        }
        String rows = isPerSequence(name, axes) ? Source.SEQUENCES : TIME;
        Map<String, String> attributes = new LinkedHashMap<>(Map.of("axis", TIME));
        if (rows.equals(Source.SEQUENCES)) {
            attributes.put("per", "sequence");
        }
        boolean ids = knowledge.isIds(name);
        int context = ids ? 0 : request.context(name);
        if (!ids) {
            attributes.put("cols", "" + (columns - context));
        }
        if (context > 0 && (context >= columns || 2 * context > columns || rows.equals(Source.SEQUENCES))) {
            throw new Refusal("the context of " + context + " columns of input '" + name + "' is more than the chunk behind it has: a row has "
                    + (columns > 1 ? columns + " columns in all" : "no columns that are known; " + needShapes()));
        }
        Source node = draft.node(name, ids ? "ids" : "input", List.of(), attributes, columns - context, rows);
        inputs.put(name, node);
        if (context > 0) {
            // Only the end of a chunk is kept, for the next one.
            String kept = "" + context;
            Source end = draft.node(name + "_end", "slice", List.of(node), orderedMap("first", "" + (columns - 2 * context), "count", kept), context, rows);
            Source ends = draft.node(name + "_ends", "frames", end, orderedMap("size", "2", "stride", "1", "pad", "1,0"), 2 * context);
            Source before = draft.node(name + "_before", "slice", ends, orderedMap("first", "0", "count", kept), context);
            node = draft.node(name + "_context", "concat", List.of(before, node), Map.of(), columns, rows);
        }
        return node;
    }

    private static Map<String, String> orderedMap(String... pairs) {
        Map<String, String> map = new LinkedHashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            map.put(pairs[i], pairs[i + 1]);
        }
        return map;
    }

    private boolean isPerSequence(String name, List<RowAxis> axes) {
        return knowledge.isPerSequence(name)
                || knowledge.hasTime() && axes.stream().noneMatch(axis -> axis.role() == Role.TIME || axis.role() == Role.UNKNOWN);
    }

    /** The node of each input that is one. */
    Map<String, Source> inputNodes() {
        return inputs;
    }

    // ---- What is learned

    boolean learn(Value value, int dimension, Role role) {
        RowAxis axis = value.axis(dimension);
        return axis != null && learn(axis, role);
    }

    boolean learn(RowAxis axis, Role role) {
        return axis.role() == role || axis.place() != null && knowledge.learn(axis.place(), role);
    }

    void learnIds(Call call, Source source) {
        knowledge.learnIds(inputOf(call, source, "ids"));
    }

    void learnLengths(Call call, Source source) {
        knowledge.learnLengths(inputOf(call, source, "lengths"));
    }

    /** Whether sequences of a batch have lengths of their own. */
    boolean hasLengths() {
        return knowledge.hasLengths();
    }

    /** Whether a node or an output of the graph reads a value. */
    boolean isRead(String name) {
        return read.contains(name);
    }

    void learnPerSequence(Source source) {
        inputs.forEach((name, node) -> {
            if (node.equals(source)) {
                knowledge.learnPerSequence(name);
            }
        });
    }

    private String inputOf(Call call, Source source, String what) {
        return inputs.entrySet().stream().filter(input -> input.getValue().equals(source)).map(Map.Entry::getKey).findFirst()
                .orElseThrow(() -> call.refuse("its " + what + " are computed while the model runs", "make them an input of the model"));
    }

    /** Takes a dimension of unknown role, whose size the file says, for columns until an operator says otherwise. */
    void guessColumns(Value value, int dimension) {
        RowAxis axis = value.axis(dimension);
        if (axis != null && axis.role() == Role.UNKNOWN && axis.known().orElse(0) > 1) {
            knowledge.guess(axis.place(), Role.COLUMN);
        }
    }

    /** Takes back what was only guessed, once. */
    void dropGuesses() {
        knowledge.dropGuesses();
    }

    /** States of which only a part is carried are inputs like others. */
    RuntimeException notCarried(Elements.Network[] initial) {
        Set<String> names = Arrays.stream(initial).filter(Objects::nonNull).flatMap(state -> Arrays.stream(state.sources()))
                .filter(source -> source != null && source.kind() == Source.Kind.STATE).map(Source::reference).collect(Collectors.toSet());
        return knowledge.notCarried(names);
    }

    /**
     * Finds the inputs that are only initial states, with an output that is the states afterwards in the same order: what a session carries.
     * It carries all states or none: where a layer begins anew with each call of the file, or steps are kept, the states stay inputs.
     */
    private void learnCarried(Map<String, Value> outputs) {
        if (!request.keepsStates()) {
            return;
        }
        Set<String> before = inputValues.keySet().stream().filter(knowledge::isCarried).collect(Collectors.toSet());
        if (!before.isEmpty() && (draft.keepsSteps() || !allBeginWith(before))) {
            throw knowledge.notCarried(before);
        }
        if (draft.keepsSteps()) {
            return;
        }
        Set<String> carried = new LinkedHashSet<>();
        for (Map.Entry<String, Source> input : inputs.entrySet()) {
            Value given = inputValues.get(input.getKey());
            if (knowledge.mayBeCarried(input.getKey()) && given.network() != null
                    && outputs.values().stream().anyMatch(output -> states.isAfter(given, output))) {
                carried.add(input.getKey());
            }
        }
        if (!carried.isEmpty() && allBeginWith(carried)) {
            knowledge.learnCarried(carried);
        }
    }

    private boolean allBeginWith(Set<String> names) {
        return states.allBeginWith(names.stream().map(inputs::get).filter(Objects::nonNull).collect(Collectors.toSet()));
    }

    /** The layers of the walk so far and their states. */
    RecurrentStates states() {
        return states;
    }

    /** What no operator has told: the first open dimension of an input is the batch, a fixed one columns, another time. */
    private void learnRest() {
        for (Map.Entry<String, Value> input : inputValues.entrySet()) {
            Value value = input.getValue();
            for (int d = 0; d < value.rank(); d++) {
                RowAxis axis = value.axis(d);
                if (axis != null && axis.role() == Role.UNKNOWN) {
                    boolean hasBatch = value.axes().stream().anyMatch(other -> other.role() == Role.BATCH);
                    knowledge.decide(axis.place(), !hasBatch ? Role.BATCH : axis.known().isPresent() ? Role.COLUMN : Role.TIME);
                }
            }
        }
    }

    // ---- Shapes

    /** The dimensions of two values together; rows of unknown role that meet rows of a known one are the same. */
    List<List<Factor>> broadcast(Call call, Value a, Value b) {
        int rank = Math.max(a.rank(), b.rank());
        for (int d = 1; d <= rank; d++) {
            RowAxis left = d <= a.rank() ? a.axis(a.rank() - d) : null;
            RowAxis right = d <= b.rank() ? b.axis(b.rank() - d) : null;
            if (left != null && right != null && left != right) {
                meet(d == rank, left, right);
                learn(left.role() == Role.UNKNOWN ? left : right, (left.role() == Role.UNKNOWN ? right : left).role());
            } else if (left != null && d <= b.rank()) {
                meetColumns(left, b, b.rank() - d);
            } else if (right != null && d <= a.rank()) {
                meetColumns(right, a, a.rank() - d);
            }
        }
        List<List<Factor>> dims = Value.broadcast(a.dims(), b.dims());
        checkOnce(call, dims);
        return dims;
    }

    /** A value has rows along each axis once: one for all pairs of steps, as attention has it, would be taken for its diagonal. */
    private void checkOnce(Call call, List<List<Factor>> dims) {
        Set<RowAxis> seen = new HashSet<>();
        for (Factor factor : (Iterable<Factor>) dims.stream().flatMap(List::stream)::iterator) {
            if (factor instanceof Factor.Rows rows && !seen.add(rows.axis()) && !learn(rows.axis(), Role.COLUMN)) {
                dropGuesses();
                throw call.refuse("it pairs each " + rows.axis() + " with each other " + rows.axis()
                        + ", as attention of a sequence to itself",
                        "only recurrent networks can be imported; a transformer can not");
            }
        }
    }

    /** Two dimensions of unknown role that are one: the first is most likely the batch, another one time. */
    void meet(boolean first, RowAxis left, RowAxis right) {
        if (left.role() == Role.UNKNOWN && right.role() == Role.UNKNOWN) {
            boolean fixed = left.known().isPresent() && right.known().isPresent();
            knowledge.guess(left.place(), first ? Role.BATCH : fixed ? Role.COLUMN : Role.TIME);
        }
    }

    /** An axis meets columns: it is columns, unless those are known and may be what tracing an example left of it. */
    private void meetColumns(RowAxis axis, Value other, int dimension) {
        int columns = other.columns(dimension);
        if (columns > 1 && !(other.isKnown() && axis.known().equals(OptionalLong.of(columns)) && other.isSameAlong(dimension))) {
            learn(axis, Role.COLUMN);
        }
    }

    /** Whether a value is an input of integers. */
    boolean isInteger(Source source) {
        return inputs.entrySet().stream().anyMatch(input -> input.getValue().equals(source) && request.isInteger(input.getKey()));
    }

    /** A dimension of that size, of columns and the axes that occur in it. */
    List<Factor> factors(Call call, Size size) {
        if (size.equals(Size.ONE)) {
            return List.of();
        }
        if (size.constant().isPresent()) {
            return List.of(new Factor.Columns(Math.toIntExact(size.constant().getAsLong())));
        }
        List<Factor> factors = new ArrayList<>();
        Size rest = size;
        Set<RowAxis> axes = new LinkedHashSet<>();
        inputValues.values().forEach(value -> axes.addAll(value.axes()));
        axes.addAll(derived.values());
        for (RowAxis axis : axes) {
            Size quotient = rest.dividedBy(Size.of(axis));
            if (!quotient.isUnknown() && quotient.times(Size.of(axis)).equals(rest)) {
                factors.add(new Factor.Rows(axis));
                rest = quotient;
            }
        }
        if (rest.constant().isEmpty()) {
            throw call.refuse("a shape with the size " + size + ", which is not known", needShapes());
        }
        if (!rest.equals(Size.ONE)) {
            factors.add(new Factor.Columns(Math.toIntExact(rest.constant().getAsLong())));
        }
        return factors;
    }

    /** What the caller can do where sizes differ that tracing an example may have fixed; null where the file has no fixed time or batch. */
    String tracedAdvice() {
        boolean fixed = inputValues.values().stream().flatMap(value -> value.axes().stream()).anyMatch(axis -> axis.known().orElse(0) > 1);
        return fixed ? "sizes of the example that was traced stand in the graph: export with batch and time left open (PyTorch: dynamic_axes or"
                + " dynamic_shapes)" : null;
    }

    /** What the caller can do about sizes that are not known. */
    String needShapes() {
        return request.shapeAdvice();
    }

    boolean looksUnrolled() {
        return request.looksUnrolled();
    }

    /** A hint for graphs in which a loop over time was written out. */
    String unrolled() {
        return request.unrolledAdvice();
    }

    /** The axis of windows over the steps of an axis. */
    RowAxis windows(RowAxis of, Source node, Draft.Steps steps) {
        if (node.rows().equals(of.name())) {
            return of;
        }
        long known = of.known().isEmpty() ? 0 : Math.max(0, steps.windows(of.known().getAsLong()));
        return derived.computeIfAbsent(node.rows(), name -> new RowAxis(name, Role.TIME, known, null));
    }

    /** The names of the outputs that are carried states, and so no outputs any more. */
    Set<String> stateOutputs(Map<String, Value> outputs) {
        Set<String> names = new HashSet<>();
        inputValues.forEach((input, before) -> {
            if (knowledge.isCarried(input)) {
                outputs.forEach((output, after) -> {
                    if (states.isAfter(before, after)) {
                        names.add(output);
                    }
                });
            }
        });
        return names;
    }
}
