package org.tidegate.task;

import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Function;
import org.tidegate.FrozenModel;

/**
 * A pool of {@link Worker}s over one frozen model, for any number of threads: each call borrows one. A worker is created when none is idle;
 * as many as the machine has processors are kept, with the memory of the largest batch that they ran.
 *
 * <p>Holds native memory until it is closed; closing twice is harmless. Calls in progress finish normally.
 */
public final class Workers implements AutoCloseable {
    private final FrozenModel model;
    private final int threads;
    private final List<String> kept;
    private final AtomicReferenceArray<Worker> idle;
    private volatile boolean closed;

    /**
     * Creates the workers of a model.
     *
     * @param model owned by this object from now on, and closed with it, also where this fails
     * @param threads the number of threads of the native core in one call
     * @throws IllegalArgumentException if the number of threads is not positive, or absurdly large
     */
    public Workers(FrozenModel model, int threads) {
        this(model, threads, List.of());
    }

    /**
     * Creates the workers of a model.
     *
     * @param model owned by this object from now on, and closed with it, also where this fails
     * @param threads the number of threads of the native core in one call
     * @param kept the names of the values that are read of a session; empty for all
     * @throws IllegalArgumentException if the number of threads is not positive, or absurdly large, or there is no such value
     */
    public Workers(FrozenModel model, int threads, List<String> kept) {
        this.model = model;
        this.threads = threads;
        this.kept = List.copyOf(kept);
        idle = new AtomicReferenceArray<>(Runtime.getRuntime().availableProcessors());
        try {
            idle.set(0, new Worker(model, threads, this.kept)); // refuses wrong numbers of threads before the first call
        } catch (RuntimeException | Error e) {
            model.close();
            throw e;
        }
    }

    /** {@return the model that all workers run} */
    public FrozenModel model() {
        return model;
    }

    /** {@return the bytes of native memory, of the model's weights and of the idle workers} */
    public long bytes() {
        long bytes = model.bytes();
        for (int i = 0; i < idle.length(); i++) {
            Worker worker = idle.getAndSet(i, null);
            if (worker != null) {
                bytes += worker.session().bytes();
                keep(worker);
            }
        }
        return bytes;
    }

    /**
     * Runs work with a borrowed worker. Where the work fails the worker is not used again.
     *
     * @param <T> the type of the result
     * @param work what to run
     * @return the result of the work
     * @throws IllegalStateException if this object is closed
     */
    public <T> T with(Function<Worker, T> work) {
        Worker worker = take();
        T result;
        try {
            result = work.apply(worker);
        } catch (RuntimeException | Error e) {
            worker.close();
            throw e;
        }
        takeBack(worker);
        return result;
    }

    /** Borrows a worker for longer than a call; {@link #takeBack} or {@link Worker#close} ends that. */
    Worker take() {
        if (closed) {
            throw new IllegalStateException("The model is closed.");
        }
        int slots = idle.length();
        int start = start(slots);
        for (int i = 0; i < slots; i++) {
            int slot = (start + i) % slots;
            Worker worker = idle.get(slot) == null ? null : idle.getAndSet(slot, null);
            if (worker != null) {
                return worker;
            }
        }
        return new Worker(model, threads, kept);
    }

    /** Returns a worker to the pool, cleared. */
    void takeBack(Worker worker) {
        try {
            worker.clear();
        } catch (RuntimeException | Error e) {
            worker.close();
            throw e;
        }
        keep(worker);
    }

    private void keep(Worker worker) {
        int slots = idle.length();
        int start = start(slots);
        for (int i = 0; i < slots && !closed; i++) {
            int slot = (start + i) % slots;
            if (idle.compareAndSet(slot, null, worker)) {
                if (closed) { // closed meanwhile, perhaps after it had emptied the slot
                    closeIdle();
                }
                return;
            }
        }
        worker.close();
    }

    @Override
    public void close() {
        closed = true;
        closeIdle();
        model.close();
    }

    private void closeIdle() {
        for (int i = 0; i < idle.length(); i++) {
            Worker worker = idle.getAndSet(i, null);
            if (worker != null) {
                worker.close();
            }
        }
    }

    /** Threads begin their search at slots of their own, so that they seldom meet and find a worker that is warm in their cache. */
    private static int start(int slots) {
        return (int) (Thread.currentThread().getId() % slots);
    }
}
