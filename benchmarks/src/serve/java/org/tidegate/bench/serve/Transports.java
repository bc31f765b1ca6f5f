/* A server by each of its transports. */
package org.tidegate.bench.serve;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.HdrHistogram.Histogram;
import org.tidegate.task.classify.ClassifierAnswers;

/** The most that is answered, the times at half of that, and what a single client waits longer than for a call in its own process. */
final class Transports {
    private static final double WARM = 2;

    private Transports() {
    }

    private record Transport(String name, WireTo wire, List<byte[]> requests, boolean infers) {}

    @FunctionalInterface
    private interface WireTo {
        Wire open(ServerProcess server, int connections) throws IOException;
    }

    private static List<Transport> transports(Workload workload) {
        WireTo http = (server, connections) -> new HttpWire(server.port(), connections);
        return List.of(new Transport("JSON", http, workload.json(), true), new Transport("binary HTTP", http, workload.binary(), true),
            new Transport("gRPC", (server, connections) -> new GrpcWire(server.grpcPort(), "ModelInfer"), workload.grpc(), true),
            new Transport("health, HTTP", http, Workload.health(), false),
            new Transport("health, gRPC", (server, connections) -> new GrpcWire(server.grpcPort(), "ServerLive"), List.of(new byte[0]), false));
    }

    static String measure(Bench bench, Workload workload) throws IOException, InterruptedException {
        StringBuilder table = new StringBuilder("| by | requests/s | inference | p50 at half | p99 at half | inference at half | one client |"
            + " over the call |\n| --- | --- | --- | --- | --- | --- | --- | --- |\n");
        try (ServerProcess server = bench.tidegate()) {
            Agreement.check(bench, workload, server);
            double call = inProcess(bench, workload);
            for (Transport transport : transports(workload)) {
                table.append(row(bench, workload, server, transport, call));
            }
            table.append(String.format(Locale.ROOT, "| a call in the same process | | | | | | %s | |%n", Figures.microseconds(call)));
        }
        return work(workload) + ":\n\n" + table;
    }

    static String work(Workload workload) {
        return workload.model() + ", " + workload.tokens();
    }

    private static String row(Bench bench, Workload workload, ServerProcess server, Transport transport, double call)
            throws IOException, InterruptedException {
        String model = transport.infers ? workload.model() : null;
        Figures most;
        Figures half;
        Figures one;
        try (Wire wire = transport.wire.open(server, Bench.CLIENTS)) {
            most = Figures.of(server, model, bench.time(), () -> Load.closed(wire, transport.requests, Bench.CLIENTS));
        }
        try (Wire wire = transport.wire.open(server, 4 * Bench.CLIENTS)) {
            half = Figures.of(server, model, bench.time(), () -> Load.open(wire, transport.requests, most.rate() / 2));
        }
        try (Wire wire = transport.wire.open(server, 1)) {
            one = Figures.of(server, model, bench.time(), () -> Load.closed(wire, transport.requests, 1));
        }
        return String.format(Locale.ROOT, "| %s | %s | %s | %s | %s | %s | %s | %s |%n", transport.name, most.perSecond(),
            transport.infers ? most.percentInference() : "–", Figures.milliseconds(half.p50()), Figures.milliseconds(half.p99()),
            transport.infers ? half.percentInference() : "–", Figures.microseconds(one.p50()),
            transport.infers ? Figures.microseconds(one.p50() - call) : "–");
    }

    /** Seconds of a call in this process, from a text to its labels. */
    private static double inProcess(Bench bench, Workload workload) throws IOException {
        List<String> texts = new ArrayList<>(workload.texts());
        Histogram nanoseconds = new Histogram(3);
        try (ClassifierAnswers answers = bench.answers(workload)) {
            long begin = System.nanoTime();
            for (long i = 0, now = begin; now - begin < (WARM + bench.time().measured()) * 1e9; i++) {
                answers.classify(texts.get((int) (i % texts.size())));
                long end = System.nanoTime();
                if (end - begin > WARM * 1e9) {
                    nanoseconds.recordValue(end - now);
                }
                now = end;
            }
        }
        return nanoseconds.getValueAtPercentile(50) / 1e9;
    }
}
