package org.tidegate.bench.jmh;

import java.nio.FloatBuffer;
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
import org.tidegate.FrozenModel;
import org.tidegate.Model;
import org.tidegate.Precision;
import org.tidegate.Session;

/**
 * A step of a stream, I = H, from an array of the caller's to a view of the output. With H = 1 it is the price of the call itself.
 * With {@code -prof gc} it shows that a step allocates nothing.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
public class StepBenchmark {
    /** The cell's name in the spec. */
    @Param({"lstm", "gru"})
    public String cell;

    /** The hidden size. */
    @Param({"1", "64", "256"})
    public int size;

    /** The precision of the weights. */
    @Param({"FLOAT32"})
    public Precision precision;

    private FrozenModel model;
    private Session session;
    private float[] row;

    /** Freezes a model. */
    @Setup(Level.Trial)
    public void open() {
        String spec = "x = input axis=time cols=" + size + "\nh = recurrent x cell=" + cell + " size=" + size;
        try (Model trained = Model.of(spec, 1)) {
            model = trained.freeze(precision);
        }
        session = model.newSession();
        row = new float[size];
    }

    /** One step. */
    @Benchmark
    public FloatBuffer step() {
        return session.step(row);
    }

    /** Closes it. */
    @TearDown(Level.Trial)
    public void close() {
        session.close();
        model.close();
    }
}
