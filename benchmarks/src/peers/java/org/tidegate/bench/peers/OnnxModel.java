/* Recurrent layers as an ONNX model. */
package org.tidegate.bench.peers;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.tidegate.Cell;
import org.tidegate.Precision;
import org.tidegate.bench.work.Kind;
import org.tidegate.bench.work.LayerWeights;
import org.tidegate.bench.work.Recurrent;
import org.tidegate.bench.work.RecurrentProblem;

/**
 * Writes the layers as the operators LSTM, GRU and RNN. Input {@code x [T, B, I]}, output {@code y [T, D, B, H]} of the last layer; a
 * stream has instead {@code h0, c0 [1, B, H]} as inputs and {@code h, c} as outputs.
 */
final class OnnxModel {
    private static final int OPSET = 17;
    /** Where ONNX Runtime keeps its own operators. */
    private static final String INT8_DOMAIN = "com.microsoft";

    private final RecurrentProblem problem;
    private final Recurrent work;
    private final GraphProto.Builder graph = GraphProto.newBuilder().setName("recurrent");

    private OnnxModel(RecurrentProblem problem) {
        this.problem = problem;
        work = problem.work();
    }

    /** The model's bytes. */
    static byte[] bytes(RecurrentProblem problem) {
        return new OnnxModel(problem).build();
    }

    private byte[] build() {
        boolean stream = work.kind() == Kind.STREAM;
        graph.addInput(value("x", work.steps(), work.batch(), work.inputSize()));
        String x = "x";
        for (int layer = 0; layer < work.layers(); layer++) {
            boolean last = layer == work.layers() - 1;
            recurrent(layer, x, last ? "y" : "y" + layer, stream);
            if (!last) {
                x = joinDirections(layer);
            }
        }
        if (stream) {
            for (String state : work.cell() == Cell.LSTM ? List.of("h", "c") : List.of("h")) {
                graph.addInput(value(state + "0", 1, work.batch(), work.hiddenSize()));
                graph.addOutput(value(state, 1, work.batch(), work.hiddenSize()));
            }
        } else {
            graph.addOutput(value("y", work.steps(), work.directions(), work.batch(), work.hiddenSize()));
        }
        return model(graph);
    }

    /** A model with that graph. */
    static byte[] model(GraphProto.Builder graph) {
        return ModelProto.newBuilder().setIrVersion(8).setProducerName("tidegate-benchmarks")
            .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("").setVersion(OPSET))
            .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain(INT8_DOMAIN).setVersion(1))
            .setGraph(graph).build().toByteArray();
    }

    private void recurrent(int layer, String x, String y, boolean stream) {
        List<float[]> w = new ArrayList<>();
        List<float[]> r = new ArrayList<>();
        List<float[]> b = new ArrayList<>();
        for (int direction = 0; direction < work.directions(); direction++) {
            LayerWeights weights = problem.weights(layer, direction);
            w.add(inOrder(weights.weightIh()));
            r.add(inOrder(weights.weightHh()));
            b.add(Gates.concat(inOrder(weights.biasIh()), inOrder(weights.biasHh())));
        }
        int rows = work.gates() * work.hiddenSize();
        boolean int8 = work.precision() == Precision.INT8;
        if (int8) {
            quantized("w" + layer, w, rows);
            quantized("r" + layer, r, rows);
        } else {
            initializer("w" + layer, w, work.directions(), rows, work.inputOf(layer));
            initializer("r" + layer, r, work.directions(), rows, work.hiddenSize());
        }
        initializer("b" + layer, b, work.directions(), 2 * rows);
        NodeProto.Builder node = NodeProto.newBuilder().setOpType(operator()).addInput(x).addInput("w" + layer).addInput("r" + layer)
            .addInput("b" + layer).addAttribute(integer("hidden_size", work.hiddenSize()));
        if (work.bidirectional()) {
            node.addAttribute(AttributeProto.newBuilder().setName("direction").setType(AttributeProto.AttributeType.STRING)
                .setS(ByteString.copyFromUtf8("bidirectional")));
        }
        if (int8) {
            node.setDomain(INT8_DOMAIN).setOpType("DynamicQuantizeLSTM");
        }
        if (work.cell() == Cell.GRU) {
            node.addAttribute(integer("linear_before_reset", 1));
        }
        if (stream) {
            node.addInput("").addInput("h0").addOutput("").addOutput("h");
            if (work.cell() == Cell.LSTM) {
                node.addInput("c0").addOutput("c");
            }
            if (int8) {
                node.addInput("");
                for (String name : List.of("w", "r")) {
                    node.addInput(name + layer + "s").addInput(name + layer + "z");
                }
            }
        } else {
            node.addOutput(y);
        }
        graph.addNode(node);
    }

    /** {@code [T, D, B, H]} to {@code [T, B, D*H]}. */
    private String joinDirections(int layer) {
        String y = "y" + layer;
        AttributeProto.Builder order = AttributeProto.newBuilder().setName("perm").setType(AttributeProto.AttributeType.INTS);
        List.of(0L, 2L, 1L, 3L).forEach(order::addInts);
        graph.addNode(NodeProto.newBuilder().setOpType("Transpose").addInput(y).addOutput(y + "t").addAttribute(order));
        graph.addInitializer(TensorProto.newBuilder().setName(y + "s").setDataType(TensorProto.DataType.INT64.getNumber()).addDims(3)
            .addInt64Data(work.steps()).addInt64Data(work.batch()).addInt64Data(work.outputColumns()));
        graph.addNode(NodeProto.newBuilder().setOpType("Reshape").addInput(y + "t").addInput(y + "s").addOutput(y + "r"));
        return y + "r";
    }

    private String operator() {
        return switch (work.cell()) {
            case LSTM -> "LSTM";
            case GRU -> "GRU";
            case RNN -> "RNN";
            default -> throw new IllegalArgumentException("No ONNX operator for " + work.cell() + ".");
        };
    }

    /** ONNX orders the gates i o f g and z r n. */
    private float[] inOrder(float[] values) {
        return switch (work.cell()) {
            case LSTM -> Gates.permute(values, 0, 3, 1, 2);
            case GRU -> Gates.permute(values, 1, 0, 2);
            default -> values;
        };
    }

    private void initializer(String name, List<float[]> parts, long... dims) {
        graph.addInitializer(tensor(name, Gates.concat(parts.toArray(float[][]::new)), dims));
    }

    /** A constant. */
    static TensorProto.Builder tensor(String name, float[] values, long... dims) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        TensorProto.Builder tensor = TensorProto.newBuilder().setName(name).setDataType(TensorProto.DataType.FLOAT.getNumber())
            .setRawData(ByteString.copyFrom(bytes));
        for (long dim : dims) {
            tensor.addDims(dim);
        }
        return tensor;
    }

    /** Matrices {@code [rows, columns]} as 8-bit integers {@code [D, columns, rows]} with a scale for each row and zero points of 0. */
    private void quantized(String name, List<float[]> matrices, int rows) {
        byte[][] values = new byte[matrices.size()][];
        float[][] scales = new float[matrices.size()][rows];
        for (int d = 0; d < values.length; d++) {
            float[] matrix = matrices.get(d);
            int columns = matrix.length / rows;
            values[d] = new byte[matrix.length];
            for (int row = 0; row < rows; row++) {
                float largest = 0;
                for (int c = 0; c < columns; c++) {
                    largest = Math.max(largest, Math.abs(matrix[row * columns + c]));
                }
                scales[d][row] = largest / 127;
                for (int c = 0; c < columns; c++) {
                    values[d][c * rows + row] = (byte) Math.round(matrix[row * columns + c] / scales[d][row]);
                }
            }
        }
        TensorProto.Builder integers = TensorProto.newBuilder().setName(name).setDataType(TensorProto.DataType.INT8.getNumber())
            .addDims(values.length).addDims(values[0].length / rows).addDims(rows);
        TensorProto.Builder zeros = TensorProto.newBuilder().setName(name + "z").setDataType(TensorProto.DataType.INT8.getNumber())
            .addDims(values.length).addDims(rows).setRawData(ByteString.copyFrom(new byte[values.length * rows]));
        ByteString all = ByteString.EMPTY;
        for (byte[] part : values) {
            all = all.concat(ByteString.copyFrom(part));
        }
        graph.addInitializer(integers.setRawData(all)).addInitializer(zeros);
        initializer(name + "s", List.of(scales), values.length, rows);
    }

    private static AttributeProto integer(String name, long value) {
        return AttributeProto.newBuilder().setName(name).setType(AttributeProto.AttributeType.INT).setI(value).build();
    }

    /** An input or output of a graph. */
    static ValueInfoProto value(String name, long... dims) {
        TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
        for (long dim : dims) {
            shape.addDim(TensorShapeProto.Dimension.newBuilder().setDimValue(dim));
        }
        return ValueInfoProto.newBuilder().setName(name).setType(TypeProto.newBuilder().setTensorType(
            TypeProto.Tensor.newBuilder().setElemType(TensorProto.DataType.FLOAT.getNumber()).setShape(shape))).build();
    }
}
