package org.tidegate.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** A graph of ONNX in a few lines, and what ONNX Runtime answers. */
final class Built {
    private static final OrtEnvironment ENVIRONMENT = OrtEnvironment.getEnvironment();

    final int opset;
    final Random random;
    private final GraphProto.Builder graph = GraphProto.newBuilder().setName("g");
    private final Map<String, NdArray> inputs = new LinkedHashMap<>();
    private final Map<String, Integer> sizes = new LinkedHashMap<>();

    Built(int opset, long seed) {
        this.opset = opset;
        random = new Random(seed);
    }

    /** The size of an open dimension in the arrays that are run. */
    Built size(String dimension, int size) {
        sizes.put(dimension, size);
        return this;
    }

    /** A number for each fixed dimension, a name for an open one. */
    Built input(String name, Object... dims) {
        return input(name, TensorProto.DataType.FLOAT, 0, dims);
    }

    Built ids(String name, int below, Object... dims) {
        return input(name, TensorProto.DataType.INT64, below, dims);
    }

    private Built input(String name, TensorProto.DataType type, int below, Object... dims) {
        TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
        for (Object dim : dims) {
            shape.addDim(dim instanceof Integer size ? TensorShapeProto.Dimension.newBuilder().setDimValue(size)
                    : TensorShapeProto.Dimension.newBuilder().setDimParam((String) dim));
        }
        graph.addInput(ValueInfoProto.newBuilder().setName(name).setType(TypeProto.newBuilder()
                .setTensorType(TypeProto.Tensor.newBuilder().setElemType(type.getNumber()).setShape(shape))));
        int[] sized = Arrays.stream(dims).mapToInt(dim -> dim instanceof Integer size ? size : sizes.computeIfAbsent((String) dim, n -> 2
                + sizes.size()))
                .toArray();
        int count = Arrays.stream(sized).reduce(1, Math::multiplyExact);
        inputs.put(name, below > 0 ? NdArray.of(sized, random.longs(count, 0, below).toArray()) : NdArray.of(sized, normal(count)));
        return this;
    }

    float[] normal(int count) {
        float[] numbers = new float[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = (float) random.nextGaussian();
        }
        return numbers;
    }

    /** Random numbers. */
    Built weight(String name, int... shape) {
        return weight(name, normal(Arrays.stream(shape).reduce(1, Math::multiplyExact)), shape);
    }

    Built positive(String name, int... shape) {
        float[] numbers = normal(Arrays.stream(shape).reduce(1, Math::multiplyExact));
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = Math.abs(numbers[i]) + 0.1f;
        }
        return weight(name, numbers, shape);
    }

    Built weight(String name, float[] numbers, int... shape) {
        TensorProto.Builder tensor = TensorProto.newBuilder().setName(name).setDataType(TensorProto.DataType.FLOAT.getNumber());
        Arrays.stream(shape).forEach(tensor::addDims);
        for (float number : numbers) {
            tensor.addFloatData(number);
        }
        graph.addInitializer(tensor);
        return this;
    }

    Built integers(String name, long... numbers) {
        TensorProto.Builder tensor = TensorProto.newBuilder().setName(name).setDataType(TensorProto.DataType.INT64.getNumber());
        tensor.addDims(numbers.length);
        Arrays.stream(numbers).forEach(tensor::addInt64Data);
        graph.addInitializer(tensor);
        return this;
    }

    /**
     * A node.
     *
     * @param edges inputs and outputs: {@code "x w -> y"}; a missing input is a dot
     * @param attributes names and values
     */
    Built node(String op, String edges, Object... attributes) {
        String[] sides = edges.split(" ?-> ?");
        NodeProto.Builder node = NodeProto.newBuilder().setOpType(op).setName(op + "_" + graph.getNodeCount());
        for (String input : sides[0].split(" ")) {
            node.addInput(input.equals(".") ? "" : input);
        }
        node.addAllOutput(List.of(sides[1].split(" ")));
        for (int i = 0; i < attributes.length; i += 2) {
            node.addAttribute(attribute((String) attributes[i], attributes[i + 1]));
        }
        graph.addNode(node);
        return this;
    }

    private static AttributeProto attribute(String name, Object value) {
        AttributeProto.Builder made = AttributeProto.newBuilder().setName(name);
        if (value instanceof Integer number) {
            return made.setType(AttributeProto.AttributeType.INT).setI(number).build();
        } else if (value instanceof Double number) {
            return made.setType(AttributeProto.AttributeType.FLOAT).setF(number.floatValue()).build();
        } else if (value instanceof String text) {
            return made.setType(AttributeProto.AttributeType.STRING).setS(ByteString.copyFromUtf8(text)).build();
        }
        made.setType(AttributeProto.AttributeType.INTS);
        Arrays.stream((int[]) value).forEach(made::addInts);
        return made.build();
    }

    static int[] ints(int... numbers) {
        return numbers;
    }

    /** Integers that are an attribute before a version, and an input from it on. edges: without that input. */
    Built node(int since, String attribute, int[] numbers, String op, String edges, Object... attributes) {
        if (opset < since) {
            Object[] all = Arrays.copyOf(attributes, attributes.length + 2);
            all[attributes.length] = attribute;
            all[attributes.length + 1] = numbers;
            return node(op, edges, all);
        }
        String name = attribute + graph.getInitializerCount();
        integers(name, Arrays.stream(numbers).asLongStream().toArray());
        return node(op, edges.replaceFirst(" ?-> ?", " " + name + " -> "), attributes);
    }

    Built output(String... names) {
        for (String name : names) {
            graph.addOutput(ValueInfoProto.newBuilder().setName(name).setType(TypeProto.newBuilder()
                    .setTensorType(TypeProto.Tensor.newBuilder().setElemType(TensorProto.DataType.FLOAT.getNumber()))));
        }
        return this;
    }

    Map<String, NdArray> inputs() {
        return inputs;
    }

    byte[] bytes() {
        return ModelProto.newBuilder().setIrVersion(8).setGraph(graph).addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(opset)).build()
                .toByteArray();
    }

    OnnxModel model(Path folder) throws IOException {
        Path file = folder.resolve("built.onnx");
        Files.write(file, bytes());
        return OnnxModel.read(file);
    }

    /** What ONNX Runtime answers to the inputs. */
    Map<String, NdArray> expected() throws OrtException {
        Map<String, OnnxTensor> given = new LinkedHashMap<>();
        Map<String, NdArray> outputs = new LinkedHashMap<>();
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setIntraOpNumThreads(1);
            options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.NO_OPT);
            run(options, given, outputs);
        } finally {
            given.values().forEach(OnnxTensor::close);
        }
        return outputs;
    }

    private void run(OrtSession.SessionOptions options, Map<String, OnnxTensor> given, Map<String, NdArray> outputs) throws OrtException {
        try (OrtSession session = ENVIRONMENT.createSession(bytes(), options)) {
            for (Map.Entry<String, NdArray> input : inputs.entrySet()) {
                NdArray array = input.getValue();
                long[] shape = Arrays.stream(array.shape()).asLongStream().toArray();
                given.put(input.getKey(), array.reals() != null ? OnnxTensor.createTensor(ENVIRONMENT, FloatBuffer.wrap(array.reals()),
                        shape)
                        : OnnxTensor.createTensor(ENVIRONMENT, LongBuffer.wrap(array.integers()), shape));
            }
            try (OrtSession.Result result = session.run(given)) {
                for (Map.Entry<String, ai.onnxruntime.OnnxValue> output : result) {
                    OnnxTensor tensor = (OnnxTensor) output.getValue();
                    FloatBuffer buffer = tensor.getFloatBuffer();
                    float[] numbers = new float[buffer.remaining()];
                    buffer.get(numbers);
                    outputs.put(output.getKey(), NdArray.of(Arrays.stream(tensor.getInfo().getShape()).mapToInt(Math::toIntExact).toArray(),
                            numbers));
                }
            }
        }
    }
}
