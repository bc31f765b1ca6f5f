/* A client of sequences that does right and wrong things by chance. */
package org.tidegate.server.sequence;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.tidegate.server.model.ServedModel;
import org.tidegate.server.protocol.Call;
import org.tidegate.server.protocol.InferenceRequest;
import org.tidegate.server.protocol.InferenceResponse;
import org.tidegate.server.protocol.InferenceTensor;
import org.tidegate.server.protocol.ProtocolException;
import org.tidegate.server.protocol.Status;

/** Steps of a sequence of its own, whose bits it knows, beside misuse of it and of sequences that it shares with others. For one thread. */
final class SequenceMisuser {
    private static final String[] SHARED = {"all", "of", "us"};
    private static final Object[] NO_IDS = {-1L, 1.5, true, "x".repeat(257)};

    private final ServedModel served;
    private final SequenceKinds kind;
    private final SequenceKinds.Oracle oracle;
    private final Random random;
    private final AtomicLong right;
    private final AtomicLong refused;
    private final Object name;
    private SequenceKinds.Kept kept; // null where it is not open

    SequenceMisuser(ServedModel served, SequenceKinds kind, SequenceKinds.Oracle oracle, int number, AtomicLong right, AtomicLong refused) {
        this.served = served;
        this.kind = kind;
        this.oracle = oracle;
        this.right = right;
        this.refused = refused;
        name = number % 2 == 0 ? (Object) (long) (number + 1) : "client " + number;
        random = new Random(number);
    }

    /** Where the answer to a request goes, of a client that may be gone. */
    private static final class Waiting implements Call {
        private final CompletableFuture<InferenceResponse> answer = new CompletableFuture<>();
        private final boolean gone;
        private final boolean late;

        Waiting(boolean gone, boolean late) {
            this.gone = gone;
            this.late = late;
        }

        @Override
        public void answer(InferenceResponse response) {
            assertTrue(answer.complete(response), "answered twice");
        }

        @Override
        public void fail(ProtocolException failure) {
            assertTrue(answer.completeExceptionally(failure), "answered twice");
        }

        @Override
        public boolean isCancelled() {
            return gone;
        }

        @Override
        public long deadline() {
            return late ? System.nanoTime() - 1 : Long.MAX_VALUE;
        }

        InferenceResponse get() throws InterruptedException, TimeoutException {
            try {
                return answer.get(60, TimeUnit.SECONDS);
            } catch (ExecutionException e) {
                throw (ProtocolException) e.getCause();
            }
        }
    }

    /** Does something. */
    void act() throws InterruptedException, TimeoutException {
        switch (random.nextInt(28)) {
            case 0 -> wrong(Map.of("sequence_id", NO_IDS[random.nextInt(NO_IDS.length)]), oracle.input(oracle.numbers(random)));
            case 1 -> wrong(Map.of("sequence_start", true), oracle.input(oracle.numbers(random)));
            case 2 -> wrong(parameters(name, true, random.nextBoolean()), oracle.wrong());
            case 3 -> wrong(parameters(name, true, random.nextBoolean()), oracle.input(oracle.numbers(random)), damaged());
            case 4, 5, 6 -> share(SHARED[random.nextInt(SHARED.length)]);
            case 7 -> served.sequences().end(SHARED[random.nextInt(SHARED.length)]);
            case 8 -> look();
            case 9 -> alone();
            case 10 -> step(new Waiting(true, false), Status.CANCELLED);
            case 11 -> step(new Waiting(false, true), Status.DEADLINE_EXCEEDED);
            case 12 -> move();
            case 13 -> Thread.sleep(random.nextInt(4) == 0 ? 80 : 1);
            default -> step(new Waiting(false, false), null);
        }
    }

    private static Map<String, Object> parameters(Object id, boolean start, boolean end) {
        return new LinkedHashMap<>(Map.of("sequence_id", id, "sequence_start", start, "sequence_end", end));
    }

    private InferenceTensor damaged() {
        byte[] state = new byte[random.nextInt(60)];
        random.nextBytes(state);
        return InferenceTensor.ofBytes(SequenceRequest.STATE, List.of(state), 1);
    }

    private InferenceResponse send(Waiting call, Map<String, Object> parameters, List<String> outputs, InferenceTensor... inputs)
            throws InterruptedException, TimeoutException {
        InferenceRequest request = new InferenceRequest("m", "", "", parameters, List.of(inputs),
                outputs.stream().map(output -> new InferenceRequest.Output(output, Map.of())).toList());
        assertTrue(served.infer(request, call));
        return call.get();
    }

    private void checkShown(float[] expected, InferenceResponse answer) {
        assertArrayEquals(expected, answer.outputs().stream().filter(output -> output.name().equals(kind.output())).findFirst().orElseThrow()
                .floats());
        right.incrementAndGet();
    }

    private void checkRefused(ProtocolException failure, Status... allowed) {
        if (!Arrays.asList(allowed).contains(failure.status())) {
            throw new AssertionError("refused with " + failure.status() + ": " + failure.getMessage(), failure);
        }
        refused.incrementAndGet();
    }

    /** A request that is wrong; where it names this client's sequence that one is gone. */
    private void wrong(Map<String, Object> parameters, InferenceTensor... inputs) throws InterruptedException, TimeoutException {
        try {
            send(new Waiting(false, false), parameters, List.of(), inputs);
            throw new AssertionError("an answer to " + parameters);
        } catch (ProtocolException e) {
            checkRefused(e, Status.INVALID_ARGUMENT, Status.RESOURCE_EXHAUSTED);
        }
        kept = name.equals(parameters.get("sequence_id")) ? null : kept;
    }

    /** A request of a sequence of which others have requests, too. */
    private void share(String id) throws InterruptedException, TimeoutException {
        try {
            boolean wrong = random.nextInt(5) == 0;
            send(new Waiting(false, false), parameters(id, random.nextInt(3) == 0, random.nextInt(4) == 0), List.of(),
                    wrong ? oracle.wrong() : oracle.input(oracle.numbers(random)));
            assertTrue(!wrong, "an answer to a request that is wrong");
            right.incrementAndGet();
        } catch (ProtocolException e) {
            checkRefused(e, Status.INVALID_ARGUMENT, Status.NOT_FOUND, Status.RESOURCE_EXHAUSTED);
        }
    }

    private void look() {
        assertTrue(served.sequences().count() >= 0 && served.waiting() >= 0 && served.bytes() >= served.sequenceBytes());
        served.isIdle();
        served.sequences().has(name);
    }

    /** A whole request, beside sequences. */
    private void alone() throws InterruptedException, TimeoutException {
        float[] numbers = oracle.numbers(random);
        try {
            InferenceResponse answer = send(new Waiting(false, false), Map.of(), List.of(), oracle.input(numbers));
            checkShown(oracle.step(SequenceKinds.Kept.NOTHING, numbers, true).shown(), answer);
        } catch (ProtocolException e) {
            checkRefused(e, Status.RESOURCE_EXHAUSTED);
        }
    }

    /** A step of the sequence of its own. */
    private void step(Waiting call, Status whatElse) throws InterruptedException, TimeoutException {
        boolean start = kept == null;
        boolean end = random.nextInt(9) == 0;
        float[] numbers = oracle.numbers(random);
        try {
            InferenceResponse answer = send(call, parameters(name, start, end), List.of(), oracle.input(numbers));
            SequenceKinds.Stepped expected = oracle.step(start ? SequenceKinds.Kept.NOTHING : kept, numbers, end);
            checkShown(expected.shown(), answer);
            kept = end ? null : expected.kept();
        } catch (ProtocolException e) {
            checkOwn(e, start, end, whatElse);
        }
    }

    private void checkOwn(ProtocolException failure, boolean start, boolean end, Status whatElse) {
        Set<Status> allowed = EnumSet.of(Status.RESOURCE_EXHAUSTED);
        if (!start) {
            allowed.add(Status.NOT_FOUND); // it was idle for too long
        }
        if (whatElse != null) {
            allowed.add(whatElse);
        }
        checkRefused(failure, allowed.toArray(Status[]::new));
        kept = start || end || failure.status() == Status.NOT_FOUND ? null : kept;
    }

    /** Takes the state along, ends the sequence, and begins it anew from there. */
    private void move() throws InterruptedException, TimeoutException {
        boolean start = kept == null;
        boolean end = true;
        float[] numbers = oracle.numbers(random);
        try {
            InferenceResponse answer = send(new Waiting(false, false), parameters(name, start, true), List.of(kind.output(), SequenceRequest.STATE),
                    oracle.input(numbers));
            SequenceKinds.Stepped expected = oracle.step(start ? SequenceKinds.Kept.NOTHING : kept, numbers, false);
            checkShown(expected.shown(), answer);
            kept = null;
            start = true;
            end = false;
            InferenceTensor state = answer.outputs().get(1);
            numbers = oracle.numbers(random);
            answer = send(new Waiting(false, false), parameters(name, true, false), new ArrayList<>(), oracle.input(numbers), state);
            expected = oracle.step(expected.kept(), numbers, false);
            checkShown(expected.shown(), answer);
            kept = expected.kept();
        } catch (ProtocolException e) {
            checkOwn(e, start, end, null);
        }
    }
}
