package org.tidegate.onnx.graph;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.OptionalLong;
import org.tidegate.onnx.graph.RowAxis.Role;

/** A node of the graph while it is lowered: its inputs and attributes, and where its outputs go. */
final class Call {
    private final Walk walk;
    private final NodeProto node;
    private final Scope scope;

    Call(Walk walk, NodeProto node, Scope scope) {
        this.walk = walk;
        this.node = node;
        this.scope = scope;
    }

    /** Lowers the node. Whatever is wrong is a {@link Refusal} that names it. */
    void lower(Operator operator) {
        try {
            operator.lower(this);
        } catch (Refusal refusal) {
            throw refusal.hasNode() ? refusal : refuse(refusal.getMessage(), null);
        } catch (ArithmeticException | IndexOutOfBoundsException | NegativeArraySizeException | NoSuchElementException
                | IllegalStateException e) {
            throw refuse("its inputs and attributes do not fit together (" + e.getMessage() + ")", null);
        }
    }

    Draft draft() {
        return walk.draft();
    }

    Walk walk() {
        return walk;
    }

    Scope scope() {
        return scope;
    }

    String op() {
        return node.getOpType();
    }

    long opset() {
        return walk.opset(node.getDomain());
    }

    /** What the network's nodes of this call may be called like. */
    String hint() {
        return node.getOutputList().stream().filter(name -> !name.isEmpty()).findFirst().orElse(node.getOpType());
    }

    int inputs() {
        return node.getInputCount();
    }

    boolean has(int input) {
        return input < node.getInputCount() && !node.getInput(input).isEmpty();
    }

    Value in(int input) {
        if (!has(input)) {
            throw refuse("its input " + input + " is missing", null);
        }
        return scope.get(node.getInput(input));
    }

    /** An input that may be left out; then null. */
    Value optional(int input) {
        return has(input) ? in(input) : null;
    }

    List<Value> all() {
        return node.getInputList().stream().map(scope::get).toList();
    }

    int outputs() {
        return node.getOutputCount();
    }

    /** Whether somebody reads that output. */
    boolean wants(int output) {
        return output < node.getOutputCount() && !node.getOutput(output).isEmpty();
    }

    /** Whether that output is there, and somebody reads it. */
    boolean isRead(int output) {
        return wants(output) && walk.isRead(node.getOutput(output));
    }

    /**
     * The operator has no lengths: in the file it reads the steps behind the end of a shorter sequence, which are not there in a network
     * whose sequences have lengths of their own.
     */
    void needNoLengths() {
        if (walk.hasLengths()) {
            throw refuse("it reads also the steps behind the end of shorter sequences, which have lengths elsewhere (sequence_lens)",
                    "pack its input too, or export without lengths and run sequences of one length");
        }
    }

    String outputName(int output) {
        return node.getOutput(output);
    }

    void out(int output, Value value) {
        if (wants(output)) {
            scope.set(node.getOutput(output), value);
        }
    }

    void out(Value value) {
        out(0, value);
    }

    /** The node as its only output. */
    void out(List<List<Factor>> dims, Source source) {
        out(new Value(dims, Elements.Network.of(source)));
    }

    private AttributeProto attribute(String name, AttributeProto.AttributeType type) {
        for (AttributeProto attribute : node.getAttributeList()) {
            if (attribute.getName().equals(name)) {
                if (attribute.getType() != type) {
                    throw refuse("its attribute " + name + " is of the type " + attribute.getType() + ", not " + type, null);
                }
                return attribute;
            }
        }
        return null;
    }

    boolean hasAttribute(String name) {
        return node.getAttributeList().stream().anyMatch(attribute -> attribute.getName().equals(name));
    }

    AttributeProto attribute(String name) {
        return node.getAttributeList().stream().filter(attribute -> attribute.getName().equals(name)).findFirst().orElse(null);
    }

    long integer(String name, long standard) {
        AttributeProto found = attribute(name, AttributeProto.AttributeType.INT);
        return found == null ? standard : found.getI();
    }

    double number(String name, double standard) {
        AttributeProto found = attribute(name, AttributeProto.AttributeType.FLOAT);
        return found == null ? standard : found.getF();
    }

    String string(String name, String standard) {
        AttributeProto found = attribute(name, AttributeProto.AttributeType.STRING);
        return found == null ? standard : found.getS().toStringUtf8();
    }

    List<String> strings(String name) {
        AttributeProto found = attribute(name, AttributeProto.AttributeType.STRINGS);
        return found == null ? List.of() : found.getStringsList().stream().map(text -> text.toStringUtf8()).toList();
    }

    List<Long> integers(String name) {
        AttributeProto found = attribute(name, AttributeProto.AttributeType.INTS);
        return found == null ? null : found.getIntsList();
    }

    List<Float> numbers(String name) {
        AttributeProto found = attribute(name, AttributeProto.AttributeType.FLOATS);
        return found == null ? List.of() : found.getFloatsList();
    }

    GraphProto graph(String name) {
        AttributeProto found = attribute(name, AttributeProto.AttributeType.GRAPH);
        if (found == null) {
            throw refuse("it lacks its graph " + name, null);
        }
        return found.getG();
    }

    /** Integers of an attribute, or in later versions of an input; null where neither is there. */
    List<Long> integers(String attribute, int input) {
        List<Long> given = integers(attribute);
        return given != null ? given : has(input) ? known(input) : null;
    }

    /** The integers of an input that are known without an axis. */
    List<Long> known(int input) {
        Value value = in(input);
        if (value.integers() == null) {
            throw refuse("its input " + input + " must be known integers", null);
        }
        return Arrays.stream(value.integers().values()).map(size -> {
            OptionalLong known = size.constant().isPresent() ? size.constant() : size.known();
            return known.orElseThrow(() -> refuse("its input " + input + " is " + size + ", which is not known", walk.needShapes()));
        }).toList();
    }

    /** The known reals of an input. */
    float[] reals(int input) {
        Value value = in(input);
        if (value.numbers() == null) {
            throw refuse("its input " + input + " is computed while the model runs; only known numbers can be weights", null);
        }
        return value.numbers().values();
    }

    /** A dimension of a value has that role: learned of the input that it comes from. False if it cannot be. */
    boolean learn(Value value, int dimension, Role role) {
        return walk.learn(value, dimension, role);
    }

    /** A dimension must be columns. */
    void needColumns(Value value, int dimension, String what) {
        if (value.isColumns(dimension)) {
            return;
        }
        for (Factor factor : value.dims().get(dimension)) {
            if (factor instanceof Factor.Rows rows && !walk.learn(rows.axis(), Role.COLUMN)) {
                throw refuse(what + " is " + rows.axis() + ", whose size is open", null);
            }
        }
    }

    /** The value of the network with exactly these columns. */
    Source source(Value value) {
        return draft().of(hint(), value.network());
    }

    /** The same with a row for each step of an axis: what each sequence has only once is repeated. */
    Source steps(Value value, RowAxis axis) {
        return draft().steps(hint(), source(value), axis.name());
    }

    /** An elementwise or row-wise node over a value. */
    Source node(String op, Source input, Map<String, String> attributes, int columns) {
        return draft().node(hint(), op, input, attributes, columns);
    }

    /** What cannot be imported, and what would help (null: nothing is known). */
    Refusal refuse(String reason, String help) {
        String name = node.getName().isEmpty() ? hint() : node.getName();
        return new Refusal(node.getOpType() + " '" + name + "': " + reason + (help == null ? "" : "; " + help), true);
    }
}
