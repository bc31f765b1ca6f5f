/* One version of a model, open and ready. */
package org.tidegate.server.model;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.tidegate.server.batch.Batcher;
import org.tidegate.server.batch.Statistics;
import org.tidegate.server.protocol.Call;
import org.tidegate.server.protocol.Datatype;
import org.tidegate.server.protocol.Failures;
import org.tidegate.server.protocol.InferenceRequest;
import org.tidegate.server.protocol.InferenceResponse;
import org.tidegate.server.protocol.InferenceTensor;
import org.tidegate.server.protocol.ModelMetadata;
import org.tidegate.server.protocol.ProtocolException;
import org.tidegate.server.protocol.Status;
import org.tidegate.server.protocol.Texts;
import org.tidegate.server.sequence.SequenceLimits;
import org.tidegate.server.sequence.SequenceRequest;
import org.tidegate.server.sequence.Sequences;

/** A version of a model with its queue and its statistics. Any number of threads at once. */
public final class ServedModel implements AutoCloseable {
    private final String name;
    private final String version;
    private final Serving<Object, Object> serving;
    private final Set<String> inputNames;
    private final Set<String> outputNames;
    private final Statistics statistics = new Statistics();
    private final Batcher.Limits limits;
    private final Executor executor;
    private final AtomicInteger reading = new AtomicInteger(); // requests that wait for a worker to read them
    private final Batcher<Job> batcher;
    private final Sequences sequences;
    private final AtomicInteger holders = new AtomicInteger(1); // its service, requests in progress, all sequences as one
    private final AtomicBoolean closed = new AtomicBoolean();

    /**
     * Takes a model into service.
     *
     * @param name its name
     * @param version its version, a number
     * @param serving what is done with it; owned by this object from now on
     * @param limits how batches are made
     * @param sequences how many sequences may be open, and for how long
     * @param executor has the workers' threads
     */
    @SuppressWarnings("unchecked") // what a serving reads is what it runs
    public ServedModel(String name, String version, Serving<?, ?> serving, Batcher.Limits limits, SequenceLimits sequences,
            Executor executor) {
        this.name = name;
        this.version = version;
        this.serving = (Serving<Object, Object>) serving;
        inputNames = names(serving.inputs());
        outputNames = names(serving.outputs());
        this.limits = limits;
        this.executor = executor;
        batcher = new Batcher<>(limits, executor, statistics, this::run);
        this.sequences = new Sequences(sequences, limits, executor, serving::steps, statistics, this::response, new Sequences.Hold() {
            @Override
            public void acquire() {
                holders.incrementAndGet(); // the request that opens one holds it
            }

            @Override
            public void release() {
                ServedModel.this.release();
            }
        }, System::nanoTime);
    }

    private static Set<String> names(List<ModelMetadata.TensorMetadata> tensors) {
        Set<String> names = new LinkedHashSet<>();
        tensors.forEach(each -> names.add(each.name()));
        return names;
    }

    /** {@return its name} */
    public String name() {
        return name;
    }

    /** {@return its version} */
    public String version() {
        return version;
    }

    /** {@return what it has done} */
    public Statistics statistics() {
        return statistics;
    }

    /** {@return how many requests wait for a worker} */
    public int waiting() {
        return batcher.waiting() + sequences.waiting();
    }

    /** {@return whether nothing waits, nothing runs and no sequence is open} */
    public boolean isIdle() {
        return reading.get() == 0 && batcher.isIdle() && sequences.isIdle();
    }

    /** {@return the bytes of native memory; 0 where it has been freed} */
    public long bytes() {
        if (!acquire()) {
            return 0;
        }
        try {
            return serving.bytes() + sequences.bytes();
        } finally {
            release();
        }
    }

    /** {@return the bytes of native memory of sequences, a part of all} */
    public long sequenceBytes() {
        if (!acquire()) {
            return 0;
        }
        try {
            return sequences.bytes();
        } finally {
            release();
        }
    }

    /** {@return the sequences that are open} */
    public Sequences sequences() {
        return sequences;
    }

    /**
     * {@return the model as clients see it}
     *
     * @param versions those that are ready
     */
    public ModelMetadata metadata(List<String> versions) {
        return new ModelMetadata(name, versions, "tidegate_" + serving.kind(), serving.inputs(), serving.outputs(), serving.properties());
    }

    /** {@return how it writes texts; empty where it does not} */
    public Optional<Serving.Generates> generates() {
        return Optional.ofNullable(serving.generates());
    }

    /** What was read of a request, and what was found. */
    private final class Job implements Batcher.Job {
        final InferenceRequest request;
        final Call call;
        final long arrived;
        final Object input;
        long took; // of the runs so far

        Job(InferenceRequest request, Call call, long arrived) {
            this.request = request;
            this.call = call;
            this.arrived = arrived;
            input = serving.read(request);
            checkItems(serving.size(input));
            call.hold(serving.held(input));
            serving.attach(input, call);
        }

        @Override
        public Call call() {
            return call;
        }

        @Override
        public void fail(ProtocolException failure) {
            ServedModel.this.fail(call, arrived, failure);
        }

        @Override
        public int size() {
            return serving.size(input);
        }

        @Override
        public long bytes() {
            return request.bytes();
        }

        @Override
        public Object group() {
            return serving.group(input);
        }
    }

    /**
     * Answers a request, or fails, on this thread or another.
     *
     * @param request the request
     * @param client where the answer goes
     * @return whether it does; false where the model has been freed: its successor has to be asked for
     */
    public boolean infer(InferenceRequest request, Call client) {
        if (!acquire()) {
            return false;
        }
        if (closed.get() && SequenceRequest.starts(request)) { // a sequence that starts is its successor's
            release();
            return false;
        }
        long arrived = System.nanoTime();
        Call call = new Holding(client);
        if (!serving.readsSlowly() || SequenceRequest.names(request)) { // steps keep the order in which they came
            infer(request, call, arrived);
        } else if (reading.incrementAndGet() > limits.queue()) {
            reading.decrementAndGet();
            fail(call, arrived, new ProtocolException(Status.RESOURCE_EXHAUSTED, "the queue is full; try again later"));
        } else {
            readLater(request, call, arrived);
        }
        return true;
    }

    private void readLater(InferenceRequest request, Call call, long arrived) {
        try {
            executor.execute(() -> {
                reading.decrementAndGet();
                ProtocolException gone = call.gone(System.nanoTime());
                if (gone == null) {
                    infer(request, call, arrived);
                } else {
                    statistics.drop();
                    fail(call, arrived, gone);
                }
            });
        } catch (RuntimeException | Error e) { // no thread could be had
            reading.decrementAndGet();
            fail(call, arrived, Failures.of("the reading of a request", e));
        }
    }

    private void infer(InferenceRequest request, Call call, long arrived) {
        try {
            Optional<SequenceRequest> sequence = SequenceRequest.of(request);
            checkNames(request, sequence.isPresent());
            Classification.check(request, serving);
            checkItems(request);
            if (sequence.isPresent()) {
                sequences.infer(sequence.get(), request, call);
                return;
            }
            Job job = new Job(request, call, arrived);
            statistics.input().add(1, System.nanoTime() - arrived);
            batcher.submit(job);
        } catch (RuntimeException | Error e) {
            fail(call, arrived, Failures.ofRequest("the reading of a request", e));
        }
    }

    private void checkNames(InferenceRequest request, boolean sequence) {
        for (InferenceRequest.Output output : request.outputs()) {
            boolean state = sequence && output.name().equals(SequenceRequest.STATE);
            if (!state && !outputNames.contains(output.name())) {
                throw ProtocolException.invalid("model '" + name + "' has no output '" + Texts.shown(output.name()) + "'; it has "
                        + String.join(", ", outputNames));
            }
        }
        for (InferenceTensor input : request.inputs()) {
            boolean state = sequence && input.name().equals(SequenceRequest.STATE);
            if (!state && !inputNames.contains(input.name())) {
                throw ProtocolException.invalid("model '" + name + "' has no input '" + Texts.shown(input.name()) + "'; it has "
                        + String.join(", ", inputNames));
            }
        }
    }

    /** What BYTES tell before they are read: each of them is an item. */
    private void checkItems(InferenceRequest request) {
        for (InferenceTensor input : request.inputs()) {
            if (input.datatype() == Datatype.BYTES) {
                checkItems(input.count());
            }
        }
    }

    private void checkItems(int items) {
        if (items > serving.mostItems()) {
            throw ProtocolException.invalid("the request has " + items + " items; model '" + name + "' takes at most " + serving.mostItems()
                    + " at once. Split it");
        }
    }

    private void fail(Call call, long arrived, ProtocolException failure) {
        statistics.fail(failure.status(), System.nanoTime() - arrived);
        call.fail(failure);
    }

    private void run(List<Job> batch, Statistics figures) {
        List<Object> inputs = new ArrayList<>(batch.size());
        int items = 0;
        for (Job job : batch) {
            inputs.add(job.input);
            items += job.size();
        }
        long begin = System.nanoTime();
        List<Object> found;
        try {
            found = serving.run(inputs);
        } catch (RuntimeException | Error e) {
            runAlone(batch, figures, e);
            return;
        }
        long took = System.nanoTime() - begin;
        List<Job> unfinished = new ArrayList<>();
        int finished = 0;
        for (int i = 0; i < batch.size(); i++) {
            Job job = batch.get(i);
            job.took += took;
            if (found.get(i) == null) {
                unfinished.add(job);
            } else {
                finished += job.size();
                figures.infer().add(1, job.took);
            }
        }
        figures.batch(items, finished, took);
        batcher.resume(unfinished);
        for (int i = 0; i < batch.size(); i++) {
            if (found.get(i) != null) {
                answer(batch.get(i), found.get(i));
            }
        }
    }

    /** Where a run of several fails each is run by itself: that one of them needs more memory than there is, is not the others' failure. */
    private void runAlone(List<Job> batch, Statistics figures, Throwable failure) {
        if (batch.size() > 1) {
            batch.forEach(job -> run(List.of(job), figures));
        } else {
            batch.get(0).fail(Failures.of("a run of a model", failure));
        }
    }

    private void answer(Job job, Object found) {
        long begin = System.nanoTime();
        try {
            job.call.answer(response(job.request, serving.write(job.request, job.input, found)));
        } catch (RuntimeException | Error e) { // the other answers of the batch are sent all the same
            job.fail(Failures.of("the writing of an answer", e));
            return;
        }
        long end = System.nanoTime();
        statistics.output().add(1, end - begin);
        statistics.answered(job.call.unsent(), end - job.arrived);
    }

    /** The answer of outputs; of a sequence it says which. */
    private InferenceResponse response(InferenceRequest request, List<InferenceTensor> outputs) {
        return new InferenceResponse(name, version, request.id(), SequenceRequest.echo(request),
                Classification.of(request, serving, outputs));
    }

    /**
     * Takes hold of the model, so that it is not freed before {@link #release}.
     *
     * @return whether it can be held; false where it has been freed: its successor has to be asked for
     */
    public boolean acquire() {
        return holders.getAndUpdate(count -> count == 0 ? 0 : count + 1) > 0;
    }

    /** Ends an {@link #acquire} that succeeded. */
    public void release() {
        if (holders.decrementAndGet() == 0) {
            batcher.close();
            sequences.close();
            serving.close();
        }
    }

    /** {@return whether it has been freed} */
    public boolean isFreed() {
        return holders.get() == 0;
    }

    /**
     * Ends its service: the model is freed when the requests in progress are answered, and the sequences that are open have ended or were idle
     * for too long. Closing twice is harmless.
     */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            sequences.retire();
            release();
        }
    }

    /** A request that holds the model until it is answered. */
    private final class Holding implements Call {
        private final Call call;
        private final AtomicBoolean done = new AtomicBoolean();

        Holding(Call call) {
            this.call = call;
        }

        @Override
        public void part(String text) {
            call.part(text);
        }

        @Override
        public void hold(long bytes) {
            call.hold(bytes);
        }

        @Override
        public void answer(InferenceResponse response) {
            end(() -> call.answer(response));
        }

        @Override
        public void fail(ProtocolException failure) {
            end(() -> call.fail(failure));
        }

        private void end(Runnable end) {
            if (done.compareAndSet(false, true)) {
                try {
                    end.run();
                } finally {
                    release();
                }
            }
        }

        @Override
        public ProtocolException unsent() {
            return call.unsent();
        }

        @Override
        public boolean isCancelled() {
            return call.isCancelled();
        }

        @Override
        public long deadline() {
            return call.deadline();
        }

        @Override
        public Executor reader() {
            return call.reader();
        }
    }
}
