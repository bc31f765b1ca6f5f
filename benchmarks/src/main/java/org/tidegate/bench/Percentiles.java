package org.tidegate.bench;

/** Latencies of single calls, in seconds. */
record Percentiles(double p50, double p90, double p99, double max, int calls) {

    /** Of nanoseconds in ascending order: the smallest latency that so many percent of the calls do not exceed. */
    static Percentiles of(long[] sorted) {
        return new Percentiles(at(sorted, 0.50), at(sorted, 0.90), at(sorted, 0.99), sorted[sorted.length - 1] * 1e-9, sorted.length);
    }

    private static double at(long[] sorted, double part) {
        return sorted[(int) Math.ceil(part * sorted.length) - 1] * 1e-9;
    }
}
