/* The sequences of a model.
 *
 * A sequence is opened by a start, goes on with each step, and is freed by its end, by the start of another one of its name, or after it
 * was idle for too long. Its steps run in the order in which they came, one at a time, together with those of other sequences. */
package org.tidegate.server.sequence;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.LongSupplier;
import org.tidegate.server.batch.Batcher;
import org.tidegate.server.batch.Statistics;
import org.tidegate.server.protocol.Call;
import org.tidegate.server.protocol.Failures;
import org.tidegate.server.protocol.InferenceRequest;
import org.tidegate.server.protocol.InferenceResponse;
import org.tidegate.server.protocol.InferenceTensor;
import org.tidegate.server.protocol.ProtocolException;
import org.tidegate.server.protocol.Status;

/**
 * The open sequences of one version of a model, their queue and their states. Any number of threads at once.
 *
 * <p>A step that fails, or is dropped before it ran, leaves its sequence as it was; but a start that does so leaves none, nor does a step
 * that failed for want of memory and could not be taken back, and the steps that wait behind fail, too: no step runs from a state that is
 * not its own. A step that ran counts, also where its answer could not be made or sent.
 */
public final class Sequences implements AutoCloseable {
    /** Makes the room for states when the first sequence starts. */
    @FunctionalInterface
    public interface Maker {
        /**
         * {@return room for sequences}
         *
         * @param capacity how many may be open
         * @param threads that a step may use
         * @throws IllegalArgumentException if the model has no steps
         * @throws ProtocolException if sequences of such models cannot be served
         */
        Steps<?> make(int capacity, int threads);
    }

    /** Keeps the model while sequences are open. */
    public interface Hold {
        /** The first is open. */
        void acquire();

        /** None is open any more, and no step waits. */
        void release();
    }

    private static final class Sequence {
        final Object id;
        final Steps.Kept kept;
        long used; // when it was last idle, or its last step came
        int pending; // steps that wait or run
        boolean gone; // no step may come any more
        volatile boolean broken; // its start did not run, or its state is lost

        Sequence(Object id, Steps.Kept kept) {
            this.id = id;
            this.kept = kept;
        }
    }

    private static final System.Logger LOGGER = System.getLogger(Sequences.class.getName());

    private final SequenceLimits limits;
    private final int threads;
    private final Maker maker;
    private final Executor executor;
    private final Statistics statistics;
    private final BiFunction<InferenceRequest, List<InferenceTensor>, InferenceResponse> response;
    private final Hold hold;
    private final LongSupplier clock;
    private final Batcher<Job> batcher;
    private final Map<Object, Sequence> open = new LinkedHashMap<>(); // by id, the one that was not used for longest first
    private Steps<Object> steps; // made when first needed
    private int held; // sequences that have a state: those that are open, and those that are gone but have steps that wait
    private boolean retired;
    private boolean timed; // whether a look at idle ones is due
    private volatile boolean closed;

    /**
     * Creates the sequences of a model: none.
     *
     * @param limits how many, and for how long
     * @param batches how steps are batched; one batch runs at a time, on as many threads as it has workers
     * @param executor has the threads
     * @param maker makes the room for states
     * @param statistics receives what happens
     * @param response makes an answer of outputs
     * @param hold keeps the model while sequences are open
     * @param clock the time in nanoseconds, as {@link System#nanoTime}
     */
    public Sequences(SequenceLimits limits, Batcher.Limits batches, Executor executor, Maker maker, Statistics statistics,
            BiFunction<InferenceRequest, List<InferenceTensor>, InferenceResponse> response, Hold hold, LongSupplier clock) {
        this.limits = limits;
        this.threads = batches.workers();
        this.maker = maker;
        this.executor = executor;
        this.statistics = statistics;
        this.response = response;
        this.hold = hold;
        this.clock = clock;
        batcher = new Batcher<>(new Batcher.Limits(1, batches.items(), batches.delay(), batches.queue()), executor, statistics, this::run);
    }

    /** {@return how many are open} */
    public int count() {
        synchronized (open) {
            expire();
            return open.size();
        }
    }

    /** {@return the bytes of native memory of their states} */
    public long bytes() {
        Steps<Object> made;
        synchronized (open) {
            made = steps;
        }
        return made == null || closed ? 0 : made.bytes();
    }

    /** {@return how many steps wait} */
    public int waiting() {
        return batcher.waiting();
    }

    /** {@return whether a sequence is open} */
    public boolean has(Object id) {
        synchronized (open) {
            expire();
            return open.containsKey(id);
        }
    }

    /** Ends a sequence, if it is open: its steps that wait are still run. */
    public void end(Object id) {
        synchronized (open) {
            Sequence sequence = open.get(id);
            if (sequence != null) {
                remove(sequence);
            }
        }
    }

    /** Starts no more sequences, and ends those that are open: their steps that wait are still run. */
    public void end() {
        synchronized (open) {
            retired = true;
            List.copyOf(open.values()).forEach(this::remove);
        }
    }

    /** A step on its way: knows when it is done, however that happens. */
    private final class Job implements Batcher.Job, Call {
        final InferenceRequest request;
        final Call client;
        final Sequence sequence;
        final boolean start;
        final long arrived = System.nanoTime();
        private Object input;
        private int size = 1;
        private boolean done;

        Job(InferenceRequest request, Call client, Sequence sequence, boolean start) {
            this.request = request;
            this.client = client;
            this.sequence = sequence;
            this.start = start;
        }

        void read(Steps<Object> by) {
            input = by.read(request);
            client.hold(by.held(input));
            if (start) {
                by.begin(sequence.kept, input);
            }
            size = by.size(sequence.kept, input);
            Steps.checkSize(size);
        }

        @Override
        public Call call() {
            return this;
        }

        @Override
        public int size() {
            return size;
        }

        @Override
        public long bytes() {
            return request.bytes();
        }

        @Override
        public Object group() {
            return "";
        }

        @Override
        public Object alone() {
            return sequence;
        }

        @Override
        public void answer(InferenceResponse answer) {
            if (finish(this, true)) {
                ProtocolException unsent;
                try {
                    client.answer(answer);
                    unsent = client.unsent();
                } catch (RuntimeException | Error e) { // the step has run all the same
                    unsent = Failures.of("the sending of an answer", e);
                }
                statistics.answered(unsent, System.nanoTime() - arrived);
            }
        }

        @Override
        public void fail(ProtocolException failure) {
            if (finish(this, false)) {
                statistics.fail(failure.status(), System.nanoTime() - arrived);
                client.fail(failure);
            }
        }

        @Override
        public boolean isCancelled() {
            return client.isCancelled();
        }

        @Override
        public long deadline() {
            return client.deadline();
        }

        @Override
        public Executor reader() {
            return client.reader();
        }
    }

    /**
     * Runs a step, or several, of a sequence; answers or fails on this thread or another.
     *
     * @param asked the sequence
     * @param request the request
     * @param call where the answer goes
     * @throws ProtocolException if there is no such sequence, or no room for another
     */
    public void infer(SequenceRequest asked, InferenceRequest request, Call call) {
        Job job = claim(asked, request, call);
        try {
            if (!asked.start()) {
                SequenceRequest.checkNoState(request);
            }
            job.read(steps);
            statistics.input().add(1, System.nanoTime() - job.arrived);
            batcher.submit(job);
        } catch (RuntimeException | Error e) {
            job.fail(Failures.ofRequest("the reading of a step", e));
        }
    }

    private Job claim(SequenceRequest asked, InferenceRequest request, Call call) {
        synchronized (open) {
            expire();
            Sequence sequence = open.get(asked.id());
            if (asked.start()) {
                if (sequence != null) {
                    remove(sequence);
                }
                sequence = begin(asked, request);
            } else if (sequence == null) {
                throw new ProtocolException(Status.NOT_FOUND, asked + " is not open: it never started, has ended, or was idle for more"
                        + " than " + limits.idle().toMillis() + " ms; begin it with sequence_start");
            }
            sequence.pending++;
            touch(sequence);
            if (asked.end()) {
                remove(sequence);
            }
            return new Job(request, call, sequence, asked.start());
        }
    }

    private Sequence begin(SequenceRequest asked, InferenceRequest request) {
        if (retired) {
            throw new ProtocolException(Status.UNAVAILABLE, "this version of the model is going; no sequence starts at it");
        }
        if (held >= limits.most()) {
            throw new ProtocolException(Status.RESOURCE_EXHAUSTED, held + " sequences are open, as many as may be; end some,"
                    + " or try again later");
        }
        byte[] state = SequenceRequest.state(request).orElse(null);
        Steps<Object> room = room();
        Sequence sequence = new Sequence(asked.id(), state == null ? room.open() : room.open(state));
        if (held++ == 0) {
            hold.acquire();
        }
        return sequence;
    }

    @SuppressWarnings("unchecked") // what steps read is what they run
    private Steps<Object> room() {
        if (steps == null) {
            try {
                steps = (Steps<Object>) maker.make(limits.most(), threads);
            } catch (IllegalArgumentException e) {
                throw new ProtocolException(Status.UNIMPLEMENTED, "this model has no sequences: " + e.getMessage());
            }
        }
        return steps;
    }

    /** The last in the order of use. */
    private void touch(Sequence sequence) {
        sequence.used = clock.getAsLong();
        if (!sequence.gone && !closed) {
            open.remove(sequence.id);
            open.put(sequence.id, sequence);
            watch(limits.idle().toNanos());
        }
    }

    private void remove(Sequence sequence) {
        sequence.gone = true;
        open.remove(sequence.id, sequence);
        free(sequence);
    }

    private void free(Sequence sequence) {
        if (sequence.gone && sequence.pending == 0 && !closed) {
            held--;
            try {
                steps.end(sequence.kept);
            } catch (RuntimeException | Error e) { // whoever waits for an answer gets it all the same
                LOGGER.log(System.Logger.Level.WARNING, "the state of a sequence could not be freed", e);
            } finally {
                if (held == 0) {
                    hold.release();
                }
            }
        }
    }

    /** Notes that a step is done; false if it was before. */
    private boolean finish(Job job, boolean ran) {
        synchronized (open) {
            if (job.done) {
                return false;
            }
            job.done = true;
            Sequence sequence = job.sequence;
            sequence.pending--;
            touch(sequence);
            if (job.start && !ran) {
                sequence.broken = true;
            }
            if (sequence.broken) {
                remove(sequence);
            } else {
                free(sequence);
            }
            return true;
        }
    }

    private void expire() {
        long now = clock.getAsLong();
        for (Iterator<Sequence> each = open.values().iterator(); each.hasNext();) {
            Sequence sequence = each.next();
            if (now - sequence.used <= limits.idle().toNanos()) {
                return; // the others were used later
            }
            if (sequence.pending == 0) {
                each.remove();
                sequence.gone = true;
                free(sequence);
            }
        }
    }

    /** Looks after idle ones in a while, also where no step comes. */
    private void watch(long nanos) {
        if (!timed && !closed) {
            timed = true;
            long delay = Math.max(nanos, Math.max(limits.idle().toNanos() / 10, 1_000_000)); // the first may be at a long step
            CompletableFuture.delayedExecutor(delay, TimeUnit.NANOSECONDS, executor).execute(() -> {
                synchronized (open) {
                    timed = false;
                    try {
                        expire();
                    } finally { // whatever could not be freed: the others are looked after
                        if (!open.isEmpty()) {
                            watch(open.values().iterator().next().used + limits.idle().toNanos() - clock.getAsLong());
                        }
                    }
                }
            });
        }
    }

    private void run(List<Job> batch, Statistics figures) {
        List<Job> jobs = new ArrayList<>(batch.size());
        for (Job job : batch) {
            if (closed) {
                job.fail(new ProtocolException(Status.UNAVAILABLE, "the model was unloaded"));
            } else if (job.sequence.broken) {
                job.fail(new ProtocolException(Status.NOT_FOUND, "the start of this sequence did not run, or its state was lost;"
                        + " begin it again with sequence_start"));
            } else {
                jobs.add(job);
            }
        }
        if (jobs.isEmpty()) {
            return;
        }
        long begin = System.nanoTime();
        List<Steps.Shown> shown = steps.run(jobs.stream().map(job -> job.sequence.kept).toList(), jobs.stream().map(job -> job.input).toList());
        long end = System.nanoTime();
        figures.batch(jobs.stream().mapToInt(Job::size).sum(), end - begin);
        for (int i = 0; i < jobs.size(); i++) {
            figures.infer().add(1, end - begin);
            answer(jobs.get(i), shown.get(i));
        }
    }

    private void answer(Job job, Steps.Shown shown) {
        try {
            if (shown.failure() == null) {
                job.answer(response(job, shown));
            } else {
                if (shown.isLost()) {
                    job.sequence.broken = true;
                }
                job.fail(shown.failure());
            }
        } catch (RuntimeException | Error e) { // the other answers of the batch are sent all the same
            job.fail(Failures.of("the writing of an answer", e));
        }
    }

    private InferenceResponse response(Job job, Steps.Shown shown) {
        long begin = System.nanoTime();
        List<InferenceTensor> outputs = new ArrayList<>(steps.write(job.request, job.input, shown.numbers()));
        if (SequenceRequest.wantsState(job.request)) {
            outputs.add(InferenceTensor.ofBytes(SequenceRequest.STATE, List.of(SequenceState.encode(steps.state(job.sequence.kept))), 1));
        }
        InferenceResponse answer = response.apply(job.request, outputs);
        statistics.output().add(1, System.nanoTime() - begin);
        return answer;
    }

    /** {@return whether none is open and no step waits or runs} */
    public boolean isIdle() {
        return count() == 0 && batcher.isIdle();
    }

    /** Starts no more sequences; those that are open go on until they end or were idle for too long. */
    public void retire() {
        synchronized (open) {
            retired = true;
        }
    }

    /** Ends all of them; steps that wait fail. */
    @Override
    public void close() {
        batcher.close();
        synchronized (open) {
            closed = true;
            retired = true;
            open.clear();
            if (steps != null) {
                steps.close();
            }
        }
    }
}
