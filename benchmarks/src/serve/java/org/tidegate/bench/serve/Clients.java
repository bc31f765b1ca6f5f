/* What more clients bring. */
package org.tidegate.bench.serve;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.tidegate.bench.Curve;
import org.tidegate.bench.CurveChart;

/** Answers a second of 1 to 128 clients that ask again at once, by each transport. */
final class Clients {
    private static final int MOST = 128;

    private Clients() {
    }

    static String measure(Bench bench) throws IOException, InterruptedException {
        Workload workload = Workload.SMALL;
        List<Transport> transports = Transport.inferring(workload);
        String name = "throughput by clients (" + Transports.work(workload) + ")";
        List<Curve> curves = transports.stream().map(each -> new Curve(name, each.name(), "clients", Curve.Quantity.THROUGHPUT, new ArrayList<>(),
            new ArrayList<>())).toList();
        StringBuilder table = new StringBuilder("| clients | " + String.join(" | ", transports.stream().map(Transport::name).toList()) + " |\n| ---"
            + " | ---".repeat(transports.size()) + " |\n");
        try (ServerProcess server = bench.tidegate()) {
            Agreement.check(bench, workload, server);
            for (Transport transport : transports) {
                figures(bench, workload, server, transport, Bench.CLIENTS, bench.time()); // compiles
            }
            for (int clients = 1; clients <= MOST; clients *= 2) {
                table.append("| ").append(clients);
                for (int i = 0; i < transports.size(); i++) {
                    Figures figures = figures(bench, workload, server, transports.get(i), clients, bench.turn());
                    curves.get(i).sizes().add((double) clients);
                    curves.get(i).values().add(figures.rate());
                    table.append(" | ").append(figures.perSecond());
                }
                table.append(" |\n");
            }
        }
        return Transports.work(workload) + ", requests/s (`" + String.join("`, `", CurveChart.writeAll(bench.out(), curves)) + "`):\n\n" + table;
    }

    private static Figures figures(Bench bench, Workload workload, ServerProcess server, Transport transport, int clients, Figures.Time time)
            throws IOException, InterruptedException {
        Figures.Subject subject = new Figures.Subject(transport.name() + ", clients: " + clients, server, workload.model());
        try (Wire wire = transport.open(server, clients)) {
            return Figures.of(bench.findings(), subject, time, () -> Load.closed(wire, transport.requests(), clients));
        }
    }
}
