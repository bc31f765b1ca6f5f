/* Ourselves, behind the contract that everybody is measured by. */
package org.tidegate.bench;

import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.Arrays;
import org.tidegate.Batch;
import org.tidegate.FrozenModel;
import org.tidegate.Metrics;
import org.tidegate.Model;
import org.tidegate.Network;
import org.tidegate.Optimizer;
import org.tidegate.Precision;
import org.tidegate.Session;
import org.tidegate.Streams;
import org.tidegate.Update;
import org.tidegate.Tensor;
import org.tidegate.bench.work.Contender;
import org.tidegate.bench.work.Convolution;
import org.tidegate.bench.work.ConvolutionProblem;
import org.tidegate.bench.work.Kind;
import org.tidegate.bench.work.LayerWeights;
import org.tidegate.bench.work.Peer;
import org.tidegate.bench.work.Problem;
import org.tidegate.bench.work.Recurrent;
import org.tidegate.bench.work.RecurrentProblem;
import org.tidegate.bench.work.Work;

/** Tidegate through its public API, used as its documentation says. */
public final class TidegatePeer implements Peer {
    /** The training step of every contender that has an optimizer: AdamW, gradients clipped to this norm. */
    public static final double LEARNING_RATE = 1e-4;
    /** The norm that gradients are clipped to. */
    public static final double CLIP_NORM = 1;

    @Override
    public String name() {
        return "Tidegate";
    }

    @Override
    public boolean supports(Recurrent work) {
        return work.kind() != Kind.TRAIN || work.precision() == Precision.FLOAT32;
    }

    @Override
    public boolean supports(Convolution work) {
        return true;
    }

    @Override
    public Contender prepare(RecurrentProblem problem) {
        return switch (problem.work().kind()) {
            case STREAM -> problem.work().batch() > 1 ? new ManyStreams(frozen(problem), problem) : new Stream(frozen(problem), problem);
            case FORWARD -> new Forward(frozen(problem), problem);
            case TRAIN -> new Training(problem);
        };
    }

    @Override
    public Contender prepare(ConvolutionProblem problem) {
        Convolution work = problem.work();
        String spec = "x = input axis=time cols=" + work.inputSize() + "\nh = conv1d x filters=" + work.filters()
            + " kernel=" + work.kernel() + " stride=" + work.stride() + " pad=" + work.pad() + " channels=" + work.channels() + "\n";
        try (Model model = Model.of(spec, 1)) {
            model.parameter("h.weight").set(problem.weight());
            model.parameter("h.bias").set(problem.bias());
            return new Forward(model.freeze(work.precision()), problem);
        }
    }

    private static Model model(RecurrentProblem problem) {
        Recurrent work = problem.work();
        boolean training = work.kind() == Kind.TRAIN;
        String spec = "x = input axis=time cols=" + work.inputSize() + (training ? " gradient=true" : "") + "\nh = recurrent x cell="
            + work.cell().spec() + " size=" + work.hiddenSize() + " layers=" + work.layers()
            + (work.bidirectional() ? " bidirectional=true" : "") + "\n"
            + (training ? "t = input axis=time cols=" + work.outputColumns() + "\nloss = mse h t\n" : "");
        Model model = Model.of(spec, 1);
        for (int layer = 0; layer < work.layers(); layer++) {
            for (int direction = 0; direction < work.directions(); direction++) {
                String suffix = suffix(layer, direction);
                LayerWeights weights = problem.weights(layer, direction);
                model.parameter("h.weight_ih" + suffix).set(weights.weightIh());
                model.parameter("h.weight_hh" + suffix).set(weights.weightHh());
                model.parameter("h.bias_ih" + suffix).set(weights.biasIh());
                model.parameter("h.bias_hh" + suffix).set(weights.biasHh());
            }
        }
        return model;
    }

    private static String suffix(int layer, int direction) {
        return "_l" + layer + (direction == 0 ? "" : "_reverse");
    }

    private static Batch batch(Network network, Problem problem) {
        Work work = problem.work();
        Batch batch = network.newBatch();
        if (!work.ragged()) {
            batch.equalLengths("time", work.batch(), work.steps());
            return batch.reals("x", problem.input());
        }
        batch.lengths("time", problem.lengths());
        FloatBuffer x = batch.writableReals("x");
        int columns = work.inputSize();
        for (int s = 0; s < work.batch(); s++) {
            for (int t = 0; t < problem.lengths()[s]; t++) {
                x.put(batch.row("time", s, t) * columns, problem.input(), (t * work.batch() + s) * columns, columns);
            }
        }
        return batch;
    }

    /** A frozen model of the problem in the work's precision. */
    static FrozenModel frozen(RecurrentProblem problem) {
        try (Model model = model(problem)) {
            return model.freeze(problem.work().precision());
        }
    }

    /** A stream over a frozen model. A step copies its input row, as a server would that has just received it. */
    static final class Stream implements Contender {
        private final FrozenModel model;
        private final Session session;
        private final float[][] rows = new float[RecurrentProblem.STREAM_STEPS][];
        private FloatBuffer h;
        private int step;

        Stream(FrozenModel model, RecurrentProblem problem) {
            this.model = model;
            session = model.newSession();
            session.setThreads(problem.work().threads());
            int columns = problem.work().inputSize();
            for (int i = 0; i < rows.length; i++) {
                rows[i] = Arrays.copyOfRange(problem.input(), i * columns, (i + 1) * columns);
            }
        }

        @Override
        public void run() {
            h = session.step(rows[step]);
            step = (step + 1) % RecurrentProblem.STREAM_STEPS;
        }

        @Override
        public float[] output() {
            float[] copy = new float[h.remaining()];
            h.get(0, copy);
            return copy;
        }

        @Override
        public long bytes() {
            return session.bytes();
        }

        @Override
        public void close() {
            session.close();
            model.close();
        }
    }

    /** Streams that step together, in another order at each call: so each call takes the states of other streams than the one before. */
    private static final class ManyStreams implements Contender {
        private final FrozenModel model;
        private final Streams streams;
        private final LongBuffer numbers; // of all streams, twice
        private final Batch batch;
        private final FloatBuffer rows;
        private final float[] input;
        private final int count;
        private final int columns;
        private FloatBuffer h;
        private int calls;

        ManyStreams(FrozenModel model, RecurrentProblem problem) {
            this.model = model;
            Recurrent work = problem.work();
            count = work.batch();
            columns = work.inputSize();
            input = problem.input();
            streams = model.newStreams("h", count);
            streams.setThreads(work.threads());
            numbers = LongBuffer.allocate(2 * count);
            for (int i = 0; i < count; i++) {
                long stream = streams.open();
                numbers.put(i, stream).put(count + i, stream);
            }
            batch = model.newBatch().equalLengths("time", count, 1);
            rows = batch.writableReals("x");
        }

        private int first() {
            return calls % count;
        }

        @Override
        public void run() {
            calls++;
            int from = (calls - 1) % RecurrentProblem.STREAM_STEPS * count * columns;
            rows.put(0, input, from + first() * columns, (count - first()) * columns);
            rows.put((count - first()) * columns, input, from, first() * columns);
            numbers.limit(first() + count).position(first());
            h = streams.step(numbers, batch);
        }

        @Override
        public float[] output() {
            float[] copy = new float[h.remaining()];
            int size = copy.length / count;
            h.get(0, copy, first() * size, (count - first()) * size);
            h.get((count - first()) * size, copy, 0, first() * size);
            return copy;
        }

        @Override
        public long bytes() {
            return streams.bytes();
        }

        @Override
        public void close() {
            streams.close();
            model.close();
        }
    }

    /** Forward passes over a frozen model. */
    static final class Forward implements Contender {
        private final FrozenModel model;
        private final Session session;
        private final Batch batch;
        private Tensor h;

        Forward(FrozenModel model, Problem problem) {
            this.model = model;
            session = model.newSession();
            session.setThreads(problem.work().threads());
            batch = batch(model, problem);
        }

        @Override
        public void run() {
            session.forward(batch);
            h = session.output("h");
        }

        @Override
        public float[] output() {
            return h.toArray();
        }

        @Override
        public long bytes() {
            return session.bytes();
        }

        @Override
        public void close() {
            session.close();
            model.close();
        }
    }

    private static final class Training implements Contender {
        private final Model model;
        private final Session session;
        private final Optimizer optimizer;
        private final Batch batch;
        private final Update step = Update.of(LEARNING_RATE).clipNorm(CLIP_NORM);
        private final Recurrent work;

        Training(RecurrentProblem problem) {
            work = problem.work();
            model = model(problem);
            session = model.newTrainingSession(1);
            session.setThreads(work.threads());
            optimizer = model.newOptimizer("adamw");
            batch = batch(model, problem).reals("t", problem.targets());
        }

        @Override
        public void run() {
            Metrics metrics = session.train(batch, optimizer, step);
            if (!metrics.isFinite()) {
                throw new IllegalStateException("The training of " + work + " diverged: " + metrics);
            }
        }

        @Override
        public float[] output() {
            return session.output("h").toArray();
        }

        @Override
        public float[] gradients() {
            session.forward(batch);
            session.backward();
            float[] all = new float[0];
            for (int layer = 0; layer < work.layers(); layer++) {
                for (int direction = 0; direction < work.directions(); direction++) {
                    all = append(all, session.parameterGradient("h.weight_ih" + suffix(layer, direction)).toArray());
                    all = append(all, session.parameterGradient("h.weight_hh" + suffix(layer, direction)).toArray());
                }
            }
            session.zeroGradients();
            return all;
        }

        @Override
        public long bytes() {
            return session.bytes();
        }

        @Override
        public void close() {
            optimizer.close();
            session.close();
            model.close();
        }
    }

    private static float[] append(float[] head, float[] tail) {
        float[] joined = Arrays.copyOf(head, head.length + tail.length);
        System.arraycopy(tail, 0, joined, head.length, tail.length);
        return joined;
    }
}
