package org.tidegate.onnx.export;

import ai.onnx.proto.OnnxMl.AttributeProto;
import java.util.Arrays;
import java.util.List;
import org.tidegate.NodeSpec;
import org.tidegate.Value;

/** A node of the spec while it is written. */
final class Call {
    private final Written written;
    private final NodeSpec node;

    Call(Written written, NodeSpec node) {
        this.written = written;
        this.node = node;
    }

    Target target() {
        return written.target();
    }

    Written written() {
        return written;
    }

    NodeSpec node() {
        return node;
    }

    String name() {
        return node.name();
    }

    /** The name of something inside the node. */
    String inner(String what) {
        return node.name() + "/" + what;
    }

    List<Flow> all() {
        return node.inputs().stream().map(written::flow).toList();
    }

    Flow in(int i) {
        return written.flow(node.inputs().get(i));
    }

    /** The tensor of reals of an input, one-hot rows written out. */
    String reals(int i) {
        return reals(in(i));
    }

    String reals(Flow flow) {
        if (flow.value().kind() != Value.Kind.ONE_HOT) {
            return flow.tensor();
        }
        return target().node("OneHot", inner("one_hot"), List.of(flow.tensor(), target().scalar((long) flow.columns()),
                target().tensor(inner("off_on"), new long[] {2}, 0, 1)), Target.integer("axis", -1));
    }

    /** The sequences of a value's axis. */
    Axis axis(Flow flow) {
        return written.axis(flow.value());
    }

    boolean has(String attribute) {
        return node.attribute(attribute).isPresent();
    }

    String word(String attribute, String standard) {
        return node.attribute(attribute).orElse(standard);
    }

    boolean flag(String attribute, boolean standard) {
        return node.attribute(attribute).map(Boolean::parseBoolean).orElse(standard);
    }

    int integer(String attribute, int standard) {
        return node.attribute(attribute).map(text -> (int) Double.parseDouble(text)).orElse(standard);
    }

    double number(String attribute, double standard) {
        return node.attribute(attribute).map(Double::parseDouble).orElse(standard);
    }

    int[] integers(String attribute) {
        return Arrays.stream(node.attribute(attribute).orElseThrow().split(",")).mapToInt(Integer::parseInt).toArray();
    }

    /** A parameter as it is. */
    String parameter(String parameter) {
        return written.parameter(node.name() + "." + parameter);
    }

    /** The numbers of a parameter. */
    float[] numbers(String parameter) {
        return written.numbers(node.name() + "." + parameter);
    }

    /** A step on the way to the node's output. */
    String inner(String what, String op, List<String> inputs, AttributeProto... attributes) {
        return target().node(op, inner(what), inputs, attributes);
    }

    /** The node of ONNX whose output is that of this node. */
    void last(String op, List<String> inputs, AttributeProto... attributes) {
        out(target().node(op, node.name(), inputs, attributes));
    }

    void out(String tensor) {
        written.set(node.name(), tensor);
    }

    void out(String port, String tensor) {
        written.set(node.name() + "." + port, tensor);
    }

    Value value() {
        return written.value(node.name());
    }

    /** Why the node cannot be written, and what would help. */
    IllegalArgumentException refuse(String reason) {
        return new IllegalArgumentException("'" + node.name() + "' (" + node.op() + "): " + reason);
    }
}
