/* A convolution as an ONNX model. */
package org.tidegate.bench.peers;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import org.tidegate.bench.work.Convolution;
import org.tidegate.bench.work.ConvolutionProblem;

/**
 * Writes the operator Conv in two dimensions, one high: input {@code x [B, C, 1, positions]}, output {@code y [B, F, 1, windows]}. Only in
 * this form ONNX Runtime has kernels that work on blocks of channels, up to six times as fast as its convolution in one dimension.
 */
final class OnnxConvolution {
    private OnnxConvolution() {
    }

    static long[] inputShape(Convolution work) {
        return new long[] {work.rows(), work.channels(), 1, work.positions()};
    }

    static long[] outputShape(Convolution work) {
        return new long[] {work.rows(), work.filters(), 1, work.windows()};
    }

    /** The model's bytes. */
    static byte[] bytes(ConvolutionProblem problem) {
        Convolution work = problem.work();
        NodeProto.Builder node = NodeProto.newBuilder().setOpType("Conv").addInput("x").addInput("w").addInput("b").addOutput("y")
            .addAttribute(integers("kernel_shape", 1, work.kernel())).addAttribute(integers("strides", 1, work.stride()))
            .addAttribute(integers("pads", 0, work.pad(), 0, work.pad()));
        return OnnxModel.model(GraphProto.newBuilder().setName("convolution")
            .addInput(OnnxModel.value("x", inputShape(work))).addOutput(OnnxModel.value("y", outputShape(work)))
            .addInitializer(OnnxModel.tensor("w", problem.weight(), work.filters(), work.channels(), 1, work.kernel()))
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
