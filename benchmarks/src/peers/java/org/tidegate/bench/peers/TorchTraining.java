package org.tidegate.bench.peers;

import org.bytedeco.pytorch.AdamW;
import org.bytedeco.pytorch.AdamWOptions;
import org.bytedeco.pytorch.T_TensorTensorTensor_T;
import org.bytedeco.pytorch.T_TensorTensor_T;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.tidegate.Cell;
import org.tidegate.bench.TidegatePeer;
import org.tidegate.bench.work.Contender;
import org.tidegate.bench.work.Recurrent;
import org.tidegate.bench.work.RecurrentProblem;

/** A training step of LibTorch: forward, mse_loss, backward (to the input too), clip_grad_norm_, AdamW. */
final class TorchTraining implements Contender {
    private final Recurrent work;
    private final TorchForm form;
    private final Tensor[] parameters;
    private final TensorVector parameterVector;
    private final TensorVector state;
    private final Tensor h;
    private final Tensor x;
    private final Tensor targets;
    private final AdamW optimizer;

    TorchTraining(RecurrentProblem problem, TorchForm form) {
        this.form = form;
        work = problem.work();
        parameters = Torch.parameters(problem);
        for (Tensor parameter : parameters) {
            parameter.set_requires_grad(true);
        }
        parameterVector = new TensorVector(parameters);
        h = Torch.zeros(work);
        state = new TensorVector(h, Torch.zeros(work));
        x = Torch.tensor(problem.input(), work.steps(), work.batch(), work.inputSize());
        x.set_requires_grad(true);
        targets = Torch.tensor(problem.targets(), work.steps(), work.batch(), work.outputColumns());
        AdamWOptions options = new AdamWOptions(TidegatePeer.LEARNING_RATE);
        optimizer = new AdamW(parameterVector, options);
    }

    @Override
    public void run() {
        try (Tensor outputs = forwardAndBackward()) {
            torch.clip_grad_norm_(parameterVector, TidegatePeer.CLIP_NORM);
            optimizer.step().close();
            clearGradients();
        }
    }

    private Tensor forwardAndBackward() {
        torch.globalContext().setUserEnabledMkldnn(form == TorchForm.LAYER_ONEDNN);
        Tensor outputs = forward();
        try (Tensor loss = torch.mse_loss(outputs, targets)) {
            loss.backward();
        }
        return outputs;
    }

    private Tensor forward() {
        if (work.cell() == Cell.LSTM) {
            try (T_TensorTensorTensor_T result = torch.lstm(x, state, parameterVector, true, work.layers(), 0, true,
                    work.bidirectional(), false)) {
                return new Tensor(result.get0());
            }
        }
        try (T_TensorTensor_T result = work.cell() == Cell.GRU
                ? torch.gru(x, h, parameterVector, true, work.layers(), 0, true, work.bidirectional(), false)
                : torch.rnn_tanh(x, h, parameterVector, true, work.layers(), 0, true, work.bidirectional(), false)) {
            return new Tensor(result.get0());
        }
    }

    private void clearGradients() {
        optimizer.zero_grad();
        try (Tensor gradient = x.mutable_grad()) {
            gradient.reset();
        }
    }

    @Override
    public float[] output() {
        try (Tensor outputs = forward()) {
            return Torch.copy(outputs);
        }
    }

    @Override
    public float[] gradients() {
        forwardAndBackward().close();
        float[][] parts = new float[parameters.length / 2][];
        for (int i = 0; i < parts.length; i++) {
            try (Tensor gradient = parameters[i / 2 * 4 + i % 2].grad()) {
                parts[i] = Torch.copy(gradient);
            }
        }
        clearGradients();
        return Gates.concat(parts);
    }

    @Override
    public String note() {
        return form.words();
    }

    @Override
    public void close() {
        optimizer.close();
        state.close();
        Torch.close(parameterVector, parameters);
        h.close();
        x.close();
        targets.close();
    }
}
