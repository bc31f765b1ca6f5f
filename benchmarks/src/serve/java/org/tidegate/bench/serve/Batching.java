/* Requests together and one by one. */
package org.tidegate.bench.serve;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** The same server with batches of up to 64 and without, in turns. */
final class Batching {
    private Batching() {
    }

    static String measure(Bench bench) throws IOException, InterruptedException {
        StringBuilder table = new StringBuilder("| work | × one by one | requests/s, batches | inference | p50 | requests/s, one by one | inference |"
            + " p50 |\n| --- | --- | --- | --- | --- | --- | --- | --- |\n");
        try (ServerProcess together = bench.tidegate("--max-batch", "64"); ServerProcess alone = bench.tidegate("--max-batch", "1")) {
            for (Workload workload : List.of(Workload.SMALL, Workload.LARGE, Workload.RAGGED)) {
                Agreement.check(bench, workload, together);
                Agreement.check(bench, workload, alone);
                List<Turns> turns = turns(bench, workload, List.of(together, alone));
                Figures batches = turns.get(0).middle();
                Figures single = turns.get(1).middle();
                table.append(String.format(Locale.ROOT, "| %s | %.2f | %s | %s | %s | %s | %s | %s |%n", Transports.work(workload),
                    batches.rate() / single.rate(), turns.get(0).perSecond(), batches.percentInference(),
                    Figures.milliseconds(batches.load().percentile(50)), turns.get(1).perSecond(), single.percentInference(),
                    Figures.milliseconds(single.load().percentile(50))));
            }
        }
        return table.toString();
    }

    /** What a server has shown in each of its turns. */
    record Turns(List<Figures> all) {
        /** The turn whose rate is in the middle. */
        Figures middle() {
            return sorted().get(all.size() / 2);
        }

        /** Its rate, and those of the slowest and the fastest turn. */
        String perSecond() {
            return String.format(Locale.ROOT, "%s (%s–%s)", middle().perSecond(), sorted().get(0).perSecond(), sorted().get(all.size() - 1).perSecond());
        }

        private List<Figures> sorted() {
            return all.stream().sorted(Comparator.comparingDouble(Figures::rate)).toList();
        }
    }

    /**
     * The same load of 64 clients over binary HTTP on several servers in turns. The first turn does not count, and that turns differ is seen from
     * their figures.
     */
    static List<Turns> turns(Bench bench, Workload workload, List<ServerProcess> servers) throws IOException, InterruptedException {
        List<Turns> all = servers.stream().map(server -> new Turns(new ArrayList<>())).toList();
        List<byte[]> requests = workload.binary();
        for (int turn = 0; turn <= bench.turns(); turn++) {
            for (int i = 0; i < servers.size(); i++) {
                ServerProcess server = servers.get(i);
                Figures.Subject subject = new Figures.Subject(Transports.work(workload), server, workload.model());
                try (Wire wire = new HttpWire(server.port(), Bench.CLIENTS)) {
                    Figures figures = Figures.of(new Findings(), subject, bench.turn(), () -> Load.closed(wire, requests, Bench.CLIENTS));
                    if (turn > 0) {
                        all.get(i).all.add(figures);
                    }
                }
            }
        }
        return all;
    }
}
