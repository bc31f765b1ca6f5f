package org.tidegate.onnx.export;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/** A graph of ONNX that is being written. Names are unique; equal constants are one. */
final class Target {
    /** Before this operator set ReduceMean and ReduceMax have their axes as an attribute. */
    private static final int AXES_ARE_INPUTS = 18;
    /** Protocol buffers count bytes in 31 bits; some are left for everything but weights. */
    static final long MOST_BYTES = Integer.MAX_VALUE - (1L << 24);

    private final GraphProto.Builder graph = GraphProto.newBuilder();
    private final Set<String> names = new HashSet<>();
    private final Set<String> reserved; // for the values of the network, and not yet used
    private final Map<String, String> constants = new HashMap<>();
    private final int opset;
    private long bytes;

    /** Tensors may have the reserved names where they are asked for by just these. */
    Target(String name, int opset, Set<String> reserved) {
        graph.setName(name);
        this.reserved = new HashSet<>(reserved);
        this.opset = opset;
    }

    int opset() {
        return opset;
    }

    GraphProto build() {
        return graph.build();
    }

    /** A name that no tensor has yet: the hint, or with a number behind it. */
    private String fresh(String hint) {
        reserved.remove(hint);
        return free(hint);
    }

    /** Keeps a name for an output of the graph, which the node of that name is on the way to. */
    void keep(String name) {
        names.add(name);
    }

    /** A name that no value of the network has either. */
    String free(String hint) {
        String name = hint;
        for (int i = 2; reserved.contains(name) || !names.add(name); i++) {
            name = hint + "_" + i;
        }
        return name;
    }

    /** An input of the graph; a dimension is a name, or a number. Returns its name. */
    String input(String name, TensorProto.DataType type, String documentation, Object... dims) {
        reserved.remove(name);
        names.add(name);
        graph.addInput(info(name, type, documentation, dims));
        return name;
    }

    /** A tensor as an output of the graph under that name, its own or one that nothing else has. */
    void output(String tensor, String name, TensorProto.DataType type, String documentation, Object... dims) {
        if (!tensor.equals(name)) {
            names.add(name);
            graph.addNode(NodeProto.newBuilder().setOpType("Identity").setName(name).addInput(tensor).addOutput(name));
        }
        graph.addOutput(info(name, type, documentation, dims));
    }

    private static ValueInfoProto info(String name, TensorProto.DataType type, String documentation, Object... dims) {
        TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
        for (Object dim : dims) {
            TensorShapeProto.Dimension.Builder one = shape.addDimBuilder();
            if (dim instanceof String text) {
                one.setDimParam(text);
            } else {
                one.setDimValue(((Number) dim).longValue());
            }
        }
        TypeProto.Tensor.Builder tensor = TypeProto.Tensor.newBuilder().setElemType(type.getNumber()).setShape(shape);
        return ValueInfoProto.newBuilder().setName(name).setDocString(documentation)
                .setType(TypeProto.newBuilder().setTensorType(tensor)).build();
    }

    /** A node of one output, whose name is made of the hint. An input "" is left out. Returns the output. */
    String node(String op, String hint, List<String> inputs, AttributeProto... attributes) {
        return nodes(op, List.of(hint), inputs, attributes).get(0);
    }

    /** A node of several outputs; a hint "" leaves one out. */
    List<String> nodes(String op, List<String> hints, List<String> inputs, AttributeProto... attributes) {
        List<String> outputs = hints.stream().map(hint -> hint.isEmpty() ? "" : fresh(hint)).toList();
        int last = inputs.size();
        while (inputs.get(last - 1).isEmpty()) {
            last--;
        }
        String name = outputs.stream().filter(output -> !output.isEmpty()).findFirst().orElseThrow();
        graph.addNode(NodeProto.newBuilder().setOpType(op).setName(name).addAllInput(inputs.subList(0, last)).addAllOutput(outputs)
                .addAllAttribute(List.of(attributes)));
        return outputs;
    }

    /** A mean, maximum or sum over one dimension, which goes or stays with size 1. */
    String reduce(String op, String hint, String x, int axis, boolean keep) {
        AttributeProto keeps = integer("keepdims", keep ? 1 : 0);
        return opset < AXES_ARE_INPUTS && !op.equals("ReduceSum") ? node(op, hint, List.of(x), integers("axes", axis), keeps)
                : node(op, hint, List.of(x, integers(axis)), keeps);
    }

    String cast(String hint, String x, TensorProto.DataType type) {
        return node("Cast", hint, List.of(x), integer("to", type.getNumber()));
    }

    /** A constant list of integers. */
    String integers(long... values) {
        return constant("i" + Arrays.toString(values), "integers", new long[] {values.length}, values);
    }

    /** A constant integer without dimensions. */
    String scalar(long value) {
        return constant("s" + value, "integer", new long[0], value);
    }

    /** A constant number without dimensions. */
    String scalar(float value) {
        String key = "f" + Float.floatToIntBits(value);
        String known = constants.get(key);
        if (known == null) {
            known = tensor("number", new long[0], value);
            constants.put(key, known);
        }
        return known;
    }

    /** A constant matrix of integers. */
    String matrix(long[][] rows) {
        return constant("m" + Arrays.deepToString(rows), "integers", new long[] {rows.length, rows[0].length},
                Arrays.stream(rows).flatMapToLong(Arrays::stream).toArray());
    }

    private String constant(String key, String hint, long[] dims, long... values) {
        return constants.computeIfAbsent(key, unknown -> {
            ByteBuffer raw = ByteBuffer.allocate(Math.multiplyExact(values.length, Long.BYTES)).order(ByteOrder.LITTLE_ENDIAN);
            raw.asLongBuffer().put(values);
            return initializer(hint, TensorProto.DataType.INT64, dims, raw);
        });
    }

    static IllegalArgumentException tooLarge() {
        return new IllegalArgumentException("the weights take more than " + MOST_BYTES + " bytes, which a file of ONNX cannot hold");
    }

    /** Numbers as an initializer. Returns its name. */
    String tensor(String hint, long[] dims, float... values) {
        if (bytes + 4L * values.length > MOST_BYTES) {
            throw tooLarge();
        }
        ByteBuffer raw = ByteBuffer.allocate(Math.multiplyExact(values.length, Float.BYTES)).order(ByteOrder.LITTLE_ENDIAN);
        raw.asFloatBuffer().put(values);
        return initializer(hint, TensorProto.DataType.FLOAT, dims, raw);
    }

    private String initializer(String hint, TensorProto.DataType type, long[] dims, ByteBuffer raw) {
        String name = fresh(hint);
        bytes += raw.capacity();
        graph.addInitializer(TensorProto.newBuilder().setName(name).setDataType(type.getNumber())
                .addAllDims(Arrays.stream(dims).boxed().toList()).setRawData(UnsafeByteOperations.unsafeWrap(raw)));
        return name;
    }

    static AttributeProto integer(String name, long value) {
        return AttributeProto.newBuilder().setName(name).setType(AttributeProto.AttributeType.INT).setI(value).build();
    }

    static AttributeProto integers(String name, long... values) {
        return AttributeProto.newBuilder().setName(name).setType(AttributeProto.AttributeType.INTS)
                .addAllInts(Arrays.stream(values).boxed().toList()).build();
    }

    static AttributeProto number(String name, double value) {
        return AttributeProto.newBuilder().setName(name).setType(AttributeProto.AttributeType.FLOAT).setF((float) value).build();
    }

    static AttributeProto numbers(String name, List<Float> values) {
        return AttributeProto.newBuilder().setName(name).setType(AttributeProto.AttributeType.FLOATS).addAllFloats(values).build();
    }

    static AttributeProto text(String name, String value) {
        return AttributeProto.newBuilder().setName(name).setType(AttributeProto.AttributeType.STRING)
                .setS(ByteString.copyFromUtf8(value)).build();
    }

    static AttributeProto texts(String name, List<String> values) {
        return AttributeProto.newBuilder().setName(name).setType(AttributeProto.AttributeType.STRINGS)
                .addAllStrings(values.stream().map(ByteString::copyFromUtf8).toList()).build();
    }

    /** The attribute perm of Transpose. */
    static AttributeProto order(int... dims) {
        return integers("perm", IntStream.of(dims).asLongStream().toArray());
    }
}
