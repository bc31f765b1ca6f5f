/* What a model has done. */
package org.tidegate.server.batch;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;
import org.tidegate.server.protocol.ProtocolException;
import org.tidegate.server.protocol.Status;

/** Counts and times of a model's requests, in the form of the protocol's statistics. Any number of threads at once. */
public final class Statistics {
    /** The greatest size of batches that are counted by themselves. */
    private static final int EXACT = 64;

    /** Something that happened so often and took so long. */
    public static sealed class Duration permits Histogram {
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

    /** A duration that also knows how often it was at most so long. */
    public static final class Histogram extends Duration {
        /** The bounds of the buckets in nanoseconds, rising: 100 µs to 10 s. */
        private static final long[] BOUNDS = {100_000, 250_000, 500_000, 1_000_000, 2_500_000, 5_000_000, 10_000_000, 25_000_000, 50_000_000,
            100_000_000, 250_000_000, 500_000_000, 1_000_000_000, 2_500_000_000L, 5_000_000_000L, 10_000_000_000L};

        private final LongAdder[] buckets = Stream.generate(LongAdder::new).limit(BOUNDS.length + 1).toArray(LongAdder[]::new);

        @Override
        public void add(long times, long took) {
            super.add(times, took);
            int bucket = 0;
            while (bucket < BOUNDS.length && took > BOUNDS[bucket]) {
                bucket++;
            }
            buckets[bucket].add(times);
        }

        /** {@return the greatest time of each bucket but the last, in nanoseconds, rising} */
        public static long[] bounds() {
            return BOUNDS.clone();
        }

        /** {@return how often each bucket was hit; the last has what is above all bounds} */
        public long[] counts() {
            return Arrays.stream(buckets).mapToLong(LongAdder::sum).toArray();
        }
    }

    private final Histogram success = new Histogram();
    private final Duration fail = new Duration();
    private final Map<Status, LongAdder> failures = new EnumMap<>(Status.class);
    private final Histogram queue = new Histogram();
    private final Duration input = new Duration();
    private final Histogram infer = new Histogram();
    private final Duration output = new Duration();
    private final LongAdder inferences = new LongAdder();
    private final LongAdder dropped = new LongAdder();
    private final LongAdder refused = new LongAdder();
    private final LongAdder items = new LongAdder();
    private final Map<Integer, Duration> batches = new ConcurrentSkipListMap<>();
    private volatile long last;

    /** Creates the statistics of a model that has done nothing yet. */
    public Statistics() {
        for (Status status : Status.values()) {
            failures.put(status, new LongAdder());
        }
    }

    /**
     * Counts a request that failed.
     *
     * @param status why
     * @param took from its arrival on, in nanoseconds
     */
    public void fail(Status status, long took) {
        fail.add(1, took);
        failures.get(status).increment();
    }

    /**
     * Counts a request whose answer was made.
     *
     * @param unsent why it did not reach the client: then the request has failed; null where it was sent
     * @param took from its arrival on, in nanoseconds
     */
    public void answered(ProtocolException unsent, long took) {
        if (unsent == null) {
            success.add(1, took);
        } else {
            fail(unsent.status(), took);
        }
    }

    /**
     * Counts a run of the model that finished all of its items.
     *
     * @param size the items of the batch
     * @param took how long, in nanoseconds
     */
    public void batch(int size, long took) {
        batch(size, size, took);
    }

    /**
     * Counts a run of the model.
     *
     * @param size the items of the batch
     * @param finished of them, those whose answers are there; the others are run again
     * @param took how long, in nanoseconds
     */
    public void batch(int size, int finished, long took) {
        items.add(size);
        batches.computeIfAbsent(size <= EXACT ? size : Integer.highestOneBit(size - 1) << 1, key -> new Duration()).add(1, took);
        inferences.add(finished);
        last = System.currentTimeMillis();
    }

    /** {@return requests that were answered, from their arrival to the answer} */
    public Histogram success() {
        return success;
    }

    /** {@return requests that failed} */
    public Duration fail() {
        return fail;
    }

    /** {@return how many requests failed for each reason that there was} */
    public Map<Status, Long> failures() {
        Map<Status, Long> counts = new EnumMap<>(Status.class);
        failures.forEach((status, count) -> {
            if (count.sum() > 0) {
                counts.put(status, count.sum());
            }
        });
        return counts;
    }

    /** {@return the wait for a worker} */
    public Histogram queue() {
        return queue;
    }

    /** {@return the reading of requests} */
    public Duration input() {
        return input;
    }

    /** {@return inference, once for each request of a batch} */
    public Histogram infer() {
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

    /** {@return items of all runs, those that were run again counted again} */
    public long items() {
        return items.sum();
    }

    /** {@return the runs of each batch size: up to 64 of that very size, above it of those up to that power of two, rounded up} */
    public Map<Integer, Duration> batches() {
        return new TreeMap<>(batches);
    }

    /** {@return when the last one ran, in milliseconds since 1970; 0 if none did} */
    public long last() {
        return last;
    }

    /** Counts a request that was dropped before it ran: cancelled, or its time had passed. */
    public void drop() {
        dropped.increment();
    }

    void refuse() {
        refused.increment();
    }
}
