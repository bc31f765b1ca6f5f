package org.tidegate.onnx.export;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.tidegate.Model;
import org.tidegate.NodeSpec;
import org.tidegate.Tensor;
import org.tidegate.Value;

/** A network as a graph of ONNX: the nodes that the outputs need, and so neither losses nor their targets. */
public final class Written {
    private final Model model;
    private final Wanted wanted;
    private final Target target;
    private final Map<String, NodeSpec> nodes = new LinkedHashMap<>();
    private final Map<String, Value> values = new HashMap<>();
    private final Map<String, Flow> flows = new HashMap<>();
    private final Map<String, Axis> axes = new HashMap<>();
    private final Map<String, String> parameters = new HashMap<>();
    private final List<Runnable> stateOutputs = new ArrayList<>();
    private final List<NodeSpec> needed;
    private final boolean alone; // all inputs are of one axis
    private final boolean apart; // sequences of one axis are picked for those of another

    /**
     * What is asked for.
     *
     * @param outputs the names of values
     * @param lengths whether the lengths of the sequences are an input
     * @param states whether recurrent states are inputs and outputs
     * @param opset the operator set
     * @param factors by what outputs are multiplied, by name; by nothing those that have none
     */
    public record Wanted(List<String> outputs, boolean lengths, boolean states, int opset, Map<String, Double> factors) {}

    private Written(Model model, Wanted wanted) {
        this.model = model;
        this.wanted = wanted;
        model.nodes().forEach(node -> nodes.put(node.name(), node));
        model.values().forEach(value -> values.put(value.name(), value));
        target = new Target("tidegate", wanted.opset(), values.keySet());
        wanted.outputs().stream().filter(output -> factor(output) != 1).forEach(target::keep);
        needed = needed();
        alone = needed.stream().flatMap(node -> value(node.name()).axis().stream()).filter(this::isGiven).distinct().count() <= 1;
        apart = needed.stream().anyMatch(node -> node.op().equals("gather"));
    }

    /**
     * {@return the graph}
     *
     * @param model the network
     * @param wanted what is asked for
     * @throws IllegalArgumentException if it has what ONNX cannot say; the message names every such node, the reason and what would help
     */
    public static GraphProto of(Model model, Wanted wanted) {
        return new Written(model, wanted).write();
    }

    private GraphProto write() {
        Map<String, Operators.Line> operators = Operators.all();
        List<String> refusals = new ArrayList<>();
        for (NodeSpec node : needed) {
            try {
                Operators.Line line = operators.get(node.op());
                Call call = new Call(this, node);
                if (line == null) {
                    throw call.refuse("ONNX has nothing for it");
                }
                List<String> unknown = Operators.unknown(line, node.attributes().keySet());
                if (!unknown.isEmpty()) {
                    throw call.refuse(String.join(", ", unknown) + " cannot be written as ONNX");
                }
                line.operator().write(call);
            } catch (IllegalArgumentException e) {
                refusals.add(e.getMessage());
                // As if it were there, for what else is refused.
                values.keySet().stream().filter(value -> owner(value).equals(node.name())).forEach(value -> set(value, value));
            }
        }
        if (!refusals.isEmpty()) {
            throw new IllegalArgumentException("The model cannot be written as ONNX: " + String.join("; ", refusals) + ".");
        }
        wanted.outputs().forEach(this::output);
        stateOutputs.forEach(Runnable::run);
        return target.build();
    }

    /** The nodes that the outputs are computed from, in the order of the spec. */
    private List<NodeSpec> needed() {
        Set<String> names = new HashSet<>();
        List<String> open = new ArrayList<>(wanted.outputs().stream().map(Written::owner).toList());
        while (!open.isEmpty()) {
            String name = open.remove(open.size() - 1);
            if (names.add(name)) {
                open.addAll(reads(nodes.get(name)).stream().map(Written::owner).toList());
            }
        }
        return nodes.values().stream().filter(node -> names.contains(node.name())).toList();
    }

    /** The values that a node reads. Where states are inputs, it does not read those from which it would start. */
    private List<String> reads(NodeSpec node) {
        List<String> values = new ArrayList<>(node.inputs());
        if (!wanted.states()) {
            Stream.of("h0", "c0").forEach(key -> node.attribute(key).ifPresent(values::add));
        }
        return values;
    }

    private static String owner(String value) {
        int dot = value.indexOf('.');
        return dot < 0 ? value : value.substring(0, dot);
    }

    private double factor(String output) {
        return wanted.factors().getOrDefault(output, 1.0);
    }

    private void output(String name) {
        Flow flow = flow(name);
        Value value = flow.value();
        double factor = factor(name);
        String tensor = factor == 1 ? flow.tensor() : target.node("Mul", name + "/scaled", List.of(flow.tensor(),
                target.scalar((float) factor)));
        String line = nodes.get(owner(name)).toString();
        if (flow.perStep()) {
            target.output(tensor, name, TensorProto.DataType.FLOAT, line, batch(value), time(value), value.columns());
        } else {
            target.output(tensor, name, TensorProto.DataType.FLOAT, line, batch(value), value.columns());
        }
    }

    Target target() {
        return target;
    }

    Wanted wanted() {
        return wanted;
    }

    Value value(String name) {
        return values.get(name);
    }

    Flow flow(String name) {
        return flows.get(name);
    }

    void set(String name, String tensor) {
        flows.put(name, new Flow(tensor, values.get(name)));
    }

    NodeSpec node(String name) {
        return nodes.get(name);
    }

    /** Whether somebody needs that value. */
    boolean isRead(String name) {
        return wanted.outputs().contains(name) || needed.stream().anyMatch(node -> reads(node).contains(name));
    }

    /** Whether the lengths of an axis are given, not derived from those of another. */
    private boolean isGiven(String axis) {
        return needed.stream().anyMatch(node -> value(node.name()).input() && value(node.name()).axis().filter(axis::equals).isPresent());
    }

    /** Makes an output of the graph after those that were asked for. */
    void stateOutput(Runnable output) {
        stateOutputs.add(output);
    }

    /** The name of the dimension of a value's sequences. */
    String batch(Value value) {
        return apart ? "batch_" + value.axis().orElseThrow() : "batch";
    }

    /** The name of the dimension of a value's steps. */
    String time(Value value) {
        String axis = value.axis().orElseThrow();
        return alone && isGiven(axis) ? "time" : "time_" + axis;
    }

    /** The sequences of a value's axis; one that is not derived gets its input of lengths here. */
    Axis axis(Value value) {
        return axes.computeIfAbsent(value.axis().orElseThrow(), name -> {
            if (!wanted.lengths()) {
                return new Axis(target, name, null, null);
            }
            String given = target.input(target.free(alone ? "lengths" : "lengths_" + name), TensorProto.DataType.INT32,
                    "the steps of each sequence, from 1 on; what stands behind them does not matter", batch(value));
            return new Axis(target, name, null, given);
        });
    }

    /** The axis that a node derives; nodes that derive the same one share it. lengths makes its lengths of those of the source. */
    void derive(Value value, UnaryOperator<String> lengths, Axis source) {
        axes.computeIfAbsent(value.axis().orElseThrow(),
                name -> new Axis(target, name, source.isRagged() ? lengths.apply(source.lengths()) : null, null));
    }

    /** A parameter as an initializer of its name and shape. */
    String parameter(String name) {
        return parameters.computeIfAbsent(name, key -> target.tensor(key, model.parameter(key).shape(), numbers(key)));
    }

    float[] numbers(String name) {
        Tensor parameter = model.parameter(name);
        if (parameter.size() > Target.MOST_BYTES / Float.BYTES) {
            throw Target.tooLarge();
        }
        return parameter.toArray();
    }

    /** A matrix as an initializer, transposed. */
    String transposed(String name) {
        return parameters.computeIfAbsent(name + "/transposed", key -> {
            int rows = Math.toIntExact(model.parameter(name).shape()[0]);
            int columns = Math.toIntExact(model.parameter(name).shape()[1]);
            float[] numbers = numbers(name);
            float[] turned = new float[numbers.length];
            for (int i = 0; i < rows; i++) {
                for (int j = 0; j < columns; j++) {
                    turned[j * rows + i] = numbers[i * columns + j];
                }
            }
            return target.tensor(key, new long[] {columns, rows}, turned);
        });
    }
}
