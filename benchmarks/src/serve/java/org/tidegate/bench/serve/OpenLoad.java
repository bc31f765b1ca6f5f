/* An open load, and the loader by itself. */
package org.tidegate.bench.serve;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Times at a fixed rate.
 *
 * @param server what the load has shown
 * @param loader what the same load takes if every request is answered in the call that sends it: the loader's own part of the times
 */
record OpenLoad(Figures server, Load.Outcome loader) {
    /** A loader that takes longer than this at its p99 is what is measured. */
    private static final double LONGEST_LOADER = 1e-3;

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);
    private static final Figures.Time LOADER = new Figures.Time(new WarmUp(0.25, 4, 0), 1);

    /** Answers at once. */
    private static final class NoWire implements Wire {
        @Override
        public void send(byte[] request, Listener listener) {
            listener.answered(true, NOTHING);
        }

        @Override
        public void close() {
        }
    }

    static OpenLoad measure(Findings findings, Figures.Subject subject, Figures.Time time, Wire wire, List<byte[]> requests, double rate)
            throws IOException, InterruptedException {
        Figures.Subject nobody = new Figures.Subject("the loader alone for " + subject.name(), null, null);
        Load.Outcome loader;
        try (Wire none = new NoWire()) {
            loader = Figures.of(findings, nobody, LOADER, () -> Load.open(none, requests, rate)).load();
        }
        if (loader.percentile(99) > LONGEST_LOADER) {
            findings.fault(nobody.name() + " takes " + Figures.milliseconds(loader.percentile(99)) + " at p99, more than "
                + Figures.milliseconds(LONGEST_LOADER) + ": the machine is not free enough for this rate");
        }
        return new OpenLoad(Figures.of(findings, subject, time, () -> Load.open(wire, requests, rate)), loader);
    }

    /** The titles of {@link #cells}. */
    static final String TITLES = "offered/s | reached/s | p50 | p99 | p99.9 | inference | sent late, p99 | loader alone, p99";

    String cells() {
        Load.Outcome load = server.load();
        String times = !load.reached() ? "**not reached** | – | – | – | –" : String.join(" | ", Figures.milliseconds(load.percentile(50)),
            Figures.milliseconds(load.percentile(99)), Figures.milliseconds(load.percentile(99.9)), server.percentInference(),
            Figures.milliseconds(load.late().getValueAtPercentile(99) / 1e9));
        return String.join(" | ", Figures.count(load.offered()), Figures.count(load.rate()), times, Figures.milliseconds(loader.percentile(99)));
    }
}
