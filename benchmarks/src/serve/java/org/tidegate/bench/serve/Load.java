/* Requests that come, and how long they take. */
package org.tidegate.bench.serve;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.SingleWriterRecorder;

/**
 * A load on a server. In the closed form a number of clients asks again as soon as it has its answer, which finds the most that is answered. In
 * the open form requests come at a fixed rate whatever the server does, and a request's time counts from when it was to come: one that had
 * to wait for a slow one before it was slow itself. A failure ends it, and so does a rate that the server is a whole second behind.
 */
final class Load implements AutoCloseable {
    private static final int DIGITS = 3;
    private static final long LONGEST_DRAIN = TimeUnit.SECONDS.toNanos(20);
    private static final double LEAST_BACKLOG = 1000;

    /**
     * What was measured: every request that was to come in that time, each once.
     *
     * @param offered requests a second that were to come, 0 in the closed form
     * @param rate answers a second
     * @param nanoseconds what the requests took
     * @param late how long after their time they were sent, which is in their times too; empty in the closed form
     * @param overrun whether the load was ended because the server was too far behind
     */
    record Outcome(double offered, double rate, Histogram nanoseconds, Histogram late, boolean overrun) {
        private static final double REACHED = 0.98;

        /** Whether so many answers came as requests were to come. */
        boolean reached() {
            return !overrun && rate >= REACHED * offered;
        }

        double percentile(double percent) {
            return nanoseconds.getValueAtPercentile(percent) / 1e9;
        }

        double mean() {
            return nanoseconds.getMean() / 1e9;
        }
    }

    private final Wire wire;
    private final List<byte[]> requests;
    private final double offered;
    private final long begin = System.nanoTime();
    private final AtomicInteger next = new AtomicInteger();
    private final SingleWriterRecorder all = new SingleWriterRecorder(DIGITS);
    private final SingleWriterRecorder measured = new SingleWriterRecorder(DIGITS);
    private final SingleWriterRecorder late = new SingleWriterRecorder(DIGITS);
    private final LongAdder asked = new LongAdder();
    private final LongAdder answers = new LongAdder();
    private final LongAdder answersInTime = new LongAdder();
    private final LongAdder failures = new LongAdder();
    private volatile String failure;
    private volatile long from = Long.MAX_VALUE;
    private volatile long to = Long.MAX_VALUE;
    private volatile boolean stopped;
    private volatile double overrunRate = Double.NaN; // answers a second until it was ended
    private Thread sender;

    private Load(Wire wire, List<byte[]> requests, double offered) {
        this.wire = wire;
        this.requests = requests;
        this.offered = offered;
    }

    /** So many clients without a pause. */
    static Load closed(Wire wire, List<byte[]> requests, int clients) {
        Load load = new Load(wire, requests, 0);
        for (int i = 0; i < clients; i++) {
            load.new Client().ask();
        }
        return load;
    }

    /** So many requests a second, evenly. */
    static Load open(Wire wire, List<byte[]> requests, double rate) {
        Load load = new Load(wire, requests, rate);
        load.sender = new Thread(load::send, "load-sender");
        load.sender.setDaemon(true);
        load.sender.start();
        return load;
    }

    private final class Client implements Wire.Listener {
        private long asked;

        void ask() {
            asked = System.nanoTime();
            send(this);
        }

        @Override
        public void answered(boolean ok, ByteBuffer body) {
            count(asked, ok, body);
            if (!stopped) {
                ask();
            }
        }
    }

    /** Sends what is due until all that was to be measured is sent, also if that is after its time. */
    private void send() {
        double backlog = Math.max(LEAST_BACKLOG, offered);
        for (long i = 0; !stopped; i++) {
            long due = begin + (long) (i * 1e9 / offered);
            for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
                LockSupport.parkNanos(left);
            }
            if (due >= to) {
                return;
            }
            if (due >= from) {
                late.recordValue(System.nanoTime() - due);
            }
            if (outstanding() > backlog || System.nanoTime() - due > TimeUnit.SECONDS.toNanos(1)) {
                overrunRate = answers.sum() * 1e9 / (System.nanoTime() - begin);
                stopped = true;
                return;
            }
            send((ok, body) -> count(due, ok, body));
        }
    }

    private void send(Wire.Listener listener) {
        asked.increment();
        try {
            wire.send(requests.get(Math.floorMod(next.getAndIncrement(), requests.size())), listener);
        } catch (IOException e) {
            fail(e.toString());
        }
    }

    private void count(long since, boolean ok, ByteBuffer body) {
        if (!ok) {
            fail(StandardCharsets.UTF_8.decode(body).toString());
            return;
        }
        long now = System.nanoTime();
        all.recordValue(now - since);
        if (since >= from && since < to) {
            measured.recordValue(now - since);
        }
        if (now >= from && now < to) {
            answersInTime.increment();
        }
        answers.increment();
    }

    private void fail(String reason) {
        failure = reason;
        stopped = true;
        failures.increment();
    }

    private long outstanding() {
        return asked.sum() - answers.sum() - failures.sum();
    }

    /** Answers so far. */
    long answers() {
        return answers.sum();
    }

    /** Whether it has ended by itself. */
    boolean ended() {
        return stopped;
    }

    /** What the answers took that came since this was called before. */
    Histogram sinceBefore() {
        return all.getIntervalHistogram();
    }

    /**
     * Measures from now on for a time, ends the load, and waits for the answers that are left.
     *
     * @throws IllegalStateException if a request failed or was not answered
     */
    Outcome measure(double seconds) throws InterruptedException {
        long start = System.nanoTime();
        to = start + (long) (seconds * 1e9);
        from = start;
        for (long left = to - System.nanoTime(); left > 0 && !stopped; left = to - System.nanoTime()) {
            TimeUnit.NANOSECONDS.sleep(Math.min(left, TimeUnit.MILLISECONDS.toNanos(50)));
        }
        drain();
        boolean overrun = !Double.isNaN(overrunRate);
        Histogram times = measured.getIntervalHistogram();
        if (!overrun && times.getTotalCount() == 0) {
            throw new IllegalStateException("the server did not answer");
        }
        return new Outcome(offered, overrun ? overrunRate : answersInTime.sum() / seconds, times, late.getIntervalHistogram(), overrun);
    }

    /**
     * Asks no more, and waits for the answers that are left.
     *
     * @throws IllegalStateException if a request failed or was not answered
     */
    void drain() throws InterruptedException {
        if (sender == null) {
            stopped = true;
        } else {
            sender.join(TimeUnit.NANOSECONDS.toMillis(LONGEST_DRAIN));
        }
        long until = System.nanoTime() + LONGEST_DRAIN;
        while (outstanding() > 0 && System.nanoTime() < until) {
            Thread.sleep(1);
        }
        check();
        if (outstanding() > 0) {
            throw new IllegalStateException(outstanding() + " requests without an answer " + LONGEST_DRAIN / 1_000_000_000 + " s after the last");
        }
    }

    /**
     * Looks whether all is well so far.
     *
     * @throws IllegalStateException if a request failed
     */
    void check() {
        if (failure != null) {
            throw new IllegalStateException("requests that failed: " + failures.sum() + "; the last one: " + failure);
        }
    }

    /** Asks no more; the wire stays open until its owner closes it. */
    @Override
    public void close() {
        stopped = true;
    }
}
