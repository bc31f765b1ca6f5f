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
    /** The interval of evaluations, in updates. */
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
     * The state of a trial.
     *
     * @param update the number of updates
     * @param loss the loss on held-out sequences
     * @param seconds the time since the beginning
     */
    public record Point(int update, double loss, double seconds) {}

    /**
     * The outcome of a trial.
     *
     * @param cell the recurrent cell
     * @param parameters the number of parameters
     * @param points the losses, the last one at the end
     * @param solvedAfter the number of updates after which the loss was below {@link MemoryProblem#solved}, 0 if it never was
     * @param finite false if the loss or a gradient overflowed, which ended the trial
     */
    public record Outcome(Cell cell, long parameters, List<Point> points, int solvedAfter, boolean finite) {
        /**
         * Takes a copy of the points.
         *
         * @param cell the recurrent cell
         * @param parameters the number of parameters
         * @param points the losses, the last one at the end
         * @param solvedAfter the number of updates after which the loss was below {@link MemoryProblem#solved}, 0 if it never was
         * @param finite false if the loss or a gradient overflowed, which ended the trial
         */
        public Outcome {
            points = List.copyOf(points);
        }

        /** {@return the loss at the end} */
        public double loss() {
            return points.get(points.size() - 1).loss();
        }

        /** {@return the time of the trial, in seconds} */
        public double seconds() {
            return points.get(points.size() - 1).seconds();
        }

        /** {@return the number of updates} */
        public int updates() {
            return points.get(points.size() - 1).update();
        }
    }

    /**
     * {@return a trial of a cell with the default settings}
     *
     * @param cell the recurrent cell
     * @throws IllegalArgumentException for {@link Cell#LSTM_PROJECTED}
     */
    public static MemoryTrial of(Cell cell) {
        return new MemoryTrial(Checks.cell(Objects.requireNonNull(cell, "cell")));
    }

    /**
     * Sets the units of the layer, 64 by default.
     *
     * @param units the number
     * @return a changed copy
     * @throws IllegalArgumentException if it is not positive
     */
    public MemoryTrial hidden(int units) {
        MemoryTrial t = new MemoryTrial(this);
        t.hidden = Checks.positive("hidden", units);
        return t;
    }

    /**
     * Sets the maximum number of updates, 1500 by default.
     *
     * @param most the number
     * @return a changed copy
     * @throws IllegalArgumentException if it is not positive
     */
    public MemoryTrial updates(int most) {
        MemoryTrial t = new MemoryTrial(this);
        t.updates = Checks.positive("updates", most);
        return t;
    }

    /**
     * Sets the batch size, 64 by default.
     *
     * @param sequences the number of sequences of a batch
     * @return a changed copy
     * @throws IllegalArgumentException if it is not positive
     */
    public MemoryTrial batch(int sequences) {
        MemoryTrial t = new MemoryTrial(this);
        t.batch = Checks.positive("batch", sequences);
        return t;
    }

    /**
     * Sets Adam's learning rate, 5e-3 by default.
     *
     * @param rate the learning rate
     * @return a changed copy
     * @throws IllegalArgumentException if it is not a positive number
     */
    public MemoryTrial learningRate(double rate) {
        MemoryTrial t = new MemoryTrial(this);
        t.learningRate = Checks.positive("learning rate", rate);
        return t;
    }

    /**
     * Sets the maximum global norm of the gradients, 1 by default.
     *
     * @param norm the norm, 0 for no limit
     * @return a changed copy
     * @throws IllegalArgumentException if it is negative or not finite
     */
    public MemoryTrial clipNorm(double norm) {
        MemoryTrial t = new MemoryTrial(this);
        t.clipNorm = Checks.notNegative("clip norm", norm);
        return t;
    }

    /**
     * Sets the seed of the parameters and the sequences, 1 by default.
     *
     * @param value the seed
     * @return a changed copy
     */
    public MemoryTrial seed(long value) {
        MemoryTrial t = new MemoryTrial(this);
        t.seed = value;
        return t;
    }

    /**
     * Sets the number of threads of the native core, 1 by default.
     *
     * @param count the number
     * @return a changed copy
     * @throws IllegalArgumentException if it is not positive
     */
    public MemoryTrial threads(int count) {
        MemoryTrial t = new MemoryTrial(this);
        t.threads = Checks.positive("threads", count);
        return t;
    }

    /** {@return the recurrent cell} */
    public Cell cell() {
        return cell;
    }

    /**
     * Runs the trial.
     *
     * @param problem the problem
     * @param progress is given each point
     * @param stop checked before every update; true ends the trial
     * @return the outcome
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
            Update step = Update.of(learningRate).clipNorm(clipNorm);
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

    /** The mean loss on held-out sequences, the same for every cell and seed. */
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
