/* Some recurrent layers as one oneDNN primitive. */
package org.tidegate.bench.peers;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_BIAS;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WEIGHTS_ITER;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WEIGHTS_LAYER;

import java.util.Arrays;
import java.util.function.Function;
import org.bytedeco.dnnl.IntMemoryMap;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.lbr_gru_backward;
import org.bytedeco.dnnl.lbr_gru_forward;
import org.bytedeco.dnnl.lstm_backward;
import org.bytedeco.dnnl.lstm_forward;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.primitive_attr;
import org.bytedeco.dnnl.rnn_primitive_desc_base;
import org.bytedeco.dnnl.vanilla_rnn_backward;
import org.bytedeco.dnnl.vanilla_rnn_forward;
import org.tidegate.Precision;
import org.tidegate.bench.work.LayerWeights;
import org.tidegate.bench.work.Recurrent;
import org.tidegate.bench.work.RecurrentProblem;

/**
 * Layers {@code first … first + count - 1} of a problem. Several layers are one primitive only if each reads as many columns as it
 * writes. The weights lie in the layout that the kernel chose.
 */
final class DnnlLayers {
    /** How an int8 primitive reads its data: u = 127 x + 128, for x in ±1. */
    static final float DATA_SCALE = 127;
    static final float DATA_SHIFT = 128;
    private static final int BY_GATE_AND_COLUMN = 1 << 3 | 1 << 4;

    private final RecurrentProblem problem;
    private final Recurrent work;
    private final int first;
    private final int count;
    private final dnnl.rnn_direction direction;
    private final long[] weightLayerDims;
    private final long[] weightIterDims;
    private final long[] biasDims;
    private final memory.desc source;
    private final memory.desc target;
    private final memory.desc state;
    private final memory.desc cellState;
    private final memory.data_type weightType;
    private final primitive_attr attributes = new primitive_attr();

    /** The layers; {@code stateful}: with initial and last states as arguments, else they start from zeros. */
    DnnlLayers(RecurrentProblem problem, int first, int count, boolean stateful) {
        this.problem = problem;
        this.first = first;
        this.count = count;
        work = problem.work();
        direction = work.bidirectional() ? dnnl.rnn_direction.bidirectional_concat : dnnl.rnn_direction.unidirectional_left2right;
        int d = work.directions();
        int h = work.hiddenSize();
        weightLayerDims = new long[] {count, d, work.inputOf(first), work.gates(), h};
        weightIterDims = new long[] {count, d, h, work.gates(), h};
        // A GRU that resets after the product has a fourth bias: the one inside the reset.
        biasDims = new long[] {count, d, work.gates() == 3 ? 4 : work.gates(), h};
        memory.data_type dataType = switch (work.precision()) {
            case FLOAT32 -> memory.data_type.f32;
            case BFLOAT16 -> memory.data_type.bf16;
            case INT8 -> memory.data_type.u8;
        };
        weightType = work.precision() == Precision.INT8 ? memory.data_type.s8 : dataType;
        source = new memory.desc(new long[] {work.steps(), work.batch(), work.inputOf(first)}, dataType, memory.format_tag.tnc);
        target = new memory.desc(new long[] {work.steps(), work.batch(), (long) d * h}, dataType, memory.format_tag.tnc);
        long[] stateDims = {count, d, work.batch(), h};
        state = stateful ? new memory.desc(stateDims, dataType, memory.format_tag.ldnc) : new memory.desc();
        cellState = stateful ? DnnlMemory.plain(memory.format_tag.ldnc, stateDims) : new memory.desc();
        if (work.precision() == Precision.INT8) {
            attributes.set_rnn_data_qparams(DATA_SCALE, DATA_SHIFT);
            attributes.set_rnn_weights_qparams(BY_GATE_AND_COLUMN, weightScales());
        }
    }

    /** For each gate and column what makes the largest weight 127. */
    private float[] weightScales() {
        LayerWeights weights = problem.weights(first, 0);
        float[] ih = inOrder(weights.weightIh());
        float[] hh = inOrder(weights.weightHh());
        float[] scales = new float[work.gates() * work.hiddenSize()];
        for (int row = 0; row < scales.length; row++) {
            float largest = 0;
            for (float[] matrix : new float[][] {ih, hh}) {
                int columns = matrix.length / scales.length;
                for (int c = 0; c < columns; c++) {
                    largest = Math.max(largest, Math.abs(matrix[row * columns + c]));
                }
            }
            scales[row] = 127 / largest;
        }
        return scales;
    }

    memory.desc source() {
        return source;
    }

    memory.desc target() {
        return target;
    }

    /** Of h. */
    memory.desc state() {
        return state;
    }

    /** Of c, which is float in all precisions. */
    memory.desc cellState() {
        return cellState;
    }

    /** The dimensions of the weights and biases in the layouts that the kernel chooses. */
    memory.desc anyWeightLayer() {
        return DnnlMemory.any(weightType, weightLayerDims);
    }

    memory.desc anyWeightIter() {
        return DnnlMemory.any(weightType, weightIterDims);
    }

    memory.desc plainBias() {
        return DnnlMemory.plain(memory.format_tag.ldgo, biasDims);
    }

    /** The forward kernel's description. */
    rnn_primitive_desc_base forward(dnnl.prop_kind kind) {
        return switch (work.cell()) {
            case LSTM -> new lstm_forward.primitive_desc(DnnlMemory.ENGINE, kind, direction, source, state, cellState,
                anyWeightLayer(), anyWeightIter(), plainBias(), target, state, cellState, attributes, false);
            case GRU -> new lbr_gru_forward.primitive_desc(DnnlMemory.ENGINE, kind, direction, source, state, anyWeightLayer(),
                anyWeightIter(), plainBias(), target, state);
            case RNN -> new vanilla_rnn_forward.primitive_desc(DnnlMemory.ENGINE, kind, dnnl.algorithm.eltwise_tanh, direction, source,
                state, anyWeightLayer(), anyWeightIter(), plainBias(), target, state);
            default -> throw new IllegalArgumentException("oneDNN has no cell " + work.cell() + ".");
        };
    }

    /** The backward kernel's description. */
    rnn_primitive_desc_base backward(rnn_primitive_desc_base forward) {
        dnnl.prop_kind kind = dnnl.prop_kind.backward;
        return switch (work.cell()) {
            case LSTM -> new lstm_backward.primitive_desc(DnnlMemory.ENGINE, kind, direction, source, state, cellState,
                anyWeightLayer(), anyWeightIter(), plainBias(), target, state, cellState, source, state, cellState, anyWeightLayer(),
                anyWeightIter(), plainBias(), target, state, cellState, (lstm_forward.primitive_desc) forward);
            case GRU -> new lbr_gru_backward.primitive_desc(DnnlMemory.ENGINE, kind, direction, source, state, anyWeightLayer(),
                anyWeightIter(), plainBias(), target, state, source, state, anyWeightLayer(), anyWeightIter(), plainBias(), target, state,
                (lbr_gru_forward.primitive_desc) forward);
            case RNN -> new vanilla_rnn_backward.primitive_desc(DnnlMemory.ENGINE, kind, dnnl.algorithm.eltwise_tanh, direction, source,
                state, anyWeightLayer(), anyWeightIter(), plainBias(), target, state, source, state, anyWeightLayer(), anyWeightIter(),
                plainBias(), target, state, (vanilla_rnn_forward.primitive_desc) forward);
            default -> throw new IllegalArgumentException("oneDNN has no cell " + work.cell() + ".");
        };
    }

    /** Puts weights and biases into a primitive's arguments, in the layouts that it chose. */
    void putWeights(rnn_primitive_desc_base desc, IntMemoryMap arguments) {
        memory layer = DnnlMemory.of(DnnlMemory.plain(memory.format_tag.ldgoi, weightLayerDims), joined(LayerWeights::weightIh));
        memory iter = DnnlMemory.of(DnnlMemory.plain(memory.format_tag.ldgoi, weightIterDims), joined(LayerWeights::weightHh));
        arguments.put(DNNL_ARG_WEIGHTS_LAYER, packed(desc.weights_layer_desc(), layer, weightLayerDims));
        arguments.put(DNNL_ARG_WEIGHTS_ITER, packed(desc.weights_iter_desc(), iter, weightIterDims));
        arguments.put(DNNL_ARG_BIAS, DnnlMemory.of(plainBias(), biases()));
    }

    /** Only from ldigo can weights be brought into every layout. */
    private memory packed(memory.desc chosen, memory weights, long[] dims) {
        return DnnlMemory.in(chosen, DnnlMemory.in(DnnlMemory.plain(memory.format_tag.ldigo, dims), weights), attributes);
    }

    /** Gradients of weights, {@code layer} of weight_ih and {@code iter} of weight_hh, as PyTorch lays them out, layer by layer. */
    float[] gradients(memory layer, memory iter) {
        float[] ih = DnnlMemory.copy(DnnlMemory.in(DnnlMemory.plain(memory.format_tag.ldgoi, weightLayerDims), layer));
        float[] hh = DnnlMemory.copy(DnnlMemory.in(DnnlMemory.plain(memory.format_tag.ldgoi, weightIterDims), iter));
        float[][] parts = new float[2 * count][];
        for (int l = 0; l < count; l++) {
            parts[2 * l] = inOrder(Arrays.copyOfRange(ih, l * (ih.length / count), (l + 1) * (ih.length / count)));
            parts[2 * l + 1] = inOrder(Arrays.copyOfRange(hh, l * (hh.length / count), (l + 1) * (hh.length / count)));
        }
        return Gates.concat(parts);
    }

    private float[] joined(Function<LayerWeights, float[]> part) {
        float[][] parts = new float[count * work.directions()][];
        for (int i = 0; i < parts.length; i++) {
            parts[i] = inOrder(part.apply(problem.weights().get(first * work.directions() + i)));
        }
        return Gates.concat(parts);
    }

    private float[] biases() {
        float[][] parts = new float[count * work.directions()][];
        for (int i = 0; i < parts.length; i++) {
            LayerWeights weights = problem.weights().get(first * work.directions() + i);
            float[] sums = inOrder(Gates.add(weights.biasIh(), weights.biasHh()));
            if (work.gates() == 3) {
                int h = work.hiddenSize();
                System.arraycopy(weights.biasIh(), 2 * h, sums, 2 * h, h);
                sums = Gates.concat(sums, Arrays.copyOfRange(weights.biasHh(), 2 * h, 3 * h));
            }
            parts[i] = sums;
        }
        return Gates.concat(parts);
    }

    /** oneDNN orders the gates i f g o and z r n; the exchange is its own inverse. */
    private float[] inOrder(float[] values) {
        return work.gates() == 3 ? Gates.permute(values, 1, 0, 2) : values;
    }
}
