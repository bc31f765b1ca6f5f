package org.tidegate.bench.jmh;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.tidegate.Batch;
import org.tidegate.FrozenModel;
import org.tidegate.Metrics;
import org.tidegate.Model;
import org.tidegate.Optimizer;
import org.tidegate.Precision;
import org.tidegate.Session;
import org.tidegate.Update;
import org.tidegate.Tensor;

/** Whole sequences through the public API: a forward pass of a frozen model, and a training step of a small character model. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
public class CallBenchmark {
    private static final int VOCABULARY = 100;
    private static final int STEPS = 50;

    /** Sequences side by side. */
    @Param({"1", "32"})
    public int batch;

    private Model model;
    private FrozenModel frozen;
    private Session session;
    private Session training;
    private Optimizer optimizer;
    private Batch inputs;
    private Batch examples;
    private final Update step = Update.of(1e-4).clipNorm(1);

    /** Builds the model. */
    @Setup(Level.Trial)
    public void open() {
        model = Model.of("words = ids axis=text\nnext = ids axis=text\ne = embedding words rows=" + VOCABULARY
            + " cols=64\nh = recurrent e cell=lstm size=128\ny = linear h cols=" + VOCABULARY + "\nloss = cross_entropy y next", 1);
        frozen = model.freeze(Precision.FLOAT32);
        session = frozen.newSession();
        training = model.newTrainingSession(1);
        optimizer = model.newOptimizer("adamw");
        inputs = frozen.newBatch().equalLengths("text", batch, STEPS).ids("words", ids(0));
        examples = model.newBatch().equalLengths("text", batch, STEPS).ids("words", ids(0)).ids("next", ids(1));
    }

    private int[] ids(int shift) {
        int[] ids = new int[batch * STEPS];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = (i * 31 + shift) % VOCABULARY;
        }
        return ids;
    }

    /** Scores of all steps. */
    @Benchmark
    public Tensor forward() {
        session.forward(inputs);
        return session.output("y");
    }

    /** Forward, backward, clipping, AdamW. */
    @Benchmark
    public Metrics train() {
        return training.train(examples, optimizer, step);
    }

    /** Closes it all. */
    @TearDown(Level.Trial)
    public void close() {
        optimizer.close();
        training.close();
        session.close();
        frozen.close();
        model.close();
    }
}
