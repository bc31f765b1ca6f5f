package org.tidegate.task;

import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

/**
 * A stream of inputs whose recurrent state is carried from call to call: a {@link Worker} borrowed from {@link Workers} until the stream is
 * closed. It stays usable after the answers that opened it are closed.
 *
 * <p>For one thread at a time: a second thread meanwhile gets an {@link IllegalStateException}. Closing twice is harmless, and another call
 * after it is an {@link IllegalStateException}.
 */
public abstract class TaskStream implements AutoCloseable {
    private final Workers workers;
    private final ReentrantLock use = new ReentrantLock();
    private Worker worker; // null after it was given back

    /**
     * Opens a stream with a cleared worker.
     *
     * @param workers the pool that the worker is borrowed from
     * @throws IllegalStateException if the workers are closed
     */
    protected TaskStream(Workers workers) {
        this.workers = workers;
        worker = workers.take();
    }

    /** Returns the worker to the pool. */
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
     * @param <T> the type of the result
     * @param work what to run
     * @return the result of the work
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
