package org.tidegate.task;

import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Function;
import org.tidegate.FrozenModel;

/**
 * One frozen model for any number of threads: each call borrows a {@link Worker} and gives it back. Workers are made when none is idle; as
 * many as the machine has processors are kept for the next call, with the memory of the largest batch that they ran.
 *
 * <p>Holds native memory until it is closed; closing twice is harmless. Calls in progress end as if it were open.
 */
public final class Workers implements AutoCloseable {
    private final FrozenModel model;
    private final int threads;
    private final AtomicReferenceArray<Worker> idle;
    private volatile boolean closed;

    /**
     * Workers over a model.
     *
     * @param model belongs to this object from now on, and is closed with it, also where this fails
     * @param threads how many threads the native core may use in one call
     * @throws IllegalArgumentException if the number of threads is not positive, or absurdly large
     */
    public Workers(FrozenModel model, int threads) {
        this.model = model;
        this.threads = threads;
        idle = new AtomicReferenceArray<>(Runtime.getRuntime().availableProcessors());
        try {
            idle.set(0, new Worker(model, threads)); // refuses wrong numbers of threads before the first call
        } catch (RuntimeException | Error e) {
            model.close();
            throw e;
        }
    }

    /** The model that all workers run. */
    public FrozenModel model() {
        return model;
    }

    /** The bytes of native memory: of the model's weights, which are there once, and of the idle workers. */
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
     * Runs work with a worker of its own. Where the work fails the worker is not used again.
     *
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

    /** A worker for a borrower that keeps it for some time; {@link #takeBack} or {@link Worker#close} ends that. */
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
        return new Worker(model, threads);
    }

    /** Takes a worker back from its borrower, for the next one to find it as new. */
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
