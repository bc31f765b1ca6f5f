/* ONNX Runtime through its Java API. */
package org.tidegate.bench.peers;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.tidegate.Cell;
import org.tidegate.Precision;
import org.tidegate.bench.work.Contender;
import org.tidegate.bench.work.Convolution;
import org.tidegate.bench.work.ConvolutionProblem;
import org.tidegate.bench.work.Kind;
import org.tidegate.bench.work.Peer;
import org.tidegate.bench.work.Problem;
import org.tidegate.bench.work.Recurrent;
import org.tidegate.bench.work.RecurrentProblem;
import org.tidegate.bench.work.Work;

/** Inputs and outputs lie in direct buffers that are given to every call, so that nothing is copied or allocated for them. */
public final class OnnxRuntimePeer implements Peer {
    @Override
    public String name() {
        return "ONNX Runtime";
    }

    @Override
    public boolean supports(Recurrent work) {
        boolean int8Stream = work.kind() == Kind.STREAM && work.cell() == Cell.LSTM && work.precision() == Precision.INT8;
        return work.kind() != Kind.TRAIN && (work.precision() == Precision.FLOAT32 || int8Stream) && !work.ragged();
    }

    @Override
    public boolean supports(Convolution work) {
        return true;
    }

    @Override
    public Contender prepare(RecurrentProblem problem) throws OrtException {
        Recurrent work = problem.work();
        if (work.kind() == Kind.STREAM) {
            return new Stream(problem);
        }
        return new Forward(problem, OnnxModel.bytes(problem), new long[] {work.steps(), work.batch(), work.inputSize()},
            new long[] {work.steps(), work.directions(), work.batch(), work.hiddenSize()});
    }

    @Override
    public Contender prepare(ConvolutionProblem problem) throws OrtException {
        return new Forward(problem, OnnxConvolution.bytes(problem), OnnxConvolution.inputShape(problem.work()),
            OnnxConvolution.outputShape(problem.work()));
    }

    private abstract static class Graph implements Contender {
        final OrtEnvironment environment = OrtEnvironment.getEnvironment();
        final OrtSession session;
        private final List<OnnxTensor> tensors = new ArrayList<>();

        Graph(Problem problem, byte[] model) throws OrtException {
            try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
                options.setIntraOpNumThreads(problem.work().threads());
                options.setInterOpNumThreads(1);
                options.setExecutionMode(OrtSession.SessionOptions.ExecutionMode.SEQUENTIAL);
                options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
                session = environment.createSession(model, options);
            }
        }

        final OnnxTensor tensor(FloatBuffer buffer, long... shape) throws OrtException {
            OnnxTensor tensor = OnnxTensor.createTensor(environment, buffer, shape);
            tensors.add(tensor);
            return tensor;
        }

        final void run(Map<String, OnnxTensor> inputs, Map<String, OnnxTensor> outputs) {
            try {
                session.run(inputs, outputs).close();
            } catch (OrtException e) {
                throw new IllegalStateException(e);
            }
        }

        static FloatBuffer floats(long count) {
            return ByteBuffer.allocateDirect(Math.toIntExact(4 * count)).order(ByteOrder.nativeOrder()).asFloatBuffer();
        }

        @Override
        public void close() {
            tensors.forEach(OnnxTensor::close);
            try {
                session.close();
            } catch (OrtException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /** The states swap places from step to step: what one step writes the next one reads. */
    private static final class Stream extends Graph {
        private final FloatBuffer x;
        private final float[] input;
        private final int columns;
        private final FloatBuffer[] h = new FloatBuffer[2];
        private final List<Map<String, OnnxTensor>> inputs = new ArrayList<>();
        private final List<Map<String, OnnxTensor>> outputs = new ArrayList<>();
        private int step;

        Stream(RecurrentProblem problem) throws OrtException {
            super(problem, OnnxModel.bytes(problem));
            Recurrent work = problem.work();
            int batch = work.batch();
            int size = work.hiddenSize();
            input = problem.input();
            columns = batch * work.inputSize();
            x = floats(columns);
            OnnxTensor row = tensor(x, 1, batch, work.inputSize());
            OnnxTensor[] hidden = new OnnxTensor[2];
            OnnxTensor[] cell = new OnnxTensor[2];
            for (int i = 0; i < 2; i++) {
                h[i] = floats((long) batch * size);
                hidden[i] = tensor(h[i], 1, batch, size);
                cell[i] = tensor(floats((long) batch * size), 1, batch, size);
            }
            for (int i = 0; i < 2; i++) {
                boolean lstm = work.cell() == Cell.LSTM;
                inputs.add(lstm ? Map.of("x", row, "h0", hidden[i], "c0", cell[i]) : Map.of("x", row, "h0", hidden[i]));
                outputs.add(lstm ? Map.of("h", hidden[1 - i], "c", cell[1 - i]) : Map.of("h", hidden[1 - i]));
            }
        }

        @Override
        public void run() {
            x.put(0, input, step % RecurrentProblem.STREAM_STEPS * columns, columns);
            run(inputs.get(step & 1), outputs.get(step & 1));
            step++;
        }

        @Override
        public float[] output() {
            float[] copy = new float[h[0].capacity()];
            h[step & 1].get(0, copy);
            return copy;
        }
    }

    private static final class Forward extends Graph {
        private final Work work;
        private final FloatBuffer y;
        private final Map<String, OnnxTensor> inputs;
        private final Map<String, OnnxTensor> outputs;

        Forward(Problem problem, byte[] model, long[] xShape, long[] yShape) throws OrtException {
            super(problem, model);
            work = problem.work();
            FloatBuffer x = floats(problem.input().length).put(problem.input()).rewind();
            y = floats((long) work.steps() * work.batch() * work.outputColumns());
            inputs = Map.of("x", tensor(x, xShape));
            outputs = Map.of("y", tensor(y, yShape));
        }

        @Override
        public void run() {
            run(inputs, outputs);
        }

        @Override
        public float[] output() {
            float[] joined = new float[y.capacity()];
            int h = work.hiddenSize();
            int from = 0;
            for (int t = 0; t < work.steps(); t++) {
                for (int direction = 0; direction < work.directions(); direction++) {
                    for (int sequence = 0; sequence < work.batch(); sequence++) {
                        y.get(from, joined, ((t * work.batch() + sequence) * work.directions() + direction) * h, h);
                        from += h;
                    }
                }
            }
            return joined;
        }
    }
}
