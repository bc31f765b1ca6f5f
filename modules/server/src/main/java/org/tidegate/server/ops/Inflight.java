/* The memory of requests that are in progress. */
package org.tidegate.server.ops;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.tidegate.server.protocol.ProtocolException;
import org.tidegate.server.protocol.Status;

/**
 * The bytes that requests of all clients hold together, from their first byte until their answer is sent: bodies and messages as they come,
 * what is unpacked of them, tensors that are made of their text, answers that are not sent yet. Any number of threads at once.
 */
public final class Inflight {
    private final long most;
    private final AtomicLong bytes = new AtomicLong();
    private final LongAdder refused = new LongAdder();

    /**
     * Creates the account of a server.
     *
     * @param most bytes at once
     */
    public Inflight(long most) {
        this.most = most;
    }

    /** {@return how many are held} */
    public long bytes() {
        return bytes.get();
    }

    /** {@return how many may be held} */
    public long most() {
        return most;
    }

    /** {@return how often more was asked for} */
    public long refused() {
        return refused.sum();
    }

    /** {@return the part of a request, which holds nothing yet} */
    public Share share() {
        return new Share();
    }

    /** What one request holds. */
    public final class Share implements AutoCloseable {
        private long held;
        private boolean closed;

        private Share() {}

        /**
         * Holds more; nothing where the request has ended.
         *
         * @param more bytes
         * @throws ProtocolException if that is more than all requests may hold; this one holds what it held
         */
        public synchronized void take(long more) {
            if (closed) {
                return;
            }
            if (bytes.addAndGet(more) > most) {
                bytes.addAndGet(-more);
                refused.increment();
                throw new ProtocolException(Status.RESOURCE_EXHAUSTED, "requests in progress hold as many bytes as they may together, " + most
                        + "; try again later");
            }
            held += more;
        }

        /**
         * Holds more, which is there already: it is not refused, and what comes next may be. Nothing where the request has ended.
         *
         * @param more bytes
         */
        public synchronized void add(long more) {
            if (!closed) {
                held += more;
                bytes.addAndGet(more);
            }
        }

        /** Holds less. */
        public synchronized void give(long less) {
            if (!closed) {
                held -= less;
                bytes.addAndGet(-less);
            }
        }

        /** {@return all that it holds, as the part of another; this one goes on with nothing} */
        public synchronized Share handOver() {
            Share other = new Share();
            other.held = held;
            other.closed = closed;
            held = 0;
            return other;
        }

        /** Ends the request: it holds nothing any more. Harmless more than once. */
        @Override
        public synchronized void close() {
            if (!closed) {
                closed = true;
                bytes.addAndGet(-held);
            }
        }
    }
}
