/* A server by each of its transports. */
package org.tidegate.bench.serve;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.HdrHistogram.Histogram;
import org.tidegate.bench.Curve;
import org.tidegate.bench.CurveChart;
import org.tidegate.task.classify.ClassifierAnswers;

/** The most that is answered, the times at half of that, and what a single client waits longer than for a call in its own process. */
final class Transports {
    private static final double WARM = 1;
    private static final double[] PERCENTS = {50, 75, 90, 95, 99, 99.5, 99.9, 99.95, 99.99};
    private static final int FEWEST_ABOVE = 5; // requests that took longer, for a point of the chart

    private Transports() {
    }

    private record Measured(Transport transport, Figures most, OpenLoad half, Figures one) {}

    static String measure(Bench bench, Workload workload) throws IOException, InterruptedException {
        List<Measured> all = new ArrayList<>();
        Histogram call;
        try (ServerProcess server = bench.tidegate()) {
            Agreement.check(bench, workload, server);
            call = inProcess(bench, workload);
            for (Transport transport : Transport.all(workload)) {
                all.add(measure(bench, workload, server, transport));
            }
        }
        List<Curve> curves = new ArrayList<>();
        for (Measured each : all) {
            if (each.half.server().load().reached()) {
                curves.add(curve(work(workload), each));
            }
        }
        List<String> pictures = CurveChart.writeAll(bench.out(), curves);
        return work(workload) + ". " + Bench.CLIENTS + " clients that ask again at once:\n\n" + most(all)
            + "\nAt half of that, whatever the server does" + (pictures.isEmpty() ? "" : " (`" + String.join("`, `", pictures) + "`)") + ":\n\n" + half(all)
            + "\nOne client, beside the server's own statistics (means):\n\n" + one(all, call);
    }

    static String work(Workload workload) {
        return workload.model() + ", " + workload.tokens();
    }

    private static Measured measure(Bench bench, Workload workload, ServerProcess server, Transport transport)
            throws IOException, InterruptedException {
        String model = transport.infers() ? workload.model() : null;
        String name = work(workload) + ", " + transport.name() + ", ";
        Findings findings = bench.findings();
        Figures most;
        OpenLoad half;
        try (Wire wire = transport.open(server, Bench.CLIENTS)) {
            most = Figures.of(findings, new Figures.Subject(name + Bench.CLIENTS + " clients", server, model), bench.time(),
                () -> Load.closed(wire, transport.requests(), Bench.CLIENTS));
        }
        try (Wire wire = transport.open(server, 4 * Bench.CLIENTS)) {
            half = OpenLoad.measure(findings, new Figures.Subject(name + "at half of the most", server, model), bench.time(), wire,
                transport.requests(), most.rate() / 2);
        }
        try (Wire wire = transport.open(server, 1)) {
            Figures one = Figures.of(findings, new Figures.Subject(name + "one client", server, model), bench.time(),
                () -> Load.closed(wire, transport.requests(), 1));
            return new Measured(transport, most, half, one);
        }
    }

    private static String most(List<Measured> all) {
        StringBuilder table = new StringBuilder("| by | requests/s | inference | p50 | p99 |\n| --- | --- | --- | --- | --- |\n");
        for (Measured each : all) {
            Figures most = each.most;
            table.append(String.format(Locale.ROOT, "| %s | %s | %s | %s | %s |%n", each.transport.name(), most.perSecond(),
                most.percentInference(), Figures.milliseconds(most.load().percentile(50)), Figures.milliseconds(most.load().percentile(99))));
        }
        return table.toString();
    }

    private static String half(List<Measured> all) {
        StringBuilder table = new StringBuilder("| by | " + OpenLoad.TITLES + " |\n| --- | --- | --- | --- | --- | --- | --- | --- | --- |\n");
        for (Measured each : all) {
            table.append("| " + each.transport.name() + " | " + each.half.cells() + " |\n");
        }
        return table.toString();
    }

    private static String one(List<Measured> all, Histogram call) {
        double callMiddle = call.getValueAtPercentile(50) / 1e9;
        StringBuilder table = new StringBuilder("| by | p50 | over the call | mean | in the server | queue | reading | inference | writing"
            + " | mean less these four |\n| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n");
        for (Measured each : all) {
            Load.Outcome load = each.one.load();
            table.append(String.format(Locale.ROOT, "| %s | %s | %s | %s | %s |%n", each.transport.name(), Figures.microseconds(load.percentile(50)),
                each.transport.infers() ? Figures.microseconds(load.percentile(50) - callMiddle) : "–", Figures.microseconds(load.mean()),
                each.transport.infers() ? spent(each.one.spent(), load.mean()) : "– | – | – | – | – | –"));
        }
        table.append(String.format(Locale.ROOT, "| a call in the same process | %s | – | %s | – | – | – | – | – | – |%n",
            Figures.microseconds(callMiddle), Figures.microseconds(call.getMean() / 1e9)));
        return table.toString();
    }

    private static String spent(ServerStatistics spent, double mean) {
        double requests = spent.answered();
        double known = (spent.queue() + spent.input() + spent.infer() + spent.output()) / requests;
        return String.join(" | ", Figures.microseconds(spent.success() / requests), Figures.microseconds(spent.queue() / requests),
            Figures.microseconds(spent.input() / requests), Figures.microseconds(spent.infer() / requests),
            Figures.microseconds(spent.output() / requests), Figures.microseconds(mean - known));
    }

    private static Curve curve(String work, Measured measured) {
        Histogram times = measured.half.server().load().nanoseconds();
        List<Double> oneOf = new ArrayList<>();
        List<Double> seconds = new ArrayList<>();
        for (double percent : PERCENTS) {
            if (times.getTotalCount() * (1 - percent / 100) >= FEWEST_ABOVE) {
                oneOf.add(1 / (1 - percent / 100));
                seconds.add(times.getValueAtPercentile(percent) / 1e9);
            }
        }
        return new Curve("latency at half of the most (" + work + ")", measured.transport.name(), "one request of so many takes longer",
            Curve.Quantity.LATENCY, oneOf, seconds);
    }

    /** Nanoseconds of a call in this process, from a text to its labels. */
    private static Histogram inProcess(Bench bench, Workload workload) throws IOException {
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
        return nanoseconds;
    }
}
