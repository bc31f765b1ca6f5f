/* What a network takes and gives. */
package org.tidegate.server.network;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.tidegate.Batch;
import org.tidegate.Network;
import org.tidegate.NodeSpec;
import org.tidegate.Value;
import org.tidegate.server.protocol.Datatype;
import org.tidegate.server.protocol.ModelMetadata.TensorMetadata;

/**
 * The outputs of a network, the inputs that they follow from, and the axes of these. Outputs are the values of nodes that no other node
 * reads, but for losses. Immutable.
 */
final class Ports {
    /** After the name of an axis: the input that has the lengths of its sequences. */
    static final String LENGTHS = ".lengths";
    private static final int MOST_STEPS = 1 << 16; // that the windows of a network may need

    private final Map<String, Value> outputs = new LinkedHashMap<>();
    private final Map<String, Value> inputs = new LinkedHashMap<>();
    private final Map<String, Set<String>> sources = new HashMap<>(); // of each output the inputs
    private final Map<String, Integer> leastLengths = new LinkedHashMap<>(); // of each axis that lengths are given of
    private final Map<String, String> roots = new HashMap<>(); // of each axis the one whose lengths its own follow from, or itself

    Ports(Network network) {
        Map<String, NodeSpec> nodes = new HashMap<>();
        network.nodes().forEach(node -> nodes.put(node.name(), node));
        Set<String> read = new HashSet<>();
        network.nodes().stream().filter(node -> !network.value(node.name()).loss()).flatMap(Ports::reads).forEach(read::add);
        for (Value value : network.values()) {
            boolean end = value.kind() == Value.Kind.REAL && value.rows() != Value.Rows.ONE && !value.input() && !value.loss();
            if (end && !read.contains(node(value.name()))) {
                outputs.put(value.name(), value);
                sources.put(value.name(), sources(network, nodes, value.name()));
            }
        }
        if (outputs.isEmpty()) {
            throw new IllegalArgumentException("the network has no output: nothing but inputs and losses");
        }
        Set<String> needed = new HashSet<>();
        sources.values().forEach(needed::addAll);
        network.values().stream().filter(value -> needed.contains(value.name())).forEach(value -> inputs.put(value.name(), value));
        inputs.values().forEach(input -> leastLengths.computeIfAbsent(axis(input), axis -> leastLength(network, axis)));
    }

    private static Stream<String> reads(NodeSpec node) {
        Stream<String> states = Stream.of("h0", "c0").map(node.attributes()::get).filter(Objects::nonNull);
        return Stream.concat(node.inputs().stream(), states).map(Ports::node);
    }

    private static String node(String value) {
        return value.contains(".") ? value.substring(0, value.indexOf('.')) : value;
    }

    private static Set<String> sources(Network network, Map<String, NodeSpec> nodes, String output) {
        Set<String> seen = new LinkedHashSet<>();
        List<String> open = new ArrayList<>(List.of(node(output)));
        while (!open.isEmpty()) {
            String name = open.remove(open.size() - 1);
            if (seen.add(name)) {
                reads(nodes.get(name)).forEach(open::add);
            }
        }
        seen.removeIf(name -> !network.value(name).input());
        return seen;
    }

    /** The steps that a sequence needs so that each window over it is filled once. */
    private int leastLength(Network network, String axis) {
        Batch batch = network.newBatch();
        Set<String> all = filled(network, batch, axis, MOST_STEPS);
        all.forEach(each -> roots.put(each, axis));
        int below = 0;
        int least = MOST_STEPS;
        while (least - below > 1) {
            int middle = (least + below) / 2;
            if (filled(network, batch, axis, middle).equals(all)) {
                least = middle;
            } else {
                below = middle;
            }
        }
        return least;
    }

    /** The axes that have rows where a sequence of one has so many steps: itself, and those of windows that are filled. */
    private static Set<String> filled(Network network, Batch batch, String axis, int steps) {
        batch.clear().equalLengths(axis, 1, steps);
        return network.axes().stream().filter(each -> {
            try {
                return batch.rows(each) > 0;
            } catch (IllegalStateException e) {
                return false;
            }
        }).collect(Collectors.toSet());
    }

    static String axis(Value value) {
        return value.axis().orElseThrow();
    }

    /** By name, in the order of the network. */
    Map<String, Value> outputs() {
        return outputs;
    }

    /** By name, in the order of the network. */
    Map<String, Value> inputs() {
        return inputs;
    }

    /** The inputs that an output follows from. */
    Set<String> sources(String output) {
        return sources.get(output);
    }

    /** The axes that lengths are given of, and the least length of a sequence. */
    Map<String, Integer> leastLengths() {
        return leastLengths;
    }

    /** What a sequence of steps shows: the last node. */
    Value last() {
        Value last = null;
        for (Value output : outputs.values()) {
            last = last == null || output.name().indexOf('.') < 0 ? output : last;
        }
        return last;
    }

    /** The axis whose lengths those of an output's axis follow from. */
    String root(Value output) {
        return roots.get(axis(output));
    }

    List<TensorMetadata> inputMetadata() {
        List<TensorMetadata> all = new ArrayList<>();
        for (Value input : inputs.values()) {
            boolean real = input.kind() == Value.Kind.REAL;
            all.add(new TensorMetadata(input.name(), real ? Datatype.FP32 : Datatype.INT32, real ? shape(input) : shape(input).subList(0,
                    shape(input).size() - 1)));
        }
        leastLengths.keySet().forEach(axis -> all.add(TensorMetadata.of(axis + LENGTHS, Datatype.INT32, -1)));
        return all;
    }

    List<TensorMetadata> outputMetadata() {
        return outputs.values().stream().map(output -> new TensorMetadata(output.name(), Datatype.FP32, shape(output))).toList();
    }

    private static List<Long> shape(Value value) {
        return value.rows() == Value.Rows.PER_STEP ? List.of(-1L, -1L, value.columns()) : List.of(-1L, value.columns());
    }
}
