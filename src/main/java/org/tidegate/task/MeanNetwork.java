package org.tidegate.task;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.tidegate.Model;
import org.tidegate.Network;
import org.tidegate.NodeSpec;
import org.tidegate.Tensor;
import org.tidegate.Value;
import org.tidegate.train.Weights;

/**
 * Several networks of one spec as one network, whose outputs are the means of theirs: what the losses read of the networks is averaged
 * (logits, forecasts, scores), and what nothing reads, under its name. It is a network as any other: it steps, streams, freezes, is exported.
 *
 * <p>The nodes of the first network keep their names but for those that are averaged; those of the k-th, and averaged ones, are called
 * {@code seedK_NAME}. Nodes that follow from inputs alone, without parameters, are there once; so are losses, whose parameters (of a
 * conditional random field) are the means, and which score the mean. Costs of activations, which count in training alone, are left out.
 *
 * <p>Networks that connectionist temporal classification has trained are refused: each gives its labels at moments of its own, so that a mean
 * of them is worse than each.
 */
public final class MeanNetwork {
    /** The most networks. */
    static final int MOST = 64;

    private static final String COST = "activation_regularization";
    /** Attributes whose text names a node. */
    private static final List<String> REFERENCES = List.of("h0", "c0", "to");

    private final List<NodeSpec> nodes;
    private final int count;
    private final Set<String> copied = new HashSet<>(); // nodes of which each network has its own
    private final Set<String> losses = new HashSet<>();
    private final Set<String> averaged = new LinkedHashSet<>(); // copied values that losses read, perhaps ports
    private final List<NodeSpec> merged = new ArrayList<>();
    private final Map<String, String> sources = new HashMap<>(); // of copied nodes by name: the node that the first network has

    private MeanNetwork(Model first, int count) {
        nodes = first.nodes();
        this.count = count;
        check(first);
        first.values().stream().filter(Value::loss).forEach(value -> losses.add(node(value.name())));
        Set<String> own = new HashSet<>();
        first.parameters().forEach(parameter -> own.add(node(parameter.name())));
        for (NodeSpec node : nodes) {
            if (losses.contains(node.name())) {
                continue;
            }
            if (own.contains(node.name()) || read(node).anyMatch(input -> copied.contains(node(input)))) {
                copied.add(node.name());
            }
        }
        nodes.stream().filter(node -> losses.contains(node.name()) && !node.op().equals(COST)).flatMap(node -> node.inputs().stream())
                .filter(input -> copied.contains(node(input))).forEach(averaged::add);
        if (averaged.isEmpty()) {
            throw new IllegalArgumentException("the network has no loss that reads its outputs, so there is nothing to take the mean of");
        }
        Set<String> read = nodes.stream().flatMap(MeanNetwork::read).map(MeanNetwork::node).collect(Collectors.toSet());
        copied.stream().filter(node -> !read.contains(node)).sorted().forEach(averaged::add); // answers that no loss reads
    }

    /** Refuses a network of which a mean is of no use. */
    static void check(Network network) {
        if (network.nodes().stream().anyMatch(node -> node.op().equals("ctc"))) {
            throw new IllegalArgumentException("models of this kind have no mean of any use: each gives its letters at moments of its own"
                    + " (connectionist temporal classification), so that the mean of several is worse than each. Train one, and choose the"
                    + " best of several seeds by its held-out data");
        }
    }

    /**
     * {@return the network whose outputs are the means of several networks'} The caller closes it.
     *
     * @param first one of them, for its spec
     * @param members the weights of each, 2 to 64
     * @throws IllegalArgumentException if there are fewer or more, weights do not fit the spec, it has no loss that says what is
     *     answered, or one of connectionist temporal classification
     */
    public static Model of(Model first, List<Weights> members) {
        if (members.size() < 2 || members.size() > MOST) {
            throw new IllegalArgumentException("there are " + members.size() + " networks; the mean is that of 2 to " + MOST);
        }
        MeanNetwork mean = new MeanNetwork(first, members.size());
        Model model = Model.of(mean.spec(), 0);
        try {
            for (Tensor parameter : model.parameters()) {
                mean.fill(parameter, members);
            }
            return model;
        } catch (RuntimeException | Error e) {
            model.close();
            throw e;
        }
    }

    /**
     * {@return the names that a node has in a network: one, or where the network is a mean of several one for each of these; empty if it
     * has no such node}
     *
     * @param network the network
     * @param node the node's name in each
     */
    public static List<String> named(Network network, String node) {
        return network.nodes().stream().map(NodeSpec::name).filter(name -> name.equals(node) || name.matches("seed[0-9]+_" + node))
                .toList();
    }

    private List<NodeSpec> spec() {
        for (NodeSpec node : nodes) {
            if (losses.contains(node.name())) {
                if (!node.op().equals(COST)) {
                    merged.add(new NodeSpec(node.name(), node.op(), node.inputs().stream().map(this::mean).toList(), node.attributes()));
                }
            } else if (copied.contains(node.name())) {
                IntStream.range(0, count).forEach(member -> merged.add(copy(node, member)));
                averaged.stream().filter(value -> node(value).equals(node.name())).forEach(this::addMean);
            } else {
                merged.add(node);
            }
        }
        return merged;
    }

    private NodeSpec copy(NodeSpec node, int member) {
        Map<String, String> attributes = new LinkedHashMap<>(node.attributes());
        REFERENCES.forEach(key -> attributes.computeIfPresent(key, (any, value) -> value(value, member)));
        String name = value(node.name(), member);
        sources.put(name, node.name());
        return new NodeSpec(name, node.op(), node.inputs().stream().map(input -> value(input, member)).toList(), attributes);
    }

    /** The name of a value in a member. */
    private String value(String name, int member) {
        boolean kept = !copied.contains(node(name)) || member == 0 && !averaged.contains(node(name));
        return kept ? name : "seed" + (member + 1) + "_" + name;
    }

    private void addMean(String value) {
        String sum = mean(value) + "_sum";
        merged.add(new NodeSpec(sum, "add", IntStream.range(0, count).mapToObj(member -> value(value, member)).toList(), Map.of()));
        merged.add(new NodeSpec(mean(value), "mul", List.of(sum), Map.of("value", Double.toString(1.0 / count))));
    }

    /** The name of the mean of a value; of a value that is not averaged its own. */
    private String mean(String value) {
        return averaged.contains(value) ? value.replace('.', '_') : value;
    }

    private void fill(Tensor parameter, List<Weights> members) {
        String node = node(parameter.name());
        String rest = parameter.name().substring(node.length());
        int size = Math.toIntExact(parameter.size());
        float[] values = new float[size];
        if (losses.contains(node)) {
            double[] sums = new double[size];
            for (Weights member : members) {
                member.get(parameter.name(), 0, values, 0, size);
                for (int i = 0; i < size; i++) {
                    sums[i] += values[i];
                }
            }
            for (int i = 0; i < size; i++) {
                values[i] = (float) (sums[i] / members.size());
            }
        } else {
            String source = sources.get(node);
            int member = IntStream.range(0, count).filter(k -> value(source, k).equals(node)).findFirst().orElseThrow();
            members.get(member).get(source + rest, 0, values, 0, size);
        }
        parameter.set(values);
    }

    private static Stream<String> read(NodeSpec node) {
        return Stream.concat(node.inputs().stream(), REFERENCES.stream().flatMap(key -> node.attribute(key).stream()));
    }

    /** The node of a value or parameter. */
    private static String node(String name) {
        int dot = name.indexOf('.');
        return dot < 0 ? name : name.substring(0, dot);
    }
}
