package org.tidegate.onnx.graph;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.tidegate.NodeSpec;

/**
 * Makes one node of several where nobody else reads what is between them: a factor or summand for each column goes into the weights of the
 * layer before it (batch normalization, a bias of its own), a layer normalization that was written out becomes one, one-hot rows of a layer
 * are never made. What nobody reads is left out.
 */
final class Fusion {
    private static final List<String> EDGES = List.of("h0", "c0", "to");
    private static final Set<String> LAYERS = Set.of("linear", "conv1d", "layer_norm");

    private final Draft draft;
    private final Set<String> kept; // nodes that are read from outside
    private final Map<String, List<NodeSpec>> readers = new HashMap<>();
    private final Map<String, NodeSpec> byName = new LinkedHashMap<>();

    private Fusion(Draft draft, Set<String> kept) {
        this.draft = draft;
        this.kept = kept;
        for (NodeSpec node : draft.nodes()) {
            byName.put(node.name(), node);
            for (String input : read(node)) {
                readers.computeIfAbsent(input, name -> new ArrayList<>()).add(node);
            }
        }
    }

    /** values: those that are read from outside. */
    static void run(Draft draft, Set<String> values) {
        Set<String> kept = new HashSet<>();
        values.forEach(value -> kept.add(nodeOf(value)));
        while (new Fusion(draft, kept).one()) { // each time there are fewer nodes
            continue;
        }
        Set<String> needed = needed(draft, kept);
        draft.nodes().removeIf(node -> !needed.contains(node.name()));
    }

    private static Set<String> needed(Draft draft, Set<String> kept) {
        Set<String> needed = new HashSet<>(kept);
        List<NodeSpec> nodes = draft.nodes();
        for (int i = nodes.size() - 1; i >= 0; i--) {
            NodeSpec node = nodes.get(i);
            if (needed.contains(node.name()) || node.inputs().isEmpty()) {
                needed.add(node.name());
                needed.addAll(read(node));
            }
        }
        return needed;
    }

    private static String nodeOf(String value) {
        int dot = value.indexOf('.');
        return dot < 0 ? value : value.substring(0, dot);
    }

    private static List<String> read(NodeSpec node) {
        List<String> names = new ArrayList<>(node.inputs().stream().map(Fusion::nodeOf).toList());
        EDGES.forEach(edge -> node.attribute(edge).ifPresent(value -> names.add(nodeOf(value))));
        return names;
    }

    private boolean one() {
        boolean changed = false;
        for (NodeSpec node : List.copyOf(draft.nodes())) {
            if (byName.get(node.name()) != node) {
                continue; // it has been taken into another one
            }
            if (isOneHot(node) || isAffine(node) || isLayerNorm(node)) {
                changed = true;
                break;
            }
        }
        return changed;
    }

    /** The node that is a node's input number i, where nobody else reads it. */
    private NodeSpec only(NodeSpec node, int input, int times) {
        NodeSpec before = input < node.inputs().size() ? byName.get(node.inputs().get(input)) : null;
        return before == null || kept.contains(before.name()) || readers.get(before.name()).size() != times ? null : before;
    }

    private static boolean is(NodeSpec node, String op, String... attributes) {
        Map<String, String> expected = new HashMap<>();
        for (int i = 0; i < attributes.length; i += 2) {
            expected.put(attributes[i], attributes[i + 1]);
        }
        return node != null && node.op().equals(op) && node.attributes().entrySet().containsAll(expected.entrySet());
    }

    private float[] weights(NodeSpec node, String name) {
        return draft.parameters().get(node.name() + "." + name);
    }

    // ---- A factor or a summand for each column

    private boolean isAffine(NodeSpec node) {
        boolean multiplies = node.op().equals("mul") || node.op().equals("div");
        if (!multiplies && !node.op().equals("add") && !node.op().equals("sub") || node.inputs().size() != 1
                || node.attribute("reverse").isPresent() || node.attributes().isEmpty()) {
            return false;
        }
        NodeSpec layer = only(node, 0, 1);
        if (layer == null || !LAYERS.contains(layer.op())) {
            return false;
        }
        float[] given = node.attribute("value").map(value -> new float[] {Float.parseFloat(value)})
                .orElseGet(() -> weights(node, "weight"));
        boolean affine = layer.op().equals("layer_norm");
        float[] weight = weights(layer, "weight");
        String size = layer.op().equals("linear") ? "cols" : "filters";
        int rows = affine ? weight.length : Integer.parseInt(layer.attribute(size).orElseThrow());
        float[] each = perRow(given, rows);
        boolean names = draft.isAxis(layer.name());
        if (each == null || names && kept.contains(node.name())) {
            return false;
        }
        Map<String, String> attributes = new LinkedHashMap<>(layer.attributes());
        attributes.remove("bias");
        float[] bias = weights(layer, "bias") == null ? new float[rows] : weights(layer, "bias").clone();
        float[] scaled = weight.clone();
        int width = weight.length / rows;
        for (int r = 0; r < rows; r++) {
            double by = node.op().equals("div") ? 1.0 / each[r] : multiplies ? each[r] : 1;
            for (int i = 0; i < width && multiplies; i++) {
                scaled[r * width + i] = (float) (weight[r * width + i] * by);
            }
            double moved = node.op().equals("add") ? bias[r] + (double) each[r] : bias[r] - (double) each[r];
            bias[r] = (float) (multiplies ? bias[r] * by : moved);
        }
        if (multiplies && weights(layer, "bias") == null) {
            bias = null;
            attributes.put("bias", "false");
        }
        remove(node.name());
        remove(layer.name());
        String name = names ? layer.name() : node.name();
        replace(names ? layer : node, names ? node : layer, new NodeSpec(name, layer.op(), layer.inputs(), attributes));
        draft.parameters().put(name + ".weight", scaled);
        if (bias != null) {
            draft.parameters().put(name + ".bias", bias);
        }
        if (names) {
            rewire(node.name(), name);
        }
        return true;
    }

    /** A number for each row of weights, of one for each column or one for all; null where the positions of a filter differ. */
    private static float[] perRow(float[] given, int rows) {
        float[] each = new float[rows];
        int positions = Math.max(1, given.length / rows);
        if (given.length != 1 && given.length != rows * positions) {
            return null;
        }
        for (int r = 0; r < rows; r++) {
            each[r] = given[given.length == 1 ? 0 : r * positions];
            for (int p = 1; p < positions && given.length > 1; p++) {
                if (given[r * positions + p] != each[r]) {
                    return null;
                }
            }
        }
        return each;
    }

    // ---- (x - mean) / sqrt(mean of squares + eps)

    private boolean isLayerNorm(NodeSpec quotient) {
        if (!is(quotient, "div") || quotient.inputs().size() != 2) {
            return false;
        }
        NodeSpec difference = only(quotient, 0, 2);
        difference = difference != null ? difference : only(quotient, 0, 3);
        NodeSpec root = only(quotient, 1, 1);
        NodeSpec sum = is(root, "sqrt") ? only(root, 0, 1) : null;
        NodeSpec variance = is(sum, "add") && sum.attribute("value").isPresent() ? only(sum, 0, 1) : null;
        NodeSpec square = is(variance, "pool", "kind", "mean", "channels", "1") ? byName.get(variance.inputs().get(0)) : null;
        if (!is(difference, "sub") || difference.inputs().size() != 2 || square == null || readers.get(square.name()).size() != 1
                || !isSquare(square, difference.name()) || !variance.attribute("window").isPresent()) {
            return false;
        }
        NodeSpec mean = only(difference, 1, 1);
        if (!is(mean, "pool", "kind", "mean", "channels", "1") || !mean.inputs().get(0).equals(difference.inputs().get(0))
                || !mean.attribute("window").equals(variance.attribute("window"))) {
            return false;
        }
        int columns = Integer.parseInt(mean.attribute("window").orElseThrow());
        for (NodeSpec node : List.of(mean, difference, square, variance, sum, root)) {
            remove(node.name());
            draft.nodes().remove(node);
        }
        NodeSpec made = new NodeSpec(quotient.name(), "layer_norm", mean.inputs(), Map.of("eps", sum.attribute("value").orElseThrow()));
        replace(quotient, quotient, made);
        float[] ones = new float[columns];
        Arrays.fill(ones, 1);
        draft.parameters().put(made.name() + ".weight", ones);
        draft.parameters().put(made.name() + ".bias", new float[columns]);
        return true;
    }

    private static boolean isSquare(NodeSpec node, String of) {
        boolean squares = node.op().equals("square") || node.op().equals("mul") && node.inputs().size() == 2;
        return squares && node.inputs().stream().allMatch(of::equals);
    }

    // ---- Ids as one-hot rows

    private boolean isOneHot(NodeSpec node) {
        float[] table = is(node, "embedding") ? weights(node, "weight") : null;
        int rows = table == null ? 0 : Integer.parseInt(node.attribute("rows").orElseThrow());
        List<NodeSpec> reading = readers.getOrDefault(node.name(), List.of());
        if (table == null || table.length != rows * rows || reading.isEmpty() || kept.contains(node.name())) {
            return false;
        }
        for (int i = 0; i < table.length; i++) {
            if (table[i] != (i / rows == i % rows ? 1 : 0)) {
                return false;
            }
        }
        if (!reading.stream().allMatch(reader -> List.of("linear", "recurrent").contains(reader.op())
                && reader.inputs().get(0).equals(node.name()))) {
            return false;
        }
        remove(node.name());
        replace(node, node, new NodeSpec(node.name(), "one_hot", node.inputs(), Map.of("rows", "" + rows)));
        return true;
    }

    // ---- Nodes

    private void remove(String node) {
        draft.parameters().keySet().removeIf(name -> name.startsWith(node + "."));
        byName.remove(node);
    }

    private void replace(NodeSpec at, NodeSpec gone, NodeSpec by) {
        draft.nodes().set(draft.nodes().indexOf(at), by);
        draft.nodes().remove(gone);
    }

    private void rewire(String from, String to) {
        draft.nodes().replaceAll(node -> {
            if (!read(node).contains(from)) {
                return node;
            }
            Map<String, String> attributes = new LinkedHashMap<>(node.attributes());
            EDGES.forEach(edge -> attributes.computeIfPresent(edge, (key, value) -> value.equals(from) ? to : value));
            List<String> inputs = node.inputs().stream().map(input -> input.equals(from) ? to : input).toList();
            return new NodeSpec(node.name(), node.op(), inputs, attributes);
        });
    }
}
