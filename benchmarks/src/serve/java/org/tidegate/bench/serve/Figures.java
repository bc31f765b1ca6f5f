/* What a load has shown. */
package org.tidegate.bench.serve;

import java.io.IOException;
import java.util.Locale;

/**
 * A server under a load.
 *
 * @param load what its clients saw
 * @param spent what a model of the server says that it did in that time; nothing where no model was asked
 * @param inference the part of the machine's time, all cores together, that runs of the model took
 */
record Figures(Load.Outcome load, ServerStatistics spent, double inference) {
    /** What is asked, by the name that messages give it; without a model nothing is inferred. */
    record Subject(String name, ServerProcess server, String model) {
        ServerStatistics statistics() throws IOException {
            return model == null ? ServerStatistics.NONE : server.statistics(model);
        }
    }

    /** Seconds of a measurement, and what comes before it. */
    record Time(WarmUp warmUp, double measured) {}

    /** Begins a load. */
    @FunctionalInterface
    interface Start {
        Load start() throws IOException;
    }

    /**
     * Measures a load. Where it was not steady, or an open one did not reach its rate, the findings have it.
     *
     * @throws IllegalStateException if a request failed
     */
    static Figures of(Findings findings, Subject subject, Time time, Start start) throws IOException, InterruptedException {
        try (Load load = start.start()) {
            boolean steady = time.warmUp.settle(load);
            load.check();
            ServerStatistics before = subject.statistics();
            long begin = System.nanoTime();
            Load.Outcome outcome = load.measure(time.measured);
            double machine = (System.nanoTime() - begin) / 1e9 * Runtime.getRuntime().availableProcessors();
            ServerStatistics spent = subject.statistics().minus(before);
            if (spent.failed() > 0) {
                throw new IllegalStateException(subject.name + ": the server says that " + spent.failed() + " requests failed");
            }
            if (!outcome.reached()) {
                findings.fault(String.format(Locale.ROOT, "%s: %s/s were offered, %s/s were answered%s", subject.name,
                    count(outcome.offered()), count(outcome.rate()), outcome.overrun() ? "; ended when the server was a second behind" : ""));
            } else if (!steady) {
                findings.unsteady(subject.name);
            }
            return new Figures(outcome, spent, spent.batches() / machine);
        }
    }

    /** Answers in a second. */
    double rate() {
        return load.rate();
    }

    String perSecond() {
        return count(rate());
    }

    String percentInference() {
        return spent == ServerStatistics.NONE ? "–" : String.format(Locale.ROOT, "%.0f %%", 100 * inference);
    }

    static String count(double number) {
        return String.format(Locale.ROOT, "%,.0f", number);
    }

    static String milliseconds(double seconds) {
        return String.format(Locale.ROOT, seconds < 0.01 ? "%.2f ms" : "%.1f ms", 1e3 * seconds);
    }

    static String microseconds(double seconds) {
        return String.format(Locale.ROOT, "%.0f µs", 1e6 * seconds);
    }
}
