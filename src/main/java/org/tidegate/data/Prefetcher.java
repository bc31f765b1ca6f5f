package org.tidegate.data;

import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;

/**
 * Fills the next batch on a background thread while the caller works on this one: double buffering.
 *
 * <p>For one consuming thread. {@link #close} ends the background thread and waits for it; an exception of the filler is thrown
 * by {@link #take}.
 *
 * @param <T> a batch
 */
public final class Prefetcher<T> implements AutoCloseable {

    /**
     * Fills batches.
     *
     * @param <T> a batch
     */
    @FunctionalInterface
    public interface Filler<T> {
        /**
         * Overwrites a batch with that of a step.
         *
         * @param step the number of the batch
         * @param batch receives the data of the step
         * @throws Exception if the batch cannot be filled; it is passed on to {@link Prefetcher#take}
         */
        void fill(long step, T batch) throws Exception;
    }

    private record Filled<T>(T batch, Throwable failure) {}

    private final SynchronousQueue<T> empty = new SynchronousQueue<>();
    private final SynchronousQueue<Filled<T>> full = new SynchronousQueue<>();
    private final Thread thread;
    private T lent;
    private Throwable failure;
    private boolean closed;

    /**
     * Starts to fill the first batch.
     *
     * @param first one batch
     * @param second the other; they must not share memory
     * @param step the number of the first batch to be taken; the others follow one by one
     * @param filler fills the batches, on the background thread
     */
    public Prefetcher(T first, T second, long step, Filler<T> filler) {
        lent = second;
        thread = new Thread(() -> run(first, step, filler), "tidegate-prefetch");
        thread.setDaemon(true);
        thread.start();
    }

    /**
     * {@return the next batch, which belongs to the caller until the next call}
     *
     * @throws IllegalStateException if the prefetcher is closed, or the thread is interrupted while it waits
     * @throws RuntimeException that of the filler; a checked exception is the cause of an IllegalStateException
     */
    public T take() {
        if (closed) {
            throw new IllegalStateException("the prefetcher is closed");
        }
        if (failure != null) {
            throw rethrow(failure);
        }
        try {
            Filled<T> filled = full.take();
            failure = filled.failure();
            if (failure != null) {
                throw rethrow(failure);
            }
            empty.put(lent);
            lent = filled.batch();
            return lent;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for a batch", e);
        }
    }

    /** Ends the background thread. Closing twice is harmless. */
    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join(TimeUnit.SECONDS.toMillis(10));
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void run(T first, long start, Filler<T> filler) {
        T batch = first;
        long step = start;
        try {
            while (!Thread.currentThread().isInterrupted()) {
                full.put(fill(filler, step++, batch));
                batch = empty.take();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Filled<T> fill(Filler<T> filler, long step, T batch) throws InterruptedException {
        try {
            filler.fill(step, batch);
            return new Filled<>(batch, null);
        } catch (InterruptedException e) {
            throw e;
        } catch (Exception | Error e) {
            return new Filled<>(batch, e);
        }
    }

    private static RuntimeException rethrow(Throwable failure) {
        if (failure instanceof RuntimeException runtime) {
            throw runtime;
        }
        if (failure instanceof Error error) {
            throw error;
        }
        throw new IllegalStateException("a batch could not be filled: " + failure.getMessage(), failure);
    }
}
