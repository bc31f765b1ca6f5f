/* What a load has shown. */
package org.tidegate.bench.serve;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import org.HdrHistogram.Histogram;

/**
 * A server under a load.
 *
 * @param rate answers in a second
 * @param p50 half of the requests took at most so many seconds
 * @param p99 99 of 100 did
 * @param inference the part of the machine's time, all cores together, that runs of the model took
 * @param processor the part that the server's process took
 */
record Figures(double rate, double p50, double p99, double inference, double processor) {
    /** Seconds of a measurement, and those before it that do not count. */
    record Time(double warm, double measured) {}

    /** Begins a load and ends it. */
    @FunctionalInterface
    interface Start {
        Load start() throws IOException;
    }

    /** Measures a load on a model of a server; without a model nothing is inferred. */
    static Figures of(ServerProcess server, String model, Time time, Start start) throws IOException, InterruptedException {
        try (Load load = start.start()) {
            Thread.sleep((long) (time.warm * 1e3));
            double inference = model == null ? 0 : server.inference(model);
            double processor = server.processor();
            long answers = load.answers();
            long begin = System.nanoTime();
            load.measure();
            Thread.sleep((long) (time.measured * 1e3));
            long more = load.answers() - answers;
            double seconds = (System.nanoTime() - begin) / 1e9;
            double machine = seconds * Runtime.getRuntime().availableProcessors();
            Histogram histogram = load.nanoseconds();
            if (more == 0) {
                throw new IllegalStateException("the server did not answer");
            }
            return new Figures(more / seconds, histogram.getValueAtPercentile(50) / 1e9, histogram.getValueAtPercentile(99) / 1e9,
                model == null ? 0 : (server.inference(model) - inference) / machine, (server.processor() - processor) / machine);
        }
    }

    /** The one whose rate is in the middle. */
    static Figures middle(List<Figures> turns) {
        return turns.stream().sorted((a, b) -> Double.compare(a.rate, b.rate)).toList().get(turns.size() / 2);
    }

    String perSecond() {
        return String.format(Locale.ROOT, rate < 1000 ? "%.0f" : "%,.0f", rate);
    }

    String percentInference() {
        return String.format(Locale.ROOT, "%.0f %%", 100 * inference);
    }

    static String milliseconds(double seconds) {
        return String.format(Locale.ROOT, "%.2f ms", 1e3 * seconds);
    }

    static String microseconds(double seconds) {
        return String.format(Locale.ROOT, "%.0f µs", 1e6 * seconds);
    }
}
