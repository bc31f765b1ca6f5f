package org.tidegate.bench;

import java.io.PrintStream;

/** Lines for the one who waits, each with the seconds since the start. */
final class Progress {
    private final PrintStream out;
    private final long start = System.nanoTime();

    Progress(PrintStream out) {
        this.out = out;
    }

    void say(String line) {
        out.printf("%5.0f s  %s%n", seconds(), line);
        out.flush();
    }

    /** Seconds since the start. */
    double seconds() {
        return (System.nanoTime() - start) * 1e-9;
    }
}
