package org.tidegate.onnx.graph;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.tidegate.NodeSpec;

/** The network that is being built: its nodes in order, and the values of their parameters. */
final class Draft {
    private static final int MOST_NODES = 4096;
    private static final int MOST_TAPS = 64;
    private static final int MANY_RUNS = 64;
    private static final int MOST_RUNS = 512;
    private static final int MOST_PARTS = 64; // of a concat

    private final List<NodeSpec> nodes = new ArrayList<>();
    private final Map<String, float[]> parameters = new LinkedHashMap<>();
    private final Map<List<Object>, Source> made = new HashMap<>();
    private String renamed = "";
    private String renamedTo = "";
    private final Map<List<Object>, String> windows = new HashMap<>(); // axes by what their windows are
    private final Map<String, Source> onAxis = new HashMap<>(); // a value of each axis
    private final Set<String> ofSteps = new HashSet<>(); // values of a sequence that its steps made
    private final Map<Source, Convolution> convolutions = new HashMap<>();
    private boolean keepsSteps;

    /** Windows along the steps of an axis. */
    record Steps(int span, int stride, int before, int after) {
        long windows(long length) {
            return (length + before + after - span) / stride + 1;
        }

        /** Whether the first and last windows can be left out by less padding. */
        boolean canCut(int first, int last) {
            return before >= (long) first * stride && after >= (long) last * stride;
        }

        Steps cut(int first, int last) {
            return new Steps(span, stride, before - first * stride, after - last * stride);
        }
    }

    List<NodeSpec> nodes() {
        return nodes;
    }

    /** The values of parameters by their names, {@code h.weight_ih_l0}. */
    Map<String, float[]> parameters() {
        return parameters;
    }

    /**
     * A node.
     *
     * @param hint what it may be called like: the name of a value of ONNX
     * @param columns of its output
     * @param rows of its output
     */
    Source node(String hint, String op, List<Source> inputs, Map<String, String> attributes, int columns, String rows) {
        if (nodes.size() >= MOST_NODES) {
            throw new Refusal("the network would have more than " + MOST_NODES + " nodes");
        }
        return named(freeName(hint), op, inputs, attributes, columns, rows);
    }

    private Source named(String name, String op, List<Source> inputs, Map<String, String> attributes, int columns, String rows) {
        for (Source input : inputs) {
            if (input.rows().contains("+")) {
                throw new Refusal("steps with a border around them (" + input.rows() + "); only a convolution can read them");
            }
        }
        nodes.add(new NodeSpec(name, op, inputs.stream().map(Source::reference).toList(), attributes));
        Source node = new Source(name, columns, rows, op.equals("ids") ? Source.Kind.IDS : Source.Kind.REAL);
        if (node.perSequence() && inputs.stream().anyMatch(input -> !input.perSequence() || ofSteps.contains(input.reference()))) {
            ofSteps.add(name);
        }
        if (node.kind() == Source.Kind.REAL) {
            onAxis.putIfAbsent(rows, node);
        }
        return node;
    }

    /** A node over windows of steps. Its rows are of an axis that it names, of an earlier one with the same windows, or its input's. */
    Source windows(String hint, String op, Source input, Map<String, String> attributes, int columns, Steps steps) {
        String name = freeName(hint);
        boolean same = steps.stride == 1 && steps.before + steps.after == steps.span - 1;
        String rows = same ? input.rows() : windows.computeIfAbsent(axis(input.rows(), steps, 0), of -> name);
        keepsSteps |= steps.span > 1;
        return named(name, op, List.of(input), attributes, columns, rows);
    }

    /** A convolution along the steps of an axis; its attributes but for stride and padding. */
    record Convolution(Source node, Source input, Map<String, String> attributes, Map<String, float[]> parameters, Steps steps,
            RowAxis axis) {}

    Source convolution(String hint, Source input, Map<String, String> attributes, Map<String, float[]> parameters, int filters, Steps steps,
            RowAxis axis) {
        Map<String, String> all = new LinkedHashMap<>(attributes);
        all.put("stride", "" + steps.stride);
        if (steps.before > 0 || steps.after > 0) {
            all.put("pad", steps.before == steps.after ? "" + steps.before : steps.before + "," + steps.after);
        }
        Source node = windows(hint, "conv1d", input, all, filters, steps);
        parameters.forEach((name, values) -> parameter(node, name, values));
        convolutions.put(node, new Convolution(node, input, attributes, parameters, steps, axis));
        return node;
    }

    /** What a value was made by; null if it was no convolution along steps. */
    Convolution convolution(Source node) {
        return convolutions.get(node);
    }

    private static List<Object> axis(String rows, Steps steps, int more) {
        return List.of(rows, steps.stride, steps.before - steps.span + steps.stride - more, steps.after + more);
    }

    /** Whether an axis of windows is called after a node. */
    boolean isAxis(String node) {
        return windows.containsValue(node);
    }

    /** How many taps behind the others would make windows those of an earlier node with as many windows; 0 if there is none. */
    int tapsToMeet(String rows, Steps steps) {
        return windows.containsKey(axis(rows, steps, 0)) ? 0
                : IntStream.range(1, MOST_TAPS).filter(more -> windows.containsKey(axis(rows, steps, more))).findFirst().orElse(0);
    }

    /** Whether nodes keep steps of their own from call to call, so that a stream is not what the same calls of the file are. */
    boolean keepsSteps() {
        return keepsSteps;
    }

    /** A value with a row for each step: one of a sequence is repeated, by a layer that keeps its initial state. */
    Source steps(String hint, Source source, String rows) {
        if (!source.perSequence()) {
            return source;
        }
        Source steps = onAxis.get(rows);
        if (steps == null) {
            throw new Refusal("a value of a whole sequence (" + source.reference() + ") at each step, before there is anything at a step");
        }
        if (source.kind() != Source.Kind.REAL) {
            throw new Refusal("a length or a carried state (" + source.reference() + ") at each step");
        }
        keepsSteps = true;
        return once(List.of("steps", source, rows), () -> {
            Source any = steps.columns() == 1 ? steps : node(hint, "slice", steps, Map.of("first", "0", "count", "1"), 1);
            Source column = ofSteps.contains(nodeOf(source)) ? ofWholeSequences(hint, any) : any;
            int size = source.columns();
            Source node = node(hint + "_steps", "recurrent", column,
                    Map.of("cell", "min_gru", "size", "" + size, "h0", source.reference(), "trainable", "false"), size);
            float[] bias = new float[2 * size];
            Arrays.fill(bias, 0, size, -200); // z is 0
            parameter(node, "weight_ih_l0", new float[2 * size]);
            parameter(node, "bias_ih_l0", bias);
            return node;
        });
    }

    private static String nodeOf(Source source) {
        int dot = source.reference().indexOf('.');
        return dot < 0 ? source.reference() : source.reference().substring(0, dot);
    }

    /** A column as it is, by a convolution that looks a step ahead: so a session that carries its state refuses parts of sequences. */
    private Source ofWholeSequences(String hint, Source column) {
        return once(List.of("whole", column), () -> {
            Source node = node(hint + "_of_whole_sequences", "conv1d", column,
                    Map.of("filters", "1", "kernel", "2", "pad", "0,1", "bias", "false", "trainable", "false"), 1);
            parameter(node, "weight", new float[] {1, 0});
            return node;
        });
    }

    /** How many steps each sequence has: a layer adds 1 at each. */
    Source count(String hint, String rows) {
        Source steps = onAxis.get(rows);
        if (steps == null) {
            throw new Refusal("the number of steps, before there is anything at a step");
        }
        keepsSteps = true;
        return once(List.of("count", rows), () -> {
            Source ones = ofWholeSequences(hint, constant(hint, steps, new float[] {1}));
            Source node = node(hint + "_count", "recurrent", ones,
                    Map.of("cell", "rnn_relu", "size", "1", "bias", "false", "trainable", "false"), 1);
            parameter(node, "weight_ih_l0", new float[] {1});
            parameter(node, "weight_hh_l0", new float[] {1});
            return port(node, "h_n", 1, Source.SEQUENCES);
        });
    }

    /** The same columns with other rows: steps with a border, or without it. */
    static Elements.Network onRows(Elements.Network network, String rows) {
        Source[] sources = network.sources().clone();
        for (int i = 0; i < sources.length; i++) {
            Source source = sources[i];
            sources[i] = source == null || source.perSequence() ? source : new Source(source.reference(), source.columns(), rows,
                    source.kind());
        }
        return new Elements.Network(sources, network.columns(), network.constants());
    }

    /** A node of the rows of its first input. */
    Source node(String hint, String op, Source input, Map<String, String> attributes, int columns) {
        return node(hint, op, List.of(input), attributes, columns, input.rows());
    }

    /** Another output of a node. */
    Source port(Source node, String port, int columns, String rows) {
        if (rows.equals(Source.SEQUENCES)) {
            ofSteps.add(node.reference());
        }
        return new Source(node.reference() + "." + port, columns, rows, Source.Kind.REAL);
    }

    void parameter(Source node, String name, float[] values) {
        parameters.put(node.reference() + "." + name, values);
    }

    /** A name of the spec that is like one of ONNX. */
    private String freeName(String hint) {
        // Of a path, as exporters make them of modules, what stands behind its first slash; and no number of the output.
        String name = hint.substring(hint.indexOf('/') + 1).replaceAll("_output_0$", "").replaceAll("[^A-Za-z0-9_]+", "_")
                .replaceAll("^_+(?=.)", "");
        name = name.isEmpty() || Character.isDigit(name.charAt(0)) ? "n" + name : name;
        name = name.length() > 64 ? name.substring(name.length() - 64).replaceAll("^[^A-Za-z]+", "n") : name;
        String base = name;
        for (int i = 2; isTaken(name); i++) {
            name = base + "_" + i;
        }
        return name;
    }

    private boolean isTaken(String name) {
        return name.equals("time") || nodes.stream().anyMatch(node -> node.name().equals(name));
    }

    /** Columns that stand in the order of those of a source: first, first + stride, … */
    private record Run(Source source, int first, int stride, int count, float[] constants) {
        Run longer(Source next, int column, float constant) {
            if (!Objects.equals(source, next)) {
                return null;
            }
            if (source == null) {
                float[] more = Arrays.copyOf(constants, count + 1);
                more[count] = constant;
                return new Run(null, 0, 1, count + 1, more);
            }
            int step = column - first - stride * (count - 1);
            if (count == 1 && step != 0) {
                return new Run(source, first, step, 2, constants);
            }
            return step == stride && step != 0 ? new Run(source, first, stride, count + 1, constants) : null;
        }
    }

    private static List<Run> runs(Elements.Network network) {
        List<Run> runs = new ArrayList<>();
        Run last = null;
        for (int i = 0; i < network.count(); i++) {
            Run longer = last == null ? null : last.longer(network.sources()[i], network.columns()[i], network.constants()[i]);
            if (longer == null) {
                if (last != null) {
                    runs.add(last);
                }
                longer = new Run(network.sources()[i], network.columns()[i], 1, 1, new float[] {network.constants()[i]});
            }
            last = longer;
        }
        if (last != null) {
            runs.add(last);
        }
        return runs;
    }

    /** A value whose columns are exactly these. */
    Source of(String hint, Elements.Network network) {
        Source only = network.only();
        if (only != null && network.isPermutation()) {
            return permuted(hint, only, network.columns());
        }
        if (only != null && network.count() > 1 && Arrays.stream(network.columns()).distinct().count() == 1) {
            return repeated(hint, of(hint, network.select(new int[] {0})), network.count());
        }
        List<String> axes = Arrays.stream(network.sources()).filter(Objects::nonNull).map(Source::rows).distinct().toList();
        if (axes.size() == 2 && axes.contains(Source.SEQUENCES)) {
            return of(hint, atEachStep(hint, network, axes.get(axes.indexOf(Source.SEQUENCES) == 0 ? 1 : 0)));
        }
        checkRows(network);
        List<Run> runs = runs(network);
        if (only != null && runs.size() > MANY_RUNS) {
            return chosen(hint, only, network.columns());
        }
        if (runs.size() > MOST_RUNS) {
            throw new Refusal(runs.size() + " pieces of rows would have to be put side by side; at most " + MOST_RUNS);
        }
        Source rows = Arrays.stream(network.sources()).filter(Objects::nonNull).findFirst().orElseThrow(
                () -> new Refusal("'" + hint + "' is the same numbers whatever goes in; leave it out of the exported graph"));
        List<Source> parts = runs.stream().map(run -> run.source == null ? constant(hint, rows, run.constants) : slice(hint, run)).toList();
        return concat(hint, parts, rows.rows());
    }

    /** Side by side; many by several nodes. */
    private Source concat(String hint, List<Source> parts, String rows) {
        if (parts.size() > MOST_PARTS) {
            List<Source> joined = new ArrayList<>();
            for (int i = 0; i < parts.size(); i += MOST_PARTS) {
                joined.add(concat(hint, parts.subList(i, Math.min(i + MOST_PARTS, parts.size())), rows));
            }
            return concat(hint, joined, rows);
        }
        return parts.size() == 1 ? parts.get(0) : once(List.of("concat", List.copyOf(parts)),
                () -> node(hint, "concat", parts, Map.of(), parts.stream().mapToInt(Source::columns).sum(), rows));
    }

    private Elements.Network atEachStep(String hint, Elements.Network network, String rows) {
        Map<Source, Source> repeated = new HashMap<>();
        Source[] sources = new Source[network.count()];
        for (int i = 0; i < sources.length; i++) {
            Source source = network.sources()[i];
            sources[i] = source == null ? null : repeated.computeIfAbsent(source, of -> steps(hint, of, rows));
        }
        return new Elements.Network(sources, network.columns(), network.constants());
    }

    private static void checkRows(Elements.Network network) {
        List<Source> sources = Arrays.stream(network.sources()).filter(Objects::nonNull).distinct().toList();
        if (sources.stream().map(Source::rows).distinct().count() > 1) {
            throw new Refusal("values of a step and of a whole sequence side by side (" + sources.stream()
                    .map(source -> source.reference() + (source.perSequence() ? " a sequence"
                    : " a step")).collect(Collectors.joining(", "))
                    + ")");
        }
        if (sources.stream().anyMatch(source -> source.kind() != Source.Kind.REAL)) {
            throw new Refusal("ids, lengths or carried states (" + sources.stream().filter(source -> source.kind() != Source.Kind.REAL)
                    .map(Source::reference).collect(Collectors.joining(", ")) + ") used as reals");
        }
    }

    private Source once(List<Object> key, java.util.function.Supplier<Source> maker) {
        Source source = made.get(key);
        if (source == null) {
            source = maker.get();
            made.put(key, source);
        }
        return source;
    }

    private Source slice(String hint, Run run) {
        if (run.first == 0 && run.stride == 1 && run.count == run.source.columns()) {
            return run.source;
        }
        Map<String, String> attributes = new LinkedHashMap<>();
        attributes.put("first", "" + run.first);
        attributes.put("count", "" + run.count);
        if (run.stride != 1 && run.count > 1) {
            attributes.put("stride", "" + run.stride);
        }
        return once(List.of("slice", run.source, run.first, run.stride, run.count),
                () -> node(hint, "slice", run.source, attributes, run.count));
    }

    private Source permuted(String hint, Source source, int[] order) {
        int n = order.length;
        if (IntStream.range(0, n).allMatch(i -> order[i] == i)) {
            return source;
        }
        int height = n > 1 ? Math.abs(order[1] - order[0]) : 0;
        if (height > 1 && n % height == 0 && order[0] == 0 && isTransposition(order, height)) {
            // Column i of the output is row i % (n / height) of the input's [n / height, height].
            return once(List.of("transpose", source, height), () -> node(hint, "permute", source, Map.of("transpose", "" + n / height), n));
        }
        int block = n;
        for (int i = 1; i < n; i++) {
            if (order[i] != order[i - 1] + 1) {
                block = gcd(block, i);
            }
        }
        int whole = block;
        int step = IntStream.range(0, n / whole).allMatch(i -> order[i * whole] % whole == 0) ? whole : 1;
        String blocks = IntStream.range(0, n / step).mapToObj(i -> "" + order[i * step] / step).collect(Collectors.joining(","));
        return once(List.of("permute", source, blocks), () -> node(hint, "permute", source, Map.of("order", blocks), n));
    }

    private static boolean isTransposition(int[] order, int height) {
        int rows = order.length / height;
        return IntStream.range(0, order.length).allMatch(i -> order[i] == i % rows * height + i / rows);
    }

    private static int gcd(int a, int b) {
        return b == 0 ? a : gcd(b, a % b);
    }

    /** A column so many times: exact, as each product is with 1. */
    private Source repeated(String hint, Source column, int times) {
        return once(List.of("repeat", column, times), () -> {
            Source node = node(hint, "linear", column, Map.of("cols", "" + times, "bias", "false", "trainable", "false"), times);
            float[] ones = new float[times];
            Arrays.fill(ones, 1);
            parameter(node, "weight", ones);
            return node;
        });
    }

    /** Columns in any order, some several times: exact, as each is a product with 1 and sums with 0. */
    private Source chosen(String hint, Source source, int[] columns) {
        String key = Arrays.toString(columns);
        return once(List.of("chosen", source, key), () -> {
            float[] weight = new float[Budget.take((long) columns.length * source.columns())];
            for (int i = 0; i < columns.length; i++) {
                weight[i * source.columns() + columns[i]] = 1;
            }
            Source node = node(hint, "linear", source, Map.of("cols", "" + columns.length, "bias", "false", "trainable", "false"),
                    columns.length);
            parameter(node, "weight", weight);
            return node;
        });
    }

    /** The same numbers in each row of a value. */
    Source constant(String hint, Source rows, float[] numbers) {
        List<Float> key = new ArrayList<>();
        for (float number : numbers) {
            key.add(number);
        }
        return once(List.of("constant", rows.rows(), key), () -> {
            Source column = rows.columns() == 1 ? rows : node(hint, "slice", rows, Map.of("first", "0", "count", "1"), 1);
            Source zero = node(hint, "clip", column, Map.of("min", "0", "max", "0"), 1);
            Source node = node(hint, "linear", zero, Map.of("cols", "" + numbers.length, "trainable", "false"), numbers.length);
            parameter(node, "weight", new float[numbers.length]);
            parameter(node, "bias", numbers);
            return node;
        });
    }

    /** Names a value like an output of ONNX and puts it at the end, where a step takes its answer from. */
    Source last(String name, Source source) {
        NodeSpec node = nodes.get(nodes.size() - 1);
        if (!node.name().equals(source.reference()) || node.op().equals("input") || node.op().equals("ids")) {
            return node(name, "add", List.of(source), Map.of(), source.columns(), source.rows());
        }
        nodes.remove(nodes.size() - 1);
        renamedTo = freeName(name);
        renamed = node.name();
        nodes.add(new NodeSpec(renamedTo, node.op(), node.inputs(), node.attributes()));
        for (String parameter : List.copyOf(parameters.keySet())) {
            float[] values = parameters.remove(parameter); // also where it keeps its name, so that the order stays
            parameters.put(name(parameter), values);
        }
        return new Source(renamedTo, source.columns(), source.rows(), source.kind());
    }

    /** The name of a node, port or parameter now that the last node has got its own. */
    String name(String reference) {
        return reference.equals(renamed) ? renamedTo
                : reference.startsWith(renamed + ".") ? renamedTo + reference.substring(renamed.length()) : reference;
    }
}
