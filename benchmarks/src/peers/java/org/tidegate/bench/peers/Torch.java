/* The tensors of a problem, as LibTorch wants them. */
package org.tidegate.bench.peers;

import java.nio.FloatBuffer;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.tidegate.bench.work.LayerWeights;
import org.tidegate.bench.work.Recurrent;
import org.tidegate.bench.work.RecurrentProblem;

/** Builds tensors and reads them. One thread for all of LibTorch. */
final class Torch {
    static {
        torch.set_num_threads(1);
    }

    private Torch() {
    }

    /** A tensor with a copy of the values. */
    static Tensor tensor(float[] values, long... shape) {
        try (Tensor wrapped = Tensor.create(values, shape)) {
            return wrapped.clone();
        }
    }

    /** weight_ih, weight_hh, bias_ih, bias_hh of each layer and direction, as {@code torch.lstm} takes them. */
    static Tensor[] parameters(RecurrentProblem problem) {
        Recurrent work = problem.work();
        int rows = work.gates() * work.hiddenSize();
        Tensor[] parameters = new Tensor[4 * problem.weights().size()];
        int i = 0;
        for (LayerWeights weights : problem.weights()) {
            parameters[i++] = tensor(weights.weightIh(), rows, weights.inputSize());
            parameters[i++] = tensor(weights.weightHh(), rows, work.hiddenSize());
            parameters[i++] = tensor(weights.biasIh(), rows);
            parameters[i++] = tensor(weights.biasHh(), rows);
        }
        return parameters;
    }

    /** A state of zeros, {@code [layers*D, B, H]}. */
    static Tensor zeros(Recurrent work) {
        long[] shape = {(long) work.layers() * work.directions(), work.batch(), work.hiddenSize()};
        return tensor(new float[Math.toIntExact(shape[0] * shape[1] * shape[2])], shape);
    }

    /** A copy of a tensor's floats. */
    static float[] copy(Tensor tensor) {
        try (Tensor plain = tensor.contiguous()) {
            FloatBuffer buffer = plain.createBuffer();
            float[] values = new float[buffer.remaining()];
            buffer.get(values);
            return values;
        }
    }

    static void close(TensorVector vector, Tensor... tensors) {
        vector.close();
        for (Tensor tensor : tensors) {
            tensor.close();
        }
    }
}
