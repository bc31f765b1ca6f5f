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
import org.tidegate.Cell;
import org.tidegate.bench.Contenders;
import org.tidegate.bench.work.Contender;
import org.tidegate.bench.work.Recurrent;

/**
 * The comparison's contenders under JMH, one fork each: {@code tidegate bench --peers --jmh Contender -p who=oneDNN -p kind=stream}.
 * The outputs of each are compared with ours in the setup.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class ContenderBenchmark {
    /** A contender's name; those of the peers need {@code --peers}. */
    @Param({"Tidegate"})
    public String who;

    /** stream; forward: one sequence of 100 steps; train: 32 sequences of 100 steps. */
    @Param({"stream", "forward"})
    public String kind;

    /** The cell. */
    @Param({"LSTM", "GRU"})
    public Cell cell;

    /** The hidden size. */
    @Param({"64", "256"})
    public int size;

    private Contender contender;

    /** Prepares it and compares its outputs with ours. */
    @Setup(Level.Trial)
    public void open() throws Exception {
        Recurrent work = switch (kind) {
            case "stream" -> Recurrent.stream(cell, size);
            case "forward" -> Recurrent.forward(cell, 1, 100, size);
            case "train" -> Recurrent.train(cell, 32, 100, size);
            default -> throw new IllegalArgumentException("kind=" + kind + " is not one of stream, forward, train.");
        };
        contender = Contenders.prepareChecked(who, work);
    }

    /** One call. */
    @Benchmark
    public void call() {
        contender.run();
    }

    /** Closes it. */
    @TearDown(Level.Trial)
    public void close() {
        contender.close();
    }
}
