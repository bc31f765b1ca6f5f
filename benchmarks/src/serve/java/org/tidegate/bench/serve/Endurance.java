/* A server's memory over many requests. */
package org.tidegate.bench.serve;

import java.io.IOException;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** The resident size as requests go by: a million over binary HTTP, then more over gRPC. */
final class Endurance {
    private static final int POINTS = 10;
    private static final long REQUESTS = 1_000_000;
    private static final long GRPC_REQUESTS = 300_000;
    private static final int QUICK = 5; // so many times fewer
    private static final long LONGEST_STEP = TimeUnit.MINUTES.toNanos(2);

    private Endurance() {
    }

    static String measure(Bench bench) throws IOException, InterruptedException {
        Workload workload = Workload.SMALL;
        StringBuilder table = new StringBuilder("| requests | by | MB resident | requests/s since |\n| --- | --- | --- | --- |\n");
        try (ServerProcess server = bench.tidegate()) {
            table.append(String.format(Locale.ROOT, "| 0 | – | %.1f | – |%n", server.resident() / 1e6));
            long asked = 0;
            asked += run(bench, workload, server, Transport.binary(workload), asked, REQUESTS, table);
            asked += run(bench, workload, server, Transport.grpc(workload), asked, GRPC_REQUESTS, table);
            ServerStatistics all = server.statistics(workload.model());
            if (all.answered() != asked || all.failed() > 0) {
                bench.findings().fault(String.format(Locale.ROOT, "memory: %,d requests were answered, the server counts %,d and %,d that failed",
                    asked, all.answered(), all.failed()));
            }
        }
        return Transports.work(workload) + ", " + Bench.CLIENTS + " clients:\n\n" + table;
    }

    private static long run(Bench bench, Workload workload, ServerProcess server, Transport transport, long before, long most, StringBuilder table)
            throws IOException, InterruptedException {
        long step = most / POINTS / (bench.quick() ? QUICK : 1);
        try (Wire wire = transport.open(server, Bench.CLIENTS); Load load = Load.closed(wire, transport.requests(), Bench.CLIENTS)) {
            long begin = System.nanoTime();
            long counted = 0;
            for (int point = 1; point <= POINTS; point++) {
                while (load.answers() < point * step) {
                    load.check();
                    if (System.nanoTime() - begin > LONGEST_STEP) {
                        throw new IllegalStateException(step + " requests took longer than two minutes");
                    }
                    Thread.sleep(20);
                }
                long now = System.nanoTime();
                long answers = load.answers();
                table.append(String.format(Locale.ROOT, "| %,d | %s | %.1f | %s |%n", before + answers, transport.name(), server.resident() / 1e6,
                    Figures.count((answers - counted) * 1e9 / (now - begin))));
                begin = now;
                counted = answers;
            }
            load.drain();
            return load.answers();
        }
    }
}
