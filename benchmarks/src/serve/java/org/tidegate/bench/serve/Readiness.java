/* A server's start. */
package org.tidegate.bench.serve;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/** Seconds from the start of the process to the first answer that it is ready, with the models of all sections. */
final class Readiness {
    private static final int TURNS = 15;
    private static final int QUICK_TURNS = 5;

    private Readiness() {
    }

    static String measure(Bench bench) throws IOException, InterruptedException {
        List<Double> seconds = new ArrayList<>();
        for (int turn = 0; turn < (bench.quick() ? QUICK_TURNS : TURNS); turn++) {
            try (ServerProcess server = bench.tidegate()) {
                seconds.add(server.ready());
            }
        }
        Collections.sort(seconds);
        return String.format(Locale.ROOT, "Ready after %.2f s (median of %d starts; the longest %.2f s).%n", seconds.get(seconds.size() / 2),
            seconds.size(), seconds.get(seconds.size() - 1));
    }
}
