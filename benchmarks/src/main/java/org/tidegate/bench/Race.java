/* Times that can be divided by each other. */
package org.tidegate.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.tidegate.bench.work.Contender;

/**
 * Times contenders in turns, round by round in one process, so that a slow moment of the machine meets all of them. A turn repeats a
 * short call for a fraction of a millisecond, so that most turns fit between two interruptions and their median knows nothing of them;
 * untimed calls before it bring the weights back into the caches.
 */
public final class Race {
    private static final double TURN_SECONDS = 4e-4;
    private static final int MOST_ROUNDS = 2000;
    /** A longer call warms the caches itself. */
    private static final double LONG_CALL_SECONDS = 5e-3;
    private static final int LATENCIES = 20_000;
    /** A p99 needs a hundred calls, where they fit into a bearable time. */
    private static final int FEWEST_LATENCIES = 200;
    private static final double LONGEST_SECONDS = 20;

    private final double seconds;
    private final int minimumRounds;

    /** A race that lasts about so many seconds for each contender, but at least so many rounds. */
    public Race(double seconds, int minimumRounds) {
        this.seconds = seconds;
        this.minimumRounds = minimumRounds;
    }

    /** Times the contenders. */
    public List<Times> run(List<? extends Contender> contenders) {
        int n = contenders.size();
        int[] calls = new int[n];
        int[] untimed = new int[n];
        List<List<Double>> turns = new ArrayList<>();
        double round = 0;
        for (int i = 0; i < n; i++) {
            double call = calibrate(contenders.get(i));
            calls[i] = (int) Math.max(1, Math.round(TURN_SECONDS / call));
            untimed[i] = call > LONG_CALL_SECONDS ? 0 : (calls[i] + 7) / 8;
            round += call * (calls[i] + untimed[i]);
            turns.add(new ArrayList<>());
        }
        int rounds = (int) Math.max(minimumRounds, Math.min(MOST_ROUNDS, seconds * n / round));
        for (int r = 0; r < rounds; r++) {
            for (int i = 0; i < n; i++) {
                int turn = (r + i) % n;
                turns.get(turn).add(turn(contenders.get(turn), untimed[turn], calls[turn]));
            }
        }
        return turns.stream().map(Times::of).toList();
    }

    /** Times single calls: for each contender about as many calls as fit into the time, in turns of a hundred. */
    List<long[]> latencies(List<Contender> contenders) {
        int n = contenders.size();
        double round = 0;
        for (Contender contender : contenders) {
            round += turn(contender, 1, 1);
        }
        double atLeast = Math.max(minimumRounds, Math.min(FEWEST_LATENCIES, LONGEST_SECONDS / round));
        int calls = (int) Math.max(atLeast, Math.min(LATENCIES, seconds * n / round));
        List<long[]> all = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            all.add(new long[calls]);
        }
        int burst = Math.min(100, Math.max(1, calls / 10));
        for (int from = 0; from < calls; from += burst) {
            for (int i = 0; i < n; i++) {
                Contender contender = contenders.get(i);
                contender.run();
                for (int call = from; call < Math.min(calls, from + burst); call++) {
                    long start = System.nanoTime();
                    contender.run();
                    all.get(i)[call] = System.nanoTime() - start;
                }
            }
        }
        all.forEach(Arrays::sort);
        return all;
    }

    // Warms up the compiler and the library, then says what a call takes.
    private double calibrate(Contender contender) {
        long start = System.nanoTime();
        int done = 0;
        while (done < 3 || (System.nanoTime() - start < seconds * 1e9 && done < 20_000)) {
            contender.run();
            done++;
        }
        return turn(contender, 0, Math.min(done, 16));
    }

    private static double turn(Contender contender, int untimed, int calls) {
        for (int i = 0; i < untimed; i++) {
            contender.run();
        }
        long start = System.nanoTime();
        for (int i = 0; i < calls; i++) {
            contender.run();
        }
        return (System.nanoTime() - start) * 1e-9 / calls;
    }
}
