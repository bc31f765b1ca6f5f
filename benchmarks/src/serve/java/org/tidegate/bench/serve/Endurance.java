/* A server's memory over many requests. */
package org.tidegate.bench.serve;

import java.io.IOException;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** The resident size as requests go by. */
final class Endurance {
    private static final long REQUESTS = 1_000_000;
    private static final long QUICK_REQUESTS = 300_000;
    private static final long STEP = 100_000;
    private static final long LONGEST_STEP = TimeUnit.MINUTES.toNanos(5);

    private Endurance() {
    }

    static String measure(Bench bench) throws IOException, InterruptedException {
        StringBuilder table = new StringBuilder("| requests of " + Transports.work(Workload.SMALL) + " | MB resident |\n| --- | --- |\n");
        try (ServerProcess server = bench.tidegate(); Wire wire = new HttpWire(server.port(), Bench.CLIENTS)) {
            table.append(row(0, server));
            long most = bench.quick() ? QUICK_REQUESTS : REQUESTS;
            try (Load load = Load.closed(wire, Workload.SMALL.binary(), Bench.CLIENTS)) {
                for (long next = STEP; next <= most; next += STEP) {
                    long until = System.nanoTime() + LONGEST_STEP;
                    while (load.answers() < next) {
                        if (System.nanoTime() > until) {
                            throw new IllegalStateException("the server does not answer any more");
                        }
                        Thread.sleep(100);
                    }
                    table.append(row(next, server));
                }
                load.nanoseconds();
            }
        }
        return table.toString();
    }

    private static String row(long requests, ServerProcess server) throws IOException {
        return String.format(Locale.ROOT, "| %,d | %.1f |%n", requests, server.resident() / 1e6);
    }
}
