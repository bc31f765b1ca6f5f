/* A convolution as an ONNX model. */
package org.tidegate.bench.peers;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import org.tidegate.bench.work.Convolution;
import org.tidegate.bench.work.ConvolutionProblem;

/** Writes the operator Conv: input {@code x [B, C, positions]}, output {@code y [B, F, windows]}. */
final class OnnxConvolution {
    private OnnxConvolution() {
    }

    static long[] inputShape(Convolution work) {
        return new long[] {work.rows(), work.channels(), work.positions()};
    }

    static long[] outputShape(Convolution work) {
        return new long[] {work.rows(), work.filters(), work.windows()};
    }

    /** The model's bytes. */
    static byte[] bytes(ConvolutionProblem problem) {
        Convolution work = problem.work();
        NodeProto.Builder node = NodeProto.newBuilder().setOpType("Conv").addInput("x").addInput("w").addInput("b").addOutput("y")
            .addAttribute(integers("kernel_shape", work.kernel())).addAttribute(integers("strides", work.stride()))
            .addAttribute(integers("pads", work.pad(), work.pad()));
        return OnnxModel.model(GraphProto.newBuilder().setName("convolution")
            .addInput(OnnxModel.value("x", inputShape(work))).addOutput(OnnxModel.value("y", outputShape(work)))
            .addInitializer(OnnxModel.tensor("w", problem.weight(), work.filters(), work.channels(), work.kernel()))
            .addInitializer(OnnxModel.tensor("b", problem.bias(), work.filters())).addNode(node));
    }

    private static AttributeProto integers(String name, long... values) {
        AttributeProto.Builder attribute = AttributeProto.newBuilder().setName(name).setType(AttributeProto.AttributeType.INTS);
        for (long value : values) {
            attribute.addInts(value);
        }
        return attribute.build();
    }
}
