package org.tidegate.study;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.tidegate.Batch;
import org.tidegate.Cell;
import org.tidegate.Metrics;
import org.tidegate.Model;
import org.tidegate.Optimizer;
import org.tidegate.Session;
import org.tidegate.Update;

/**
 * One cell's attempt at a {@link MemoryProblem}: trained on new sequences with Adam until it has solved it or its updates are used up,
 * and judged on sequences of another seed. The same seed gives the same bits.
 *
 * <pre>{@code
 * MemoryTrial trial = MemoryTrial.of(Cell.LSTM).hidden(32).learningRate(1e-2);
 * MemoryTrial.Outcome outcome = trial.run(new AddingProblem(100), point -> System.out.println(point.loss()), () -> false);
 * }</pre>
 *
 * <p>Immutable: every setter gives a changed copy.
 */
public final class MemoryTrial {
    private static final int JUDGED = 500;
    private static final int JUDGED_AT_ONCE = 100;
    /** How often it is judged, in updates. */
    private static final int EVERY = 50;
    private static final long TRAINING = 0x9E3779B97F4A7C15L;

    private final Cell cell;
    private int hidden = 64;
    private int updates = 1500;
    private int batch = 64;
    private double learningRate = 5e-3;
    private double clipNorm = 1;
    private long seed = 1;
    private int threads = 1;

    private MemoryTrial(Cell cell) {
        this.cell = cell;
    }

    private MemoryTrial(MemoryTrial other) {
        cell = other.cell;
        hidden = other.hidden;
        updates = other.updates;
        batch = other.batch;
        learningRate = other.learningRate;
        clipNorm = other.clipNorm;
        seed = other.seed;
        threads = other.threads;
    }

    /**
     * Where an attempt stands.
     *
     * @param update how many updates were made
     * @param loss on sequences that are not trained on
     * @param seconds since it began
     */
    public record Point(int update, double loss, double seconds) {}

    /**
     * How an attempt ended.
     *
     * @param cell the recurrent cell
     * @param parameters how many it had
     * @param points its losses, the last one at its end
     * @param solvedAfter the updates after which the loss was below {@link MemoryProblem#solved}, 0 if it never was
     * @param finite false if the loss or a gradient overflowed, which ended the attempt
     */
    public record Outcome(Cell cell, long parameters, List<Point> points, int solvedAfter, boolean finite) {
        /** Takes a copy of the points. */
        public Outcome {
            points = List.copyOf(points);
        }

        /** The loss at the end. */
        public double loss() {
            return points.get(points.size() - 1).loss();
        }

        /** How long it took. */
        public double seconds() {
            return points.get(points.size() - 1).seconds();
        }

        /** How many updates were made. */
        public int updates() {
            return points.get(points.size() - 1).update();
        }
    }

    /**
     * An attempt of a cell.
     *
     * @throws IllegalArgumentException for {@link Cell#LSTM_PROJECTED}
     */
    public static MemoryTrial of(Cell cell) {
        return new MemoryTrial(Checks.cell(Objects.requireNonNull(cell, "cell")));
    }

    /** Units of the layer, 64 by default; not positive is an {@link IllegalArgumentException}. */
    public MemoryTrial hidden(int units) {
        MemoryTrial t = new MemoryTrial(this);
        t.hidden = Checks.positive("hidden", units);
        return t;
    }

    /** The most updates that are made, 1500 by default; not positive is an {@link IllegalArgumentException}. */
    public MemoryTrial updates(int most) {
        MemoryTrial t = new MemoryTrial(this);
        t.updates = Checks.positive("updates", most);
        return t;
    }

    /** Sequences of an update, 64 by default; not positive is an {@link IllegalArgumentException}. */
    public MemoryTrial batch(int sequences) {
        MemoryTrial t = new MemoryTrial(this);
        t.batch = Checks.positive("batch", sequences);
        return t;
    }

    /** Adam's learning rate, 5e-3 by default; not a positive number is an {@link IllegalArgumentException}. */
    public MemoryTrial learningRate(double rate) {
        MemoryTrial t = new MemoryTrial(this);
        t.learningRate = Checks.positive("learning rate", rate);
        return t;
    }

    /**
     * The greatest global norm of the gradients, 1 by default, 0 for no limit; negative or not finite is an
     * {@link IllegalArgumentException}.
     */
    public MemoryTrial clipNorm(double norm) {
        MemoryTrial t = new MemoryTrial(this);
        t.clipNorm = Checks.notNegative("clip norm", norm);
        return t;
    }

    /** The seed of the parameters and the sequences, 1 by default. */
    public MemoryTrial seed(long value) {
        MemoryTrial t = new MemoryTrial(this);
        t.seed = value;
        return t;
    }

    /** Threads of the native core, 1 by default; not positive is an {@link IllegalArgumentException}. */
    public MemoryTrial threads(int count) {
        MemoryTrial t = new MemoryTrial(this);
        t.threads = Checks.positive("threads", count);
        return t;
    }

    /** The recurrent cell. */
    public Cell cell() {
        return cell;
    }

    /**
     * Makes the attempt.
     *
     * @param progress hears of each point
     * @param stop asked before every update; true ends the attempt where it stands
     */
    public Outcome run(MemoryProblem problem, Consumer<Point> progress, BooleanSupplier stop) {
        long start = System.nanoTime();
        try (Model model = problem.newModel(cell, hidden, seed);
                Session training = model.newTrainingSession(seed);
                Session judging = model.newSession();
                Optimizer adam = model.newOptimizer("adam")) {
            training.setThreads(threads);
            judging.setThreads(threads);
            Batch sequences = model.newBatch();
            Update step = new Update(learningRate, clipNorm, 0);
            List<Point> points = new ArrayList<>();
            int solvedAfter = 0;
            boolean finite = true;
            for (int update = 0; ; update++) {
                boolean last = update == updates || !finite || stop.getAsBoolean();
                if (last || update % EVERY == 0) {
                    Point point = new Point(update, judge(problem, judging), (System.nanoTime() - start) * 1e-9);
                    points.add(point);
                    progress.accept(point);
                    solvedAfter = point.loss() < problem.solved() ? update : 0;
                    if (last || solvedAfter > 0) {
                        return new Outcome(cell, model.parameterCount(), points, solvedAfter, finite);
                    }
                }
                problem.fill(sequences, batch, new SplittableRandom(seed + TRAINING * (update + 1)));
                Metrics metrics = training.train(sequences, adam, step);
                finite = metrics.isFinite();
            }
        }
    }

    /** The mean loss of sequences that depend on nothing: every cell and seed is judged by the same ones. */
    private static double judge(MemoryProblem problem, Session session) {
        SplittableRandom random = new SplittableRandom(0);
        Batch sequences = session.network().newBatch();
        double sum = 0;
        for (int at = 0; at < JUDGED; at += JUDGED_AT_ONCE) {
            problem.fill(sequences, JUDGED_AT_ONCE, random);
            sum += session.forward(sequences).loss();
        }
        return sum * JUDGED_AT_ONCE / JUDGED;
    }
}
