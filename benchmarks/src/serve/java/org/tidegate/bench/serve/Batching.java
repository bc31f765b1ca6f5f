/* Requests together and one by one. */
package org.tidegate.bench.serve;

import java.io.IOException;
import java.util.ArrayList;
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
                List<Figures> figures = turns(bench, workload, List.of(together, alone));
                table.append(String.format(Locale.ROOT, "| %s | %.2f | %s | %s | %s | %s | %s | %s |%n", Transports.work(workload),
                    figures.get(0).rate() / figures.get(1).rate(), figures.get(0).perSecond(), figures.get(0).percentInference(),
                    Figures.milliseconds(figures.get(0).p50()), figures.get(1).perSecond(), figures.get(1).percentInference(),
                    Figures.milliseconds(figures.get(1).p50())));
            }
        }
        return table.toString();
    }

    /** The same load of 64 clients over binary HTTP on several servers in turns; the first turn does not count. */
    static List<Figures> turns(Bench bench, Workload workload, List<ServerProcess> servers) throws IOException, InterruptedException {
        List<List<Figures>> all = new ArrayList<>();
        servers.forEach(server -> all.add(new ArrayList<>()));
        for (int turn = 0; turn <= bench.turns(); turn++) {
            for (int i = 0; i < servers.size(); i++) {
                ServerProcess server = servers.get(i);
                try (Wire wire = new HttpWire(server.port(), Bench.CLIENTS)) {
                    Figures figures = Figures.of(server, workload.model(), bench.turn(), () -> Load.closed(wire, workload.binary(), Bench.CLIENTS));
                    if (turn > 0) {
                        all.get(i).add(figures);
                    }
                }
            }
        }
        return all.stream().map(Figures::middle).toList();
    }
}
