package org.tidegate.task;

import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

/**
 * A stream that is answered while it goes on: a worker of its own, whose session keeps its state from call to call, lent by {@link Workers}
 * until the stream is closed. It goes on also where the answers that it came from were closed meanwhile.
 *
 * <p>For one thread at a time: a second one that comes meanwhile gets an {@link IllegalStateException}. Closing twice is harmless, and
 * another call after it is an {@link IllegalStateException}.
 */
public abstract class TaskStream implements AutoCloseable {
    private final Workers workers;
    private final ReentrantLock use = new ReentrantLock();
    private Worker worker; // null after it was given back

    /**
     * A stream with a worker that comes as new.
     *
     * @throws IllegalStateException if the workers are closed
     */
    protected TaskStream(Workers workers) {
        this.workers = workers;
        worker = workers.take();
    }

    /** Gives the worker back. */
    @Override
    public final void close() {
        claim();
        try {
            if (worker != null) {
                Worker mine = worker;
                worker = null;
                workers.takeBack(mine);
            }
        } finally {
            use.unlock();
        }
    }

    /**
     * Runs work with the stream's worker.
     *
     * @throws IllegalStateException if the stream is closed, or another thread is using it
     */
    protected final <T> T with(Function<Worker, T> work) {
        claim();
        try {
            if (worker == null) {
                throw new IllegalStateException("The stream is closed.");
            }
            return work.apply(worker);
        } finally {
            use.unlock();
        }
    }

    private void claim() {
        if (!use.tryLock()) {
            throw new IllegalStateException("Another thread is using this stream. A stream belongs to one thread at a time; open one for"
                    + " each.");
        }
    }
}
