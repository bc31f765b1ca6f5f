/* Sequences where a step, an answer or a client fails: the others go on. */
package org.tidegate.server.sequence;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.tidegate.Batch;
import org.tidegate.FrozenModel;
import org.tidegate.Precision;
import org.tidegate.Session;
import org.tidegate.server.Patient;
import org.tidegate.server.batch.Batcher;
import org.tidegate.server.batch.Statistics;
import org.tidegate.server.model.Asked;
import org.tidegate.server.network.Networks;
import org.tidegate.server.protocol.Call;
import org.tidegate.server.protocol.InferenceRequest;
import org.tidegate.server.protocol.InferenceResponse;
import org.tidegate.server.protocol.InferenceTensor;
import org.tidegate.server.protocol.ProtocolException;
import org.tidegate.server.protocol.Status;
import org.tidegate.server.protocol.Thrown;

class SequencesFailureTest {
    private final FrozenModel model = Networks.frozen(Networks.CURVE, Precision.FLOAT32);
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private final Random random = new Random(5);
    private int holds;
    private int failingStep = -1; // of a request, at which all of a batch fail
    private Supplier<Throwable> failure;
    private OfCurve room;
    private final Sequences sequences = new Sequences(new SequenceLimits(3, Duration.ofHours(1)), new Batcher.Limits(1, 64, 0, 64),
            tasks::add, (capacity, threads) -> room = new OfCurve(capacity, threads), new Statistics(), this::response, new Sequences.Hold() {
                @Override
                public void acquire() {
                    holds++;
                }

                @Override
                public void release() {
                    holds--;
                }
            }, System::nanoTime);

    @AfterEach
    void close() {
        sequences.close();
        model.close();
    }

    /** Steps of the curve, which fail where they are told to. */
    private final class OfCurve extends Steps<float[]> {
        OfCurve(int capacity, int threads) {
            super(model, "y", capacity, threads);
        }

        @Override
        protected float[] read(InferenceRequest request) {
            return request.inputs().get(0).floats();
        }

        @Override
        protected int count(float[] x) {
            return x.length / 2;
        }

        @Override
        protected void feed(Batch target, List<float[]> inputs, int step) {
            if (step == failingStep) {
                SequencesFailureTest.<RuntimeException>raise(failure.get());
            }
            float[] rows = new float[2 * inputs.size()];
            for (int i = 0; i < inputs.size(); i++) {
                System.arraycopy(inputs.get(i), 2 * step, rows, 2 * i, 2);
            }
            target.equalLengths("time", inputs.size(), 1).reals("x", rows);
        }

        @Override
        protected List<InferenceTensor> write(InferenceRequest request, float[] x, float[] rows) {
            return List.of(InferenceTensor.of("y", rows, 1, rows.length / 3, 3));
        }
    }

    @SuppressWarnings("unchecked") // any failure is thrown as it is
    private static <T extends Throwable> void raise(Throwable failure) throws T {
        throw (T) failure;
    }

    private InferenceResponse response(InferenceRequest request, List<InferenceTensor> outputs) {
        switch (request.id()) {
            case "refused" -> throw ProtocolException.invalid("no such classes");
            case "failed" -> throw new IllegalStateException("a secret of the server");
            default -> { }
        }
        return new InferenceResponse("m", "1", request.id(), Map.of(), outputs);
    }

    private void ask(String what, String id, float[] x, Call call, String... flags) {
        Map<String, Object> parameters = new LinkedHashMap<>(Map.of("sequence_id", id));
        Arrays.stream(flags).forEach(flag -> parameters.put(flag, true));
        InferenceRequest request = new InferenceRequest("m", "", what, parameters,
                List.of(InferenceTensor.of("x", x, 1, x.length / 2, 2)), List.of());
        sequences.infer(SequenceRequest.of(request).orElseThrow(), request, call);
    }

    private CompletableFuture<float[]> ask(String what, String id, float[] x, String... flags) {
        Asked call = new Asked();
        ask(what, id, x, call, flags);
        return call.future().thenApply(answer -> answer.outputs().get(0).floats());
    }

    private CompletableFuture<float[]> ask(String id, float[] x, String... flags) {
        return ask("", id, x, flags);
    }

    private void runAll() {
        while (!tasks.isEmpty()) {
            tasks.poll().run();
        }
    }

    private static String refused(Status status, CompletableFuture<?> answer) {
        ProtocolException e = (ProtocolException) assertThrows(CompletionException.class, () -> answer.getNow(null)).getCause();
        assertEquals(status, e.status(), e.getMessage());
        return e.getMessage();
    }

    /** What the last steps show of a sequence that had nothing but these. */
    private float[] alone(int last, float[]... x) {
        try (Session session = model.newSession()) {
            float[] all = new float[0];
            for (float[] request : x) {
                for (int t = 0; t < request.length; t += 2) {
                    all = Arrays.copyOf(all, all.length + 3);
                    session.step(Arrays.copyOfRange(request, t, t + 2)).get(all, all.length - 3, 3);
                }
            }
            return Arrays.copyOfRange(all, all.length - 3 * last, all.length);
        }
    }

    private float[] x(int steps) {
        return Networks.floats(random, 2 * steps);
    }

    /** A call whose client is not there any more. */
    private static final class Broken implements Patient {
        @Override
        public void answer(InferenceResponse response) {
            throw new IllegalStateException("the connection is gone");
        }

        @Override
        public void fail(ProtocolException failure) {
            throw new IllegalStateException("the connection is gone");
        }
    }

    @Test
    void anAnswerThatCannotBeMadeOrSentFailsNoOther() {
        for (String what : List.of("refused", "failed", "gone")) {
            float[][] x = {x(1), x(1), x(2)};
            ask("bad", x(1), "sequence_start");
            ask("good", x[0], "sequence_start");
            runAll();
            CompletableFuture<float[]> bad = null;
            if (what.equals("gone")) {
                ask("", "bad", x(2), new Broken());
            } else {
                bad = ask(what, "bad", x(2));
            }
            CompletableFuture<float[]> good = ask("good", x[1]);
            runAll();
            assertArrayEquals(alone(1, x[0], x[1]), good.getNow(null));
            if (bad != null) {
                String message = refused(what.equals("refused") ? Status.INVALID_ARGUMENT : Status.INTERNAL, bad);
                assertEquals(what.equals("refused") ? "no such classes" : "the server failed", message);
            }
            CompletableFuture<float[]> next = ask("good", x[2], "sequence_end");
            CompletableFuture<float[]> end = ask("bad", x(1), "sequence_end");
            runAll();
            assertArrayEquals(alone(2, x), next.getNow(null));
            assertEquals(3, end.getNow(null).length);
            assertEquals(0, holds);
        }
    }

    @Test
    void whateverStopsAStepLeavesItsSequenceAsItWasAndTheShorterOnesAreAnswered() {
        for (Thrown each : Thrown.values()) {
            float[][] first = {x(1), x(1), x(1)};
            float[][] last = {x(1), x(2), x(3)};
            for (int i = 0; i < 3; i++) {
                ask("id" + i, first[i], "sequence_start");
            }
            runAll();
            failure = each::make;
            failingStep = 1;
            float[] step = x(1);
            CompletableFuture<float[]> longer = ask("id0", x(3));
            CompletableFuture<float[]> single = ask("id1", step);
            CompletableFuture<float[]> pair = ask("id2", x(2));
            runAll();
            failingStep = -1;
            refused(each.read(), longer);
            refused(each.read(), pair);
            assertArrayEquals(alone(1, first[1], step), single.getNow(null));
            List<CompletableFuture<float[]>> answers = List.of(ask("id0", last[0], "sequence_end"), ask("id1", last[1], "sequence_end"),
                    ask("id2", last[2], "sequence_end"));
            runAll();
            assertArrayEquals(alone(1, first[0], last[0]), answers.get(0).getNow(null));
            assertArrayEquals(alone(2, first[1], step, last[1]), answers.get(1).getNow(null));
            assertArrayEquals(alone(3, first[2], last[2]), answers.get(2).getNow(null));
            assertEquals(0, holds);
        }
    }

    @Test
    void aSequenceThatCannotBePutBackIsGoneAndHoldsTheModelNoLonger() {
        CompletableFuture<float[]> first = ask("a", x(1), "sequence_start");
        runAll();
        assertEquals(3, first.getNow(null).length);
        assertEquals(1, holds);
        failingStep = 1;
        failure = () -> {
            room.close(); // neither the state before can be opened, nor what is there closed
            return Thrown.NATIVE_MEMORY.make();
        };
        CompletableFuture<float[]> lost = ask("a", x(2));
        CompletableFuture<float[]> behind = ask("a", x(1));
        runAll();
        refused(Status.RESOURCE_EXHAUSTED, lost);
        assertTrue(refused(Status.NOT_FOUND, behind).contains("its state was lost"));
        assertEquals(0, sequences.count());
        assertEquals(0, holds);
    }

    @Test
    void aRequestHasNoMoreStepsThanOthersCanWaitFor() {
        float[][] x = {x(1), x(Steps.MOST), x(1)};
        ask("a", x[0], "sequence_start");
        CompletableFuture<float[]> more = ask("a", x(Steps.MOST + 1));
        CompletableFuture<float[]> most = ask("a", x[1]);
        CompletableFuture<float[]> next = ask("a", x[2]);
        runAll();
        assertEquals("a request of a sequence has at most 10000 steps; this one has 10001: send them in pieces, one request after another",
                refused(Status.INVALID_ARGUMENT, more));
        float[] expected = alone(Steps.MOST + 1, x);
        assertArrayEquals(Arrays.copyOf(expected, 3 * Steps.MOST), most.getNow(null));
        assertArrayEquals(Arrays.copyOfRange(expected, 3 * Steps.MOST, expected.length), next.getNow(null));
    }

    @Test
    void aStepThatIsLongerThanTheIdleTimeIsLookedAtNowAndThen() throws Exception {
        AtomicInteger looks = new AtomicInteger();
        Thread client = Thread.currentThread();
        Duration idle = Duration.ofMillis(100);
        long begin = System.nanoTime();
        try (Sequences watched = new Sequences(new SequenceLimits(3, idle), new Batcher.Limits(1, 64, 0, 64), task -> {
            if (Thread.currentThread() != client) { // the client's is the step, which takes forever
                looks.incrementAndGet();
                task.run();
            }
        }, OfCurve::new, new Statistics(), this::response, new Sequences.Hold() {
            @Override
            public void acquire() {}

            @Override
            public void release() {}
        }, System::nanoTime)) {
            InferenceRequest request = new InferenceRequest("m", "", "", Map.of("sequence_id", 1L, "sequence_start", true),
                    List.of(InferenceTensor.of("x", x(1), 1, 1, 2)), List.of());
            watched.infer(SequenceRequest.of(request).orElseThrow(), request, new Asked());
            Thread.sleep(400);
            assertEquals(1, watched.count());
            int count = looks.get();
            long most = (System.nanoTime() - begin) / (idle.toNanos() / 10) + 1;
            assertTrue(count > 1 && count <= most, count + " looks");
        }
    }
}
