/* Steps of oneDNN. */
package org.tidegate.bench.peers;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST_ITER;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST_ITER_C;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST_LAYER;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC_ITER;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC_ITER_C;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC_LAYER;

import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import org.bytedeco.dnnl.IntMemoryMap;
import org.bytedeco.dnnl.global.dnnl.prop_kind;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.primitive;
import org.bytedeco.dnnl.rnn_primitive_desc_base;
import org.tidegate.Cell;
import org.tidegate.Precision;
import org.tidegate.bench.work.Contender;
import org.tidegate.bench.work.Recurrent;
import org.tidegate.bench.work.RecurrentProblem;

/**
 * Two sets of arguments: the states swap places from step to step. In a reduced precision each step converts its input row, and the
 * outputs stay as they come: bfloat16 or 8-bit integers.
 */
final class DnnlStream implements Contender {
    private final Precision precision;
    private final primitive step;
    private final IntMemoryMap[] arguments = {new IntMemoryMap(), new IntMemoryMap()};
    private final ByteBuffer x;
    private final FloatBuffer floats;
    private final memory y;
    private final float[] input;
    private final int columns;
    private int calls;

    DnnlStream(RecurrentProblem problem) {
        Recurrent work = problem.work();
        precision = work.precision();
        DnnlLayers layers = new DnnlLayers(problem, 0, 1, true);
        rnn_primitive_desc_base desc = layers.forward(prop_kind.forward_inference);
        step = new primitive(desc);
        input = problem.input();
        columns = work.batch() * work.inputSize();
        memory source = DnnlMemory.zeros(layers.source());
        y = DnnlMemory.zeros(layers.target());
        x = DnnlMemory.bytes(source);
        floats = x.asFloatBuffer();
        memory[] h = {zeroState(layers), zeroState(layers)};
        memory[] c = {DnnlMemory.zeros(layers.cellState()), DnnlMemory.zeros(layers.cellState())};
        for (int i = 0; i < 2; i++) {
            layers.putWeights(desc, arguments[i]);
            arguments[i].put(DNNL_ARG_SRC_LAYER, source).put(DNNL_ARG_SRC_ITER, h[i]).put(DNNL_ARG_DST_LAYER, y)
                .put(DNNL_ARG_DST_ITER, h[1 - i]);
            if (work.cell() == Cell.LSTM) {
                arguments[i].put(DNNL_ARG_SRC_ITER_C, c[i]).put(DNNL_ARG_DST_ITER_C, c[1 - i]);
            }
        }
    }

    private memory zeroState(DnnlLayers layers) {
        memory state = DnnlMemory.zeros(layers.state());
        if (precision == Precision.INT8) {
            ByteBuffer bytes = DnnlMemory.bytes(state);
            while (bytes.hasRemaining()) {
                bytes.put((byte) DnnlLayers.DATA_SHIFT);
            }
        }
        return state;
    }

    @Override
    public void run() {
        int from = calls % RecurrentProblem.STREAM_STEPS * columns;
        switch (precision) {
            case FLOAT32 -> floats.put(0, input, from, columns);
            case BFLOAT16 -> {
                for (int i = 0; i < columns; i++) {
                    x.putShort(2 * i, (short) (Float.floatToRawIntBits(input[from + i]) + 0x8000 >>> 16));
                }
            }
            case INT8 -> {
                for (int i = 0; i < columns; i++) {
                    x.put(i, (byte) (int) (input[from + i] * DnnlLayers.DATA_SCALE + (DnnlLayers.DATA_SHIFT + 0.5f)));
                }
            }
        }
        step.execute(DnnlMemory.STREAM, arguments[calls & 1]);
        calls++;
    }

    @Override
    public float[] output() {
        if (precision == Precision.FLOAT32) {
            return DnnlMemory.copy(y);
        }
        ByteBuffer bytes = DnnlMemory.bytes(y);
        boolean int8 = precision == Precision.INT8;
        float[] outputs = new float[int8 ? bytes.capacity() : bytes.capacity() / 2];
        for (int i = 0; i < outputs.length; i++) {
            outputs[i] = int8 ? ((bytes.get(i) & 0xff) - DnnlLayers.DATA_SHIFT) / DnnlLayers.DATA_SCALE
                : Float.intBitsToFloat(bytes.getShort(2 * i) << 16);
        }
        return outputs;
    }

    @Override
    public void close() {
        step.close();
        arguments[0].close();
        arguments[1].close();
        y.close();
    }
}
