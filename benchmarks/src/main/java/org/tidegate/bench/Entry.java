package org.tidegate.bench;

/**
 * What was found about one contender of a line.
 *
 * @param name who
 * @param difference the largest difference of its outputs from ours; of ourselves the error against double precision
 * @param times its times, or null where it was not timed
 * @param latencies of single calls, or null
 * @param bytes of native memory, or -1
 * @param note why it was not timed, or what its call leaves out
 */
record Entry(String name, double difference, Times times, Percentiles latencies, long bytes, String note) {

    boolean isTimed() {
        return times != null;
    }
}
