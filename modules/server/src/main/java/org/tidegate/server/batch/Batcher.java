/* Requests become batches.
 *
 * A request starts at once when a worker is idle. One that is alone and takes little time is run by the thread that has read it, once that has
 * read all there is: to wake a worker takes longer. Where most requests find others it only reads. While all are busy requests wait, at most
 * `delay` for company once a worker is free, and are run together, across requests of different lengths: nothing is padded, so an answer has
 * the bits that it has alone. */
package org.tidegate.server.batch;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import org.tidegate.server.protocol.Call;
import org.tidegate.server.protocol.Failures;
import org.tidegate.server.protocol.ProtocolException;
import org.tidegate.server.protocol.Status;

/**
 * The queue of one model and the workers that empty it.
 *
 * @param <J> a request that was read
 */
public final class Batcher<J extends Batcher.Job> {
    /** A request that was read. */
    public interface Job {
        /** {@return where the answer goes} */
        Call call();

        /** Ends the job without an answer. */
        default void fail(ProtocolException failure) {
            call().fail(failure);
        }

        /** {@return how many items of a batch it is} */
        int size();

        /** {@return the bytes of what was asked: what a run takes grows with them} */
        long bytes();

        /** {@return what must be equal for two jobs to run together} */
        Object group();

        /** {@return what two jobs of one batch, or of two that run at once, may not have in common; null for nothing} */
        default Object alone() {
            return null;
        }
    }

    /**
     * How batches are made.
     *
     * @param workers batches that run at once, at most
     * @param items items of a batch, at most; a single request may have more
     * @param delay nanoseconds for which a request that found all workers busy waits for company, from its arrival on
     * @param queue requests that wait, at most
     */
    public record Limits(int workers, int items, long delay, int queue) {}

    private static final class Waiting<J> {
        final J job;
        final long arrived = System.nanoTime();
        final boolean foundIdle;
        final boolean resumed;

        Waiting(J job, boolean foundIdle, boolean resumed) {
            this.job = job;
            this.foundIdle = foundIdle;
            this.resumed = resumed;
        }
    }

    private final Limits limits;
    private final Executor executor;
    private final Statistics statistics;
    private final BiConsumer<List<J>, Statistics> run;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition came = lock.newCondition();
    private final Deque<Waiting<J>> waiting = new ArrayDeque<>();
    private final Set<Object> alone = new HashSet<>(); // of the jobs that run
    private final ShortJobs shortJobs = new ShortJobs();
    private int running; // workers that have a thread, or wait for one
    private int busy; // of them, those that run a batch
    private int gathering; // of them, those that wait for company
    private boolean closed;

    /**
     * Creates the queue of a model.
     *
     * @param limits how batches are made
     * @param executor has the workers' threads
     * @param statistics receives what happens
     * @param run runs a batch and answers each job; may throw, then those that were not answered fail
     */
    public Batcher(Limits limits, Executor executor, Statistics statistics, BiConsumer<List<J>, Statistics> run) {
        this.limits = limits;
        this.executor = executor;
        this.statistics = statistics;
        this.run = run;
    }

    /**
     * Queues a job, which is answered or fails later.
     *
     * @throws ProtocolException if the queue is full, or the model is going
     */
    public void submit(J job) {
        boolean start;
        boolean here;
        lock.lock();
        try {
            if (closed) {
                throw new ProtocolException(Status.UNAVAILABLE, "the model is being unloaded");
            }
            if (waiting.size() >= limits.queue()) {
                statistics.refuse();
                throw new ProtocolException(Status.RESOURCE_EXHAUSTED, "the queue is full: " + waiting.size() + " requests wait; try again later");
            }
            start = running < limits.workers();
            here = shortJobs.came(job, running == 0 && waiting.isEmpty());
            waiting.add(new Waiting<>(job, busy < limits.workers(), false));
            if (start) {
                running++;
            } else if (gathering > 0) {
                came.signal();
            }
        } finally {
            lock.unlock();
        }
        if (start) {
            Executor reader = here ? job.call().reader() : null;
            if (reader == null) {
                goOn();
            } else {
                reader.execute(() -> workHere(job));
            }
        }
    }

    /** By the thread that reads: runs the job that is still alone. What else waits is left to the threads of workers. */
    private void workHere(J job) {
        if (runNext(job)) {
            goOn();
        }
    }

    /** Gives a worker its thread. Where none can be had this one does the work: nobody else would, as long as it counts as running. */
    private void goOn() {
        try {
            executor.execute(this::work);
        } catch (RuntimeException | Error e) {
            if (!(e instanceof RejectedExecutionException)) { // else the threads are going
                log("a worker has no thread", e);
            }
            boolean more = true;
            while (more) {
                more = runNext(null);
            }
        }
    }

    /**
     * Queues jobs again that a run has not finished, before all others. To be called by the run: its worker then goes on with them, after
     * whoever waits for its thread.
     *
     * @param jobs in their order
     */
    public void resume(List<J> jobs) {
        lock.lock();
        try {
            for (int i = jobs.size() - 1; i >= 0; i--) {
                waiting.addFirst(new Waiting<>(jobs.get(i), true, true));
            }
        } finally {
            lock.unlock();
        }
    }

    /** Takes no more jobs; those that wait are run. */
    public void close() {
        lock.lock();
        try {
            closed = true;
            came.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** {@return how many jobs wait} */
    public int waiting() {
        lock.lock();
        try {
            return waiting.size();
        } finally {
            lock.unlock();
        }
    }

    /** {@return whether nothing waits and nothing runs} */
    public boolean isIdle() {
        lock.lock();
        try {
            return waiting.isEmpty() && running == 0;
        } finally {
            lock.unlock();
        }
    }

    /** One batch; where there are more jobs this worker goes on after whoever waits for its thread. */
    private void work() {
        if (runNext(null)) {
            goOn();
        }
    }

    /**
     * Runs the next batch.
     *
     * @param only the job that alone may be run, if it is the only one; null for any
     * @return whether this worker goes on; false where nothing waits any more
     */
    private boolean runNext(J only) {
        List<J> gone = new ArrayList<>();
        List<J> batch;
        lock.lock();
        try {
            if (only != null && (waiting.size() != 1 || waiting.peek().job != only)) {
                return true;
            }
            gather();
            batch = next(gone);
            if (batch.isEmpty() && gone.isEmpty()) {
                running--;
                return false;
            }
            busy++;
        } finally {
            lock.unlock();
        }
        gone.forEach(this::drop);
        try {
            if (!batch.isEmpty()) {
                run(batch);
            }
        } catch (RuntimeException | Error e) {
            takeBack(batch);
            ProtocolException failure = Failures.of("a batch", e);
            batch.forEach(job -> fail(job, failure));
        }
        return goesOn(batch);
    }

    private void run(List<J> batch) {
        long begin = System.nanoTime();
        run.accept(batch, statistics);
        if (batch.size() == 1) {
            long took = System.nanoTime() - begin;
            lock.lock();
            try {
                shortJobs.ran(batch.get(0), took);
            } finally {
                lock.unlock();
            }
        }
    }

    /** Of jobs that fail, those that the run had put back into the queue. */
    private void takeBack(List<J> batch) {
        lock.lock();
        try {
            waiting.removeIf(each -> batch.contains(each.job));
        } finally {
            lock.unlock();
        }
    }

    /** Whatever a client's failure does, the others go on. */
    private void fail(J job, ProtocolException failure) {
        try {
            job.fail(failure);
        } catch (RuntimeException | Error e) {
            log("a failure could not be told", e);
        }
    }

    private static void log(String what, Throwable failure) {
        System.getLogger(Batcher.class.getName()).log(System.Logger.Level.ERROR, what, failure);
    }

    /** Ends a batch; false where nothing waits: then the worker has ended, too. */
    private boolean goesOn(List<J> batch) {
        lock.lock();
        try {
            busy--;
            batch.forEach(job -> alone.remove(job.alone()));
            if (waiting.isEmpty()) {
                running--;
                return false;
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Waits until the batch is full, or the first has waited long enough. */
    private void gather() {
        gathering++;
        try {
            while (!closed && !waiting.isEmpty() && !waiting.peek().foundIdle) {
                long left = waiting.peek().arrived + limits.delay() - System.nanoTime();
                if (left <= 0 || waiting.stream().mapToInt(each -> each.job.size()).sum() >= limits.items()) {
                    return;
                }
                came.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            gathering--;
        }
    }

    private List<J> next(List<J> gone) {
        List<J> batch = new ArrayList<>();
        long now = System.nanoTime();
        int items = 0;
        Set<Object> passed = new HashSet<>(); // later jobs that have it in common with one that waits on wait, too
        for (Iterator<Waiting<J>> each = waiting.iterator(); each.hasNext() && items < limits.items();) {
            Waiting<J> next = each.next();
            J job = next.job;
            if (job.call().gone(now) != null) {
                gone.add(job);
                each.remove();
                continue;
            }
            boolean fits = batch.isEmpty() || items + job.size() <= limits.items() && job.group().equals(batch.get(0).group());
            if (!fits || job.alone() != null && (passed.contains(job.alone()) || !alone.add(job.alone()))) {
                passed.add(job.alone());
                continue;
            }
            if (!next.resumed) {
                statistics.queue().add(1, now - next.arrived);
            }
            batch.add(job);
            items += job.size();
            each.remove();
        }
        return batch;
    }

    private void drop(J job) {
        statistics.drop();
        fail(job, job.call().gone(System.nanoTime()));
    }
}
