/* Many Java threads over one frozen model. */
package org.tidegate.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.tidegate.FrozenModel;
import org.tidegate.bench.work.Contender;
import org.tidegate.bench.work.Kind;
import org.tidegate.bench.work.Recurrent;
import org.tidegate.bench.work.RecurrentProblem;

/** Seconds a call of one thread alone and of several at once, in turns; each thread has its session on the one model. */
final class Throughput {
    private static final double TURN_SECONDS = 0.1;

    private final int rounds;

    /** With so many turns of each kind. */
    Throughput(int rounds) {
        this.rounds = rounds;
    }

    /**
     * Of a line of recurrent layers. The first entry is the threads together, its baseline one thread alone: their ratio is how the
     * throughput scales.
     */
    Outcome run(Row row, int threads) {
        RecurrentProblem problem = RecurrentProblem.of((Recurrent) row.work());
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        List<Contender> sessions = new ArrayList<>();
        try (FrozenModel model = TidegatePeer.frozen(problem)) {
            for (int i = 0; i < threads; i++) {
                boolean stream = row.work().kind() == Kind.STREAM;
                sessions.add(stream ? new TidegatePeer.Stream(model, problem) : new TidegatePeer.Forward(model, problem));
            }
            turn(pool, sessions);
            List<Double> together = new ArrayList<>();
            List<Double> alone = new ArrayList<>();
            for (int r = 0; r < rounds; r++) {
                alone.add(turn(pool, sessions.subList(0, 1)));
                together.add(turn(pool, sessions));
            }
            return new Outcome(row, List.of(
                new Entry("Tidegate on " + threads + " Java threads", Double.NaN, Times.of(together), null, sessions.get(0).bytes(), ""),
                new Entry("Tidegate on 1 Java thread", Double.NaN, Times.of(alone), null, -1, "")), Double.NaN);
        } finally {
            sessions.forEach(Contender::close);
            pool.shutdown();
        }
    }

    /** Lets each contender run on a thread of its own and returns the seconds a call of all together. */
    private static double turn(ExecutorService pool, List<Contender> contenders) {
        CountDownLatch ready = new CountDownLatch(contenders.size());
        List<Future<Double>> rates = new ArrayList<>();
        for (Contender contender : contenders) {
            rates.add(pool.submit(() -> {
                ready.countDown();
                ready.await();
                return callsPerSecond(contender);
            }));
        }
        double sum = 0;
        for (Future<Double> rate : rates) {
            try {
                sum += rate.get();
            } catch (InterruptedException | ExecutionException e) {
                throw new IllegalStateException(e);
            }
        }
        return 1 / sum;
    }

    private static double callsPerSecond(Contender contender) {
        long calls = 0;
        long start = System.nanoTime();
        long now = start;
        while ((now - start) * 1e-9 < TURN_SECONDS) {
            contender.run();
            calls++;
            now = System.nanoTime();
        }
        return calls / ((now - start) * 1e-9);
    }
}
