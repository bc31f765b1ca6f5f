package org.tidegate.onnx.graph;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tidegate.onnx.graph.RowAxis.Role;

/**
 * RNN, LSTM and GRU: recurrent layers. X [T, N, I], or with layout=1 [N, T, I], names time and batch. ONNX's blocks of gates are i o f c and
 * z r h; the spec's i f g o and r z n.
 */
final class RecurrentOperators {
    private RecurrentOperators() {}

    static void addTo(Map<String, Operator> all) {
        all.put("RNN", call -> new Layer(call, 1, new int[] {0}, 1).lower());
        all.put("GRU", call -> new Layer(call, 3, new int[] {1, 0, 2}, 1).lower());
        all.put("LSTM", call -> new Layer(call, 4, new int[] {0, 2, 3, 1}, 2).lower());
    }

    /** A recurrent layer of the network, for finding the states that are carried. */
    record States(Source node, Elements.Network[] initial, Elements.Network[] last, List<Map<Column, Integer>> units) {
        static final int NONE = -1;
        private static final int SEVERAL = -2;

        States(Source node, Elements.Network[] initial, Elements.Network[] last) {
            this(node, initial, last, Arrays.stream(initial).map(States::units).toList());
        }

        private static Map<Column, Integer> units(Elements.Network state) {
            Map<Column, Integer> units = new HashMap<>();
            for (int i = 0; state != null && i < state.count(); i++) {
                units.merge(new Column(state.sources()[i], state.columns()[i]), i, (one, other) -> SEVERAL);
            }
            return units;
        }

        /** The unit whose state s begins with that column, NONE or SEVERAL. */
        int unit(int s, Source source, int column) {
            return units.get(s).getOrDefault(new Column(source, column), NONE);
        }
    }

    /** A column of a value. */
    record Column(Source source, int column) {}

    /** One node of ONNX. */
    private static final class Layer {
        private static final String[] INITIAL = {"h0", "c0"};
        private static final String[] PORTS = {"h_n", "c_n"};

        private final Call call;
        private final int gates;
        private final int[] order; // the block of ONNX that each of the spec's gates is
        private final int states;
        private final int size;
        private final int directions;
        private final boolean reversed;
        private final boolean batchFirst;
        private final Value x;
        private final List<Factor> time;
        private final List<Factor> batch;
        private final float[] w;
        private final float[] r;
        private final float[] b;
        private final float[] p;
        private final int inputs;

        Layer(Call call, int gates, int[] order, int states) {
            this.call = call;
            this.gates = gates;
            this.order = order;
            this.states = states;
            String direction = call.string("direction", "forward");
            if (!List.of("forward", "reverse", "bidirectional").contains(direction)) {
                throw call.refuse("its direction is '" + direction + "'; forward, reverse or bidirectional is meant", null);
            }
            directions = direction.equals("bidirectional") ? 2 : 1;
            reversed = direction.equals("reverse");
            batchFirst = call.integer("layout", 0) == 1;
            x = input();
            time = x.dims().get(batchFirst ? 1 : 0);
            batch = x.dims().get(batchFirst ? 0 : 1);
            inputs = x.columns(2);
            Value recurrent = call.in(2);
            size = recurrent.rank() == 3 ? recurrent.columns(2) : 0;
            w = weight(1, directions, gates * size, inputs);
            r = weight(2, directions, gates * size, size);
            b = call.has(3) ? weight(3, directions, 2 * gates * size) : null;
            p = states == 2 && call.has(7) ? weight(7, directions, 3 * size) : null;
            long hidden = call.integer("hidden_size", size);
            if (hidden != size) {
                throw call.refuse("its hidden_size is " + hidden + ", its weights are for " + size, null);
            }
        }

        private Value input() {
            Value given = call.in(0);
            if (given.rank() != 3) {
                throw call.refuse("its input has the shape " + given.shape() + "; three dimensions are expected", null);
            }
            if (given.network() == null) {
                throw call.refuse("its input is known before the model runs", null);
            }
            call.needColumns(given, 2, "the width of its input");
            need(given, batchFirst ? 1 : 0, Role.TIME, "time");
            need(given, batchFirst ? 0 : 1, Role.BATCH, "the batch");
            return given;
        }

        private void need(Value given, int dimension, Role role, String what) {
            if (given.dims().get(dimension).isEmpty()) {
                return;
            }
            if (given.axis(dimension) == null) {
                call.walk().dropGuesses();
                String advice = call.walk().tracedAdvice();
                throw call.refuse(what + " of its input of shape " + given.shape() + " is " + given.size(dimension)
                        + (given.isColumns(dimension) ? " parts of a row" : ""), advice != null ? advice
                        : "time and batch must be dimensions of the model's inputs");
            }
            if (!call.learn(given, dimension, role)) {
                throw call.refuse(what + " of its input of shape " + given.shape() + " is " + given.axis(dimension)
                        + ", which is something else elsewhere", null);
            }
        }

        private float[] weight(int input, int... shape) {
            Value value = call.in(input);
            float[] numbers = call.reals(input);
            int[] found = java.util.stream.IntStream.range(0, value.rank()).map(value::columns).toArray();
            if (!Arrays.equals(found, shape) || size == 0) {
                throw call.refuse("its input " + input + " has the shape " + value.shape() + ", expected " + Arrays.toString(shape), null);
            }
            return numbers;
        }

        /** One step a call: there is no axis of time in the graph. */
        private boolean isStep() {
            return time.isEmpty();
        }

        void lower() {
            checkLengths();
            noteResetBefore();
            Activations activations = new Activations(call, gates, states, directions);
            Elements.Network[] initial = new Elements.Network[states];
            for (int s = 0; s < states; s++) {
                initial[s] = initial(5 + s);
            }
            boolean carried = carried(initial);
            List<Pass> passes = new ArrayList<>();
            if (directions == 2 && activations.differ()) {
                passes.add(pass(0, 1, false, activations, initial, carried));
                passes.add(pass(1, 1, true, activations, initial, carried));
            } else {
                passes.add(pass(0, directions, reversed, activations, initial, carried));
            }
            outputs(passes, initial);
        }

        /** PyTorch's GRU resets after the product; an exporter that says otherwise has a known defect (pytorch#189225). */
        private void noteResetBefore() {
            if (!call.op().equals("GRU") || call.integer("linear_before_reset", 0) != 0 || b == null || !call.walk().isFromPyTorch()) {
                return;
            }
            boolean candidate = false;
            for (int d = 0; d < directions; d++) {
                for (int i = 0; i < size; i++) {
                    candidate |= b[(d * 6 + 5) * size + i] != 0;
                }
            }
            if (candidate) {
                call.walk().note("GRU '" + call.hint() + "' of PyTorch resets before the product and has a recurrent bias there, which"
                        + " torch.nn.GRU never does: probably pytorch#189225, a defect of the exporter; compare recorded outputs (--check)");
            }
        }

        private void checkLengths() {
            if (!call.has(4)) {
                if (!isStep() && (directions == 2 || reversed || call.isRead(1) || call.isRead(2))) {
                    call.needNoLengths();
                }
                return;
            }
            Value lengths = call.in(4);
            if (lengths.integers() != null) {
                Size steps = Size.of(time);
                for (Size each : lengths.integers().values()) {
                    if (!each.equals(steps) && !(each.known().isPresent() && each.known().equals(steps.known()))) {
                        throw call.refuse("its sequence_lens are fixed to " + Arrays.toString(lengths.integers().values()),
                                "make them an input of the model");
                    }
                }
                return;
            }
            Source source = lengths.network() == null ? null : lengths.network().only();
            if (source == null || lengths.elements().count() != 1) {
                throw call.refuse("its sequence_lens of shape " + lengths.shape() + " are computed while the model runs",
                        "make them an input of the model");
            }
            if (source.kind() != Source.Kind.LENGTHS) {
                call.walk().learnLengths(call, source);
            }
        }

        /** The initial state as columns [D, H]; null if it is 0. */
        private Elements.Network initial(int input) {
            if (!call.has(input)) {
                return null;
            }
            Value value = call.in(input);
            if (value.numbers() != null && value.numbers().all(0)) {
                return null;
            }
            if (value.rank() != 3) {
                throw call.refuse("its initial state has the shape " + value.shape() + "; three dimensions are expected", null);
            }
            int d = batchFirst ? 1 : 0;
            call.needColumns(value, d, "the directions of its initial state");
            call.needColumns(value, 2, "the units of its initial state");
            int n = 1 - d;
            if (value.axis(n) != null) {
                need(value, n, Role.BATCH, "the batch of its initial state");
            }
            if (value.isKnown()) {
                value = sameForAll(value, n);
            }
            if (value.elements().count() != directions * size) {
                throw call.refuse("its initial state has the shape " + value.shape() + ", expected " + directions + " x batch x " + size,
                        null);
            }
            return value.network() != null ? value.network() : Elements.Network.of(value.numbers());
        }

        /** A learned initial state stands in the file once for each sequence of the example that was traced. */
        private Value sameForAll(Value value, int n) {
            int rows = value.columns(n);
            Value first = value.taken(n, 0);
            for (int i = 1; i < rows; i++) {
                if (!Arrays.equals(value.taken(n, i).numbers().values(), first.numbers().values())) {
                    throw call.refuse("its initial state differs from sequence to sequence of a fixed batch of " + rows,
                            "make it an input of the model");
                }
            }
            return first;
        }

        private boolean carried(Elements.Network[] initial) {
            long parts = Arrays.stream(initial).filter(state -> state != null && Arrays.stream(state.sources())
                    .anyMatch(source -> source != null && source.kind() == Source.Kind.STATE)).count();
            if (parts == 0) {
                return false;
            }
            for (Elements.Network state : initial) {
                boolean whole = state != null && Arrays.stream(state.sources())
                        .allMatch(source -> source != null && source.kind() == Source.Kind.STATE);
                if (directions == 2 || reversed || !whole) {
                    throw call.walk().notCarried(initial);
                }
            }
            return true;
        }

        /** One node of the network, and what it gives. */
        private record Pass(Source node, Source output, Source[] last) {}

        private Pass pass(int first, int count, boolean backwards, Activations activations, Elements.Network[] initial, boolean carried) {
            Source source = call.source(x);
            if (source.perSequence()) {
                if (isStep()) {
                    throw call.refuse("its input has a row for each sequence, not for each step", null);
                }
                source = call.steps(x, x.axis(batchFirst ? 1 : 0));
            }
            if (backwards) {
                source = call.draft().node(call.hint() + "_reversed", "reverse", source, Map.of(), source.columns());
            }
            Map<String, String> attributes = new LinkedHashMap<>();
            activations.cell(first, attributes);
            attributes.put("size", "" + size);
            if (count == 2) {
                attributes.put("bidirectional", "true");
            }
            if (b == null) {
                attributes.put("bias", "false");
            }
            double clip = call.number("clip", 0);
            if (clip != 0) {
                attributes.put("clip", ElementwiseOperators.text(clip));
            }
            if (p != null) {
                attributes.put("peepholes", "true");
            }
            if (call.integer("input_forget", 0) != 0) {
                attributes.put("coupled", "true");
            }
            for (int s = 0; s < states && !carried; s++) {
                if (initial[s] != null) {
                    attributes.put(INITIAL[s], initialState(source, initial[s].select(directions(first, count))).reference());
                }
            }
            int width = count * size;
            Source node = call.draft().node(call.hint(), "recurrent", source, attributes, width);
            for (int d = 0; d < count; d++) {
                parameters(node, first + d, d == 0 ? "" : "_reverse");
            }
            Source output = backwards ? call.draft().node(call.hint() + "_forward", "reverse", node, Map.of(), width) : node;
            Source[] last = new Source[states];
            for (int s = 0; s < states; s++) {
                last[s] = isStep() && s == 0 ? output : call.draft().port(node, PORTS[s], width, Source.SEQUENCES);
            }
            return new Pass(node, output, last);
        }

        private int[] directions(int first, int count) {
            return java.util.stream.IntStream.range(first * size, (first + count) * size).toArray();
        }

        private Source initialState(Source steps, Elements.Network state) {
            boolean given = Arrays.stream(state.sources()).anyMatch(java.util.Objects::nonNull);
            if (!given) {
                Source last = call.draft().node(call.hint() + "_rows", "pool", List.of(steps), Map.of("kind", "last"), steps.columns(),
                        Source.SEQUENCES);
                return call.draft().constant(call.hint() + "_initial", last, state.constants());
            }
            for (Source source : state.sources()) {
                if (source != null && !source.perSequence()) {
                    call.walk().learnPerSequence(source);
                    throw call.refuse("its initial state is computed from steps", "make it an input of the model, or 0");
                }
            }
            return call.draft().of(call.hint() + "_initial", state);
        }

        private void parameters(Source node, int d, String suffix) {
            Draft draft = call.draft();
            draft.parameter(node, "weight_ih_l0" + suffix, blocks(w, d * gates * size * inputs, inputs));
            draft.parameter(node, "weight_hh_l0" + suffix, blocks(r, d * gates * size * size, size));
            if (b != null) {
                draft.parameter(node, "bias_ih_l0" + suffix, blocks(b, 2 * d * gates * size, 1));
                draft.parameter(node, "bias_hh_l0" + suffix, blocks(b, (2 * d + 1) * gates * size, 1));
            }
            if (p != null) {
                String[] names = {"weight_ci", "weight_co", "weight_cf"};
                for (int i = 0; i < names.length; i++) {
                    draft.parameter(node, names[i] + "_l0" + suffix, Arrays.copyOfRange(p, (d * 3 + i) * size, (d * 3 + i + 1) * size));
                }
            }
        }

        /** The blocks of gates from there on, each of H rows of so many columns, in the spec's order. */
        private float[] blocks(float[] from, int begin, int columns) {
            float[] made = new float[gates * size * columns];
            int block = size * columns;
            for (int g = 0; g < gates; g++) {
                System.arraycopy(from, begin + order[g] * block, made, g * block, block);
            }
            return made;
        }

        private void outputs(List<Pass> passes, Elements.Network[] initial) {
            List<Factor> directionFactor = List.of(new Factor.Columns(directions));
            List<Factor> units = List.of(new Factor.Columns(size));
            Elements.Network steps = joined(passes.stream().map(Pass::output).toList());
            call.out(0, new Value(batchFirst ? List.of(batch, time, directionFactor, units) : List.of(time, directionFactor, batch, units),
                    steps));
            Elements.Network[] last = new Elements.Network[states];
            for (int s = 0; s < states; s++) {
                int state = s;
                last[s] = joined(passes.stream().map(pass -> pass.last[state]).toList());
                call.out(1 + s, new Value(batchFirst ? List.of(batch, directionFactor, units) : List.of(directionFactor, batch, units),
                        last[s]));
            }
            boolean forward = directions == 1 && !reversed;
            call.walk().states().addLayer(forward ? initial : null);
            if (forward) {
                call.walk().states().add(new States(passes.get(0).node, initial, last));
            }
        }

        private static Elements.Network joined(List<Source> sources) {
            if (sources.size() == 1) {
                return Elements.Network.of(sources.get(0));
            }
            List<Value> parts = sources.stream().map(source -> Value.of(Elements.Network.of(source), source.columns())).toList();
            return Value.concat(0, parts).network();
        }
    }
}
