/* What a model has done. */
package org.tidegate.server.batch;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;

/** Counts and times of a model's requests, in the form of the protocol's statistics. Any number of threads at once. */
public final class Statistics {
    /** Something that happened so often and took so long. */
    public static final class Duration {
        private final LongAdder count = new LongAdder();
        private final LongAdder nanos = new LongAdder();

        /**
         * Counts.
         *
         * @param times how often
         * @param took how long, in nanoseconds
         */
        public void add(long times, long took) {
            count.add(times);
            nanos.add(took);
        }

        /** {@return how often} */
        public long count() {
            return count.sum();
        }

        /** {@return how long, in nanoseconds} */
        public long nanos() {
            return nanos.sum();
        }
    }

    private final Duration success = new Duration();
    private final Duration fail = new Duration();
    private final Duration queue = new Duration();
    private final Duration input = new Duration();
    private final Duration infer = new Duration();
    private final Duration output = new Duration();
    private final LongAdder inferences = new LongAdder();
    private final LongAdder dropped = new LongAdder();
    private final LongAdder refused = new LongAdder();
    private final Map<Integer, Duration> batches = new ConcurrentSkipListMap<>();
    private volatile long last;

    /**
     * Counts a run of the model.
     *
     * @param size the items of the batch
     * @param took how long, in nanoseconds
     */
    public void batch(int size, long took) {
        batches.computeIfAbsent(size, key -> new Duration()).add(1, took);
        inferences.add(size);
        last = System.currentTimeMillis();
    }

    /** {@return requests that were answered, from their arrival to the answer} */
    public Duration success() {
        return success;
    }

    /** {@return requests that failed} */
    public Duration fail() {
        return fail;
    }

    /** {@return the wait for a worker} */
    public Duration queue() {
        return queue;
    }

    /** {@return the reading of requests} */
    public Duration input() {
        return input;
    }

    /** {@return inference, once for each request of a batch} */
    public Duration infer() {
        return infer;
    }

    /** {@return the writing of answers} */
    public Duration output() {
        return output;
    }

    /** {@return items that were run: texts, sequences, steps} */
    public long inferences() {
        return inferences.sum();
    }

    /** {@return runs of the model, each of a batch} */
    public long executions() {
        return batches.values().stream().mapToLong(Duration::count).sum();
    }

    /** {@return requests that were dropped before they ran: cancelled, or their time had passed} */
    public long dropped() {
        return dropped.sum();
    }

    /** {@return requests that found the queue full} */
    public long refused() {
        return refused.sum();
    }

    /** {@return the runs of each batch size} */
    public Map<Integer, Duration> batches() {
        return new TreeMap<>(batches);
    }

    /** {@return when the last one ran, in milliseconds since 1970; 0 if none did} */
    public long last() {
        return last;
    }

    void drop() {
        dropped.increment();
    }

    void refuse() {
        refused.increment();
    }
}
