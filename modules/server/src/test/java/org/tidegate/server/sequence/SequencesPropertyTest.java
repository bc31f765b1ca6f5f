/* Sequences under all that may happen to them, against a model that knows nothing of queues and streams. */
package org.tidegate.server.sequence;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tidegate.server.Patient;
import org.tidegate.server.batch.Batcher;
import org.tidegate.server.batch.Statistics;
import org.tidegate.server.model.Serving;
import org.tidegate.server.protocol.InferenceRequest;
import org.tidegate.server.protocol.InferenceResponse;
import org.tidegate.server.protocol.InferenceTensor;
import org.tidegate.server.protocol.ProtocolException;
import org.tidegate.server.protocol.Status;

class SequencesPropertyTest {
    private static final int SHORT = 6_000; // more is a soak, whose figures are shown
    private static final int EVENTS = Integer.getInteger("tidegate.sequence.events", SHORT);
    private static final long IDLE = Duration.ofHours(1).toNanos();
    private static final int MOST = 6;
    private static final int QUEUE = 9;
    private static final Object[] IDS = {1L, 2L, "1", "ann", "bob", Long.MAX_VALUE, BigInteger.ONE.shiftLeft(63), "7", 7L, "eve"};

    private final Random random = new Random(Long.getLong("tidegate.sequence.seed", 11));
    private final Deque<Runnable> tasks = new ArrayDeque<>();
    private final List<Version> versions = new ArrayList<>(); // the newest last
    private final List<Exported> exported = new ArrayList<>();
    private final Map<Status, Integer> failures = new EnumMap<>(Status.class);
    private long now;
    private int answered;
    private SequenceKinds kind;
    private SequenceKinds.Oracle oracle;
    private Serving<?, ?> serving;

    @TempDir
    static Path folder;

    /** What a client took along. */
    private record Exported(byte[] text, SequenceKinds.Kept kept) {}

    /** A version of the model, with what it should hold. */
    private final class Version {
        final Sequences sequences = new Sequences(new SequenceLimits(MOST, Duration.ofNanos(IDLE)), new Batcher.Limits(1, 4, 0, QUEUE),
                tasks::add, serving::steps, new Statistics(),
                (request, outputs) -> new InferenceResponse("m", "1", request.id(), Map.of(), outputs),
                new Sequences.Hold() {
                    @Override
                    public void acquire() {
                        holds++;
                    }

                    @Override
                    public void release() {
                        holds--;
                    }
                }, () -> now);
        final Map<Object, Expected> open = new HashMap<>();
        final List<Expected> held = new ArrayList<>();
        boolean retired;
        int holds;

        void expire() {
            open.values().removeIf(each -> {
                boolean idle = each.waiting.isEmpty() && now - each.used > IDLE;
                each.gone |= idle;
                return idle;
            });
            held.removeIf(each -> each.gone && each.waiting.isEmpty());
        }

        void remove(Expected sequence) {
            sequence.gone = true;
            open.remove(sequence.id, sequence);
        }
    }

    /** A sequence as it should be. */
    private static final class Expected {
        final Object id;
        SequenceKinds.Kept kept;
        final Deque<Step> waiting = new ArrayDeque<>();
        long used;
        boolean gone;
        boolean broken;

        Expected(Object id, SequenceKinds.Kept kept) {
            this.id = id;
            this.kept = kept;
        }
    }

    /** A call, which checks what comes back. */
    private final class Step implements Patient {
        final Version version;
        final Expected sequence;
        final float[] numbers;
        final boolean start;
        final boolean last;
        final boolean wrong;
        final boolean wantsState;
        boolean cancelled;
        boolean done;

        Step(Version version, Expected sequence, float[] numbers, boolean start, boolean last, boolean wrong, boolean wantsState) {
            this.version = version;
            this.sequence = sequence;
            this.numbers = numbers;
            this.start = start;
            this.last = last;
            this.wrong = wrong;
            this.wantsState = wantsState;
        }

        @Override
        public void answer(InferenceResponse response) {
            assertSame(this, sequence.waiting.stream().filter(each -> !each.cancelled).findFirst().orElseThrow(),
                    "not in the order of arrival");
            finish();
            assertTrue(!wrong && !cancelled && !sequence.broken, "an answer to a step that should have failed");
            SequenceKinds.Stepped expected = oracle.step(sequence.kept, numbers, last);
            sequence.kept = expected.kept();
            assertArrayEquals(expected.shown(), response.outputs().get(0).floats());
            if (wantsState) {
                exported.add(new Exported(response.outputs().get(1).elements().get(0), sequence.kept));
            }
            answered++;
        }

        @Override
        public void fail(ProtocolException failure) {
            finish();
            failures.merge(failure.status(), 1, Integer::sum);
            switch (failure.status()) {
                case INVALID_ARGUMENT -> assertTrue(wrong, failure.getMessage());
                case CANCELLED -> assertTrue(cancelled, failure.getMessage());
                case NOT_FOUND -> assertTrue(sequence.broken, failure.getMessage());
                case RESOURCE_EXHAUSTED -> assertTrue(failure.getMessage().startsWith("the queue is full"), failure.getMessage());
                default -> throw new AssertionError(failure);
            }
            if (start) {
                sequence.broken = true;
                version.remove(sequence);
            }
        }

        private void finish() {
            assertTrue(!done, "a call ended twice");
            done = true;
            sequence.waiting.remove(this);
            sequence.used = now;
        }

        @Override
        public boolean isCancelled() {
            return cancelled;
        }
    }

    @ParameterizedTest
    @EnumSource(SequenceKinds.class)
    void whateverHappensAStepRunsFromTheStateOfItsOwnSequence(SequenceKinds which) throws Exception {
        kind = which;
        try (SequenceKinds.Oracle alone = which.oracle(folder); Serving<?, ?> served = which.serving(folder)) {
            oracle = alone;
            serving = served;
            versions.add(new Version());
            for (int event = 0; event < EVENTS; event++) {
                switch (random.nextInt(20)) {
                    case 0 -> now += random.nextInt(8) == 0 ? 2 * IDLE : IDLE / 4;
                    case 1 -> reload();
                    case 2, 3, 4, 5, 6 -> run();
                    default -> ask(IDS[random.nextInt(IDS.length)]);
                }
                check();
            }
            while (!tasks.isEmpty()) {
                run();
            }
            now += 2 * IDLE;
            check();
            assertEquals(0, versions.get(versions.size() - 1).sequences.count());
            versions.forEach(version -> version.sequences.close());
        }
        assertTrue(answered > EVENTS / 10, answered + " answers");
        for (Status status : List.of(Status.INVALID_ARGUMENT, Status.CANCELLED, Status.NOT_FOUND, Status.RESOURCE_EXHAUSTED)) {
            assertNotNull(failures.get(status), "no event failed with " + status + ": " + failures);
        }
        if (EVENTS > SHORT) {
            System.out.printf(Locale.ROOT, "soak: sequences, %s: %,d events at random, %,d steps right, none wrong%n", which, EVENTS, answered);
        }
    }

    private void run() {
        if (!tasks.isEmpty()) {
            tasks.poll().run();
        }
    }

    private void reload() {
        if (random.nextInt(10) == 0) {
            Version old = versions.get(versions.size() - 1);
            old.retired = true;
            old.sequences.retire();
            versions.add(new Version());
        }
    }

    private void check() {
        for (Version version : versions) {
            version.expire();
            assertEquals(version.open.size(), version.sequences.count());
            assertEquals(version.held.isEmpty() ? 0 : 1, version.holds);
            version.open.keySet().forEach(id -> assertTrue(version.sequences.has(id)));
        }
        versions.removeIf(version -> {
            boolean over = version.retired && version.sequences.isIdle();
            if (over) {
                assertTrue(version.held.isEmpty());
                version.sequences.close();
            }
            return over;
        });
    }

    private void ask(Object id) {
        boolean start = random.nextInt(3) == 0;
        boolean end = random.nextInt(6) == 0;
        boolean wrong = random.nextInt(12) == 0;
        boolean wantsState = random.nextInt(8) == 0;
        Version newest = versions.get(versions.size() - 1);
        Version version = start ? newest
                : versions.stream().filter(each -> each.sequences.has(id)).findFirst().orElse(newest);
        if (start) { // one that an older version has ends, as its id is another's now
            versions.stream().filter(each -> each != newest).forEach(each -> {
                each.sequences.end(id);
                if (each.open.containsKey(id)) {
                    each.remove(each.open.get(id));
                }
            });
        }
        float[] numbers = oracle.numbers(random);
        List<InferenceTensor> inputs = new ArrayList<>();
        inputs.add(wrong ? oracle.wrong() : oracle.input(numbers));
        Exported from = start && !exported.isEmpty() && random.nextBoolean() ? exported.get(random.nextInt(exported.size())) : null;
        if (from != null) {
            inputs.add(InferenceTensor.ofBytes("sequence_state", List.of(from.text), 1));
        }
        Map<String, Object> parameters = new LinkedHashMap<>(Map.of("sequence_id", id, "sequence_start", start, "sequence_end", end));
        List<InferenceRequest.Output> outputs = wantsState
                ? List.of(new InferenceRequest.Output(kind.output(), Map.of()), new InferenceRequest.Output("sequence_state", Map.of())) : List.of();
        InferenceRequest request = new InferenceRequest("m", "", "", parameters, inputs, outputs);

        version.expire();
        Expected sequence = version.open.get(id);
        Status refused = null;
        if (start) {
            if (sequence != null) {
                version.remove(sequence);
                version.expire();
            }
            sequence = new Expected(id, from != null ? from.kept : SequenceKinds.Kept.NOTHING);
            refused = version.held.size() >= MOST ? Status.RESOURCE_EXHAUSTED : null;
        } else if (sequence == null) {
            refused = Status.NOT_FOUND;
            sequence = new Expected(id, SequenceKinds.Kept.NOTHING);
        }
        Step step = new Step(version, sequence, numbers, start, end && !wantsState, wrong, wantsState);
        if (refused == null) {
            if (start) {
                version.held.add(sequence);
                version.open.put(id, sequence);
            }
            sequence.waiting.add(step);
            sequence.used = now;
            if (end) {
                version.remove(sequence);
            }
        }
        try {
            version.sequences.infer(SequenceRequest.of(request).orElseThrow(), request, step);
            assertEquals(null, refused);
        } catch (ProtocolException e) {
            assertEquals(refused, e.status(), e.getMessage());
            failures.merge(e.status(), 1, Integer::sum);
        }
        step.cancelled = !step.done && random.nextInt(10) == 0; // the client gives up while it waits
    }
}
