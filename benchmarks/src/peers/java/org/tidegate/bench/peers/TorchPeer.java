/* PyTorch's LibTorch through its JavaCPP preset. */
package org.tidegate.bench.peers;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.InferenceMode;
import org.bytedeco.pytorch.T_TensorTensorTensor_T;
import org.bytedeco.pytorch.T_TensorTensor_T;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.tidegate.Cell;
import org.tidegate.Precision;
import org.tidegate.bench.work.Contender;
import org.tidegate.bench.work.Kind;
import org.tidegate.bench.work.Peer;
import org.tidegate.bench.work.Recurrent;
import org.tidegate.bench.work.RecurrentProblem;

/** Tries the forms that fit the work and is timed in the fastest. */
public final class TorchPeer implements Peer {
    @Override
    public String name() {
        return "PyTorch";
    }

    @Override
    public boolean supports(Recurrent work) {
        return work.precision() == Precision.FLOAT32 && !work.ragged() && work.threads() == 1;
    }

    @Override
    public Contender prepare(RecurrentProblem problem) {
        Contender best = null;
        double bestSeconds = Double.POSITIVE_INFINITY;
        for (TorchForm form : forms(problem.work())) {
            double seconds;
            try (Contender candidate = prepare(problem, form)) {
                seconds = seconds(candidate);
            }
            if (seconds < bestSeconds) {
                bestSeconds = seconds;
                if (best != null) {
                    best.close();
                }
                best = prepare(problem, form);
            }
        }
        return best;
    }

    private static List<TorchForm> forms(Recurrent work) {
        List<TorchForm> forms = new ArrayList<>(List.of(TorchForm.LAYER_ONEDNN, TorchForm.LAYER));
        if (work.kind() == Kind.STREAM) {
            forms.add(TorchForm.CELL);
        }
        return forms;
    }

    private static Contender prepare(RecurrentProblem problem, TorchForm form) {
        return problem.work().kind() == Kind.TRAIN ? new TorchTraining(problem, form) : new Inference(problem, form);
    }

    /** The fastest of a few calls. */
    private static double seconds(Contender candidate) {
        long best = Long.MAX_VALUE;
        long start = System.nanoTime();
        for (int call = 0; call < 4 || System.nanoTime() - start < 50_000_000L; call++) {
            long from = System.nanoTime();
            candidate.run();
            best = Math.min(best, System.nanoTime() - from);
        }
        return best * 1e-9;
    }

    /** Streams and forward passes in inference mode. A stream keeps the state that a call returns for the next call. */
    private static final class Inference implements Contender {
        private final Recurrent work;
        private final TorchForm form;
        private final boolean stream;
        private final float[] input;
        private final Tensor x;
        private final FloatBuffer row;
        private final Tensor[] parameters;
        private final TensorVector parameterVector;
        private final TensorOptional[] biases = new TensorOptional[2];
        private Tensor h;
        private Tensor c;
        private Tensor y;
        private int step;

        Inference(RecurrentProblem problem, TorchForm form) {
            this.form = form;
            work = problem.work();
            stream = work.kind() == Kind.STREAM;
            input = problem.input();
            try (InferenceMode inference = new InferenceMode()) {
                parameters = Torch.parameters(problem);
                parameterVector = new TensorVector(parameters);
                biases[0] = new TensorOptional(parameters[2]);
                biases[1] = new TensorOptional(parameters[3]);
                h = Torch.zeros(work);
                c = Torch.zeros(work);
                x = stream ? Torch.tensor(new float[work.batch() * work.inputSize()], rowShape(work.batch(), work.inputSize()))
                    : Torch.tensor(input, work.steps(), work.batch(), work.inputSize());
                if (form == TorchForm.CELL) {
                    h = Torch.tensor(new float[work.batch() * work.hiddenSize()], work.batch(), work.hiddenSize());
                    c = Torch.tensor(new float[work.batch() * work.hiddenSize()], work.batch(), work.hiddenSize());
                }
                row = x.createBuffer();
            }
        }

        private long[] rowShape(long... shape) {
            return form == TorchForm.CELL ? shape : new long[] {1, shape[0], shape[1]};
        }

        @Override
        public void run() {
            if (stream) {
                row.put(0, input, step * row.capacity(), row.capacity());
                step = (step + 1) % RecurrentProblem.STREAM_STEPS;
            }
            torch.globalContext().setUserEnabledMkldnn(form == TorchForm.LAYER_ONEDNN);
            try (InferenceMode inference = new InferenceMode()) {
                if (form == TorchForm.CELL) {
                    cell();
                } else {
                    layer();
                }
            }
        }

        // What a tuple hands out lies inside it, so what is kept is a handle of its own.
    private void layer() {
            if (work.cell() == Cell.LSTM) {
                try (TensorVector state = new TensorVector(h, c);
                     T_TensorTensorTensor_T result = torch.lstm(x, state, parameterVector, true, work.layers(), 0, false,
                         work.bidirectional(), false)) {
                    keep(new Tensor(result.get0()), new Tensor(result.get1()), new Tensor(result.get2()));
                }
                return;
            }
            try (T_TensorTensor_T result = work.cell() == Cell.GRU
                    ? torch.gru(x, h, parameterVector, true, work.layers(), 0, false, work.bidirectional(), false)
                    : torch.rnn_tanh(x, h, parameterVector, true, work.layers(), 0, false, work.bidirectional(), false)) {
                keep(new Tensor(result.get0()), new Tensor(result.get1()), null);
            }
        }

        private void cell() {
            if (work.cell() == Cell.LSTM) {
                try (TensorVector state = new TensorVector(h, c);
                     T_TensorTensor_T result = torch.lstm_cell(x, state, parameters[0], parameters[1], biases[0], biases[1])) {
                    keep(null, new Tensor(result.get0()), new Tensor(result.get1()));
                }
                return;
            }
            keep(null, work.cell() == Cell.GRU ? torch.gru_cell(x, h, parameters[0], parameters[1], biases[0], biases[1])
                : torch.rnn_tanh_cell(x, h, parameters[0], parameters[1], biases[0], biases[1]), null);
        }

        private void keep(Tensor outputs, Tensor lastH, Tensor lastC) {
            if (y != null) {
                y.close();
            }
            y = outputs;
            if (!stream) {
                lastH.close();
                if (lastC != null) {
                    lastC.close();
                }
                return;
            }
            h.close();
            h = lastH;
            if (lastC != null) {
                c.close();
                c = lastC;
            }
        }

        @Override
        public float[] output() {
            return Torch.copy(stream ? h : y);
        }

        @Override
        public String note() {
            return form.words();
        }

        @Override
        public void close() {
            Torch.close(parameterVector, parameters);
            List.of(x, h, c).forEach(Tensor::close);
            if (y != null) {
                y.close();
            }
        }
    }
}
