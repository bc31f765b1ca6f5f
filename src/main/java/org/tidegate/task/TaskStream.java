package org.tidegate.task;

import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.tidegate.State;

/**
 * A stream of inputs whose recurrent state is carried from call to call. It holds a {@link Worker} borrowed from {@link Workers} until it is
 * closed, and stays usable after the answers that opened it are closed. Or, where there are thousands of streams, it is parked between its
 * calls: then it keeps its state alone, and borrows a worker for each call, for which the answers must be open.
 *
 * <p>For one thread at a time: a second thread meanwhile gets an {@link IllegalStateException}. Closing twice is harmless, and another call
 * after it is an {@link IllegalStateException}.
 */
public abstract class TaskStream implements AutoCloseable {
    private final Workers workers;
    private final ReentrantLock use = new ReentrantLock();
    private final boolean parks;
    private Worker worker; // null after it was given back, and where the stream parks
    private State parked; // null at the beginning
    private boolean closed;

    /**
     * Opens a stream with a cleared worker.
     *
     * @param workers the pool that the worker is borrowed from
     * @throws IllegalStateException if the workers are closed
     */
    protected TaskStream(Workers workers) {
        this(workers, false);
    }

    /**
     * Opens a stream.
     *
     * @param workers the pool that workers are borrowed from
     * @param parks whether the stream is parked between its calls, rather than holding a cleared worker
     * @throws IllegalStateException if the workers are closed
     */
    protected TaskStream(Workers workers, boolean parks) {
        this.workers = workers;
        this.parks = parks;
        Worker first = workers.take();
        if (parks) {
            workers.takeBack(first);
        } else {
            worker = first;
        }
    }

    /** Returns the worker to the pool. */
    @Override
    public final void close() {
        claim();
        try {
            closed = true;
            parked = null;
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
     * Runs work with the stream's worker, or with a borrowed one that has the stream's state. Where the work of a parked stream fails its
     * state is as before.
     *
     * @param <T> the type of the result
     * @param work what to run
     * @return the result of the work
     * @throws IllegalStateException if the stream is closed, another thread is using it, or it is parked and the workers are closed
     */
    protected final <T> T with(Function<Worker, T> work) {
        claim();
        try {
            if (closed) {
                throw new IllegalStateException("The stream is closed.");
            }
            return parks ? workers.with(lent -> resumed(lent, work)) : work.apply(worker);
        } finally {
            use.unlock();
        }
    }

    private <T> T resumed(Worker lent, Function<Worker, T> work) {
        if (parked != null) {
            lent.session().setState(parked);
        }
        T result = work.apply(lent);
        parked = lent.session().state();
        return result;
    }

    private void claim() {
        if (!use.tryLock()) {
            throw new IllegalStateException("Another thread is using this stream. A stream belongs to one thread at a time; open one for"
                    + " each.");
        }
    }
}
