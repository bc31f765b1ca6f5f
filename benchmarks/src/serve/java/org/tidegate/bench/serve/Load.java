/* Requests that come, and how long they take. */
package org.tidegate.bench.serve;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/**
 * A load on a server. In the closed form a number of clients asks again as soon as it has its answer, which finds the most that is answered. In
 * the open form requests come at a fixed rate whatever the server does, and a request's time counts from when it was to come: one that had
 * to wait for a slow one before it was slow itself.
 */
final class Load implements AutoCloseable {
    private final Wire wire;
    private final List<byte[]> requests;
    private final AtomicInteger next = new AtomicInteger();
    private final Histogram nanoseconds = new ConcurrentHistogram(3);
    private final LongAdder answers = new LongAdder();
    private final LongAdder failures = new LongAdder();
    private volatile String failure;
    private volatile long measuredFrom = Long.MAX_VALUE;
    private volatile boolean stopped;
    private Thread sender;

    private Load(Wire wire, List<byte[]> requests) {
        this.wire = wire;
        this.requests = requests;
    }

    /** So many clients without a pause. */
    static Load closed(Wire wire, List<byte[]> requests, int clients) throws IOException {
        Load load = new Load(wire, requests);
        for (int i = 0; i < clients; i++) {
            load.new Client().ask();
        }
        return load;
    }

    /** So many requests a second, evenly. */
    static Load open(Wire wire, List<byte[]> requests, double rate) {
        Load load = new Load(wire, requests);
        load.sender = new Thread(() -> load.send(rate), "load-sender");
        load.sender.setDaemon(true);
        load.sender.start();
        return load;
    }

    private final class Client implements Wire.Listener {
        private long asked;

        void ask() throws IOException {
            asked = System.nanoTime();
            wire.send(request(), this);
        }

        @Override
        public void answered(boolean ok, ByteBuffer body) {
            count(asked, ok, body);
            if (!stopped) {
                try {
                    ask();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        }
    }

    private void send(double rate) {
        long begin = System.nanoTime();
        try {
            for (long i = 0; !stopped; i++) {
                long due = begin + (long) (i * 1e9 / rate);
                for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
                    LockSupport.parkNanos(left);
                }
                wire.send(request(), (ok, body) -> count(due, ok, body));
            }
        } catch (IOException e) {
            failure = e.toString();
        }
    }

    private byte[] request() {
        return requests.get(Math.floorMod(next.getAndIncrement(), requests.size()));
    }

    private void count(long from, boolean ok, ByteBuffer body) {
        if (!ok) {
            failures.increment();
            failure = StandardCharsets.UTF_8.decode(body).toString();
            return;
        }
        answers.increment();
        if (from - measuredFrom >= 0) {
            nanoseconds.recordValue(System.nanoTime() - from);
        }
    }

    /** Answers so far. */
    long answers() {
        return answers.sum();
    }

    /** Measures from now on. */
    void measure() {
        measuredFrom = System.nanoTime();
    }

    /**
     * What requests took that came since {@link #measure}.
     *
     * @throws IllegalStateException if one failed
     */
    Histogram nanoseconds() {
        if (failure != null) {
            throw new IllegalStateException(failures.sum() + " requests failed; the last one: " + failure);
        }
        return nanoseconds.copy();
    }

    /** Ends; the wire stays open until its owner closes it. */
    @Override
    public void close() {
        stopped = true;
    }
}
