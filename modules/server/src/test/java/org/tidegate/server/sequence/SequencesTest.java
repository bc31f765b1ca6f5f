/* Sequences of a served model. */
package org.tidegate.server.sequence;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.tidegate.FrozenModel;
import org.tidegate.Precision;
import org.tidegate.Session;
import org.tidegate.server.batch.Batcher;
import org.tidegate.server.model.Asked;
import org.tidegate.server.model.ServedModel;
import org.tidegate.server.network.NetworkServing;
import org.tidegate.server.network.Networks;
import org.tidegate.server.protocol.InferenceRequest;
import org.tidegate.server.protocol.InferenceResponse;
import org.tidegate.server.protocol.InferenceTensor;
import org.tidegate.server.protocol.ProtocolException;
import org.tidegate.server.protocol.Status;

class SequencesTest {
    private static final ExecutorService THREADS = Executors.newFixedThreadPool(3);

    @AfterAll
    static void stop() {
        THREADS.shutdown();
    }

    private static ServedModel served(Precision precision, SequenceLimits limits) {
        return served(Networks.frozen(Networks.CURVE, precision), limits);
    }

    private static ServedModel served(FrozenModel model, SequenceLimits limits) {
        return new ServedModel("curve", "1", new NetworkServing(model), new Batcher.Limits(2, 64, 0, 4096), limits, THREADS);
    }

    private static ServedModel served() {
        return served(Precision.FLOAT32, SequenceLimits.DEFAULT);
    }

    private static final String START = "sequence_start";
    private static final String END = "sequence_end";

    private static InferenceRequest request(Object id, float[] x, String... flags) {
        Map<String, Object> parameters = new LinkedHashMap<>();
        parameters.put("sequence_id", id);
        Arrays.stream(flags).forEach(flag -> parameters.put(flag, true));
        return new InferenceRequest("curve", "", "", parameters, List.of(InferenceTensor.of("x", x, 1, x.length / 2, 2)), List.of());
    }

    private static InferenceRequest with(InferenceRequest request, InferenceTensor input, String... outputs) {
        List<InferenceTensor> inputs = new ArrayList<>(request.inputs());
        if (input != null) {
            inputs.add(input);
        }
        return new InferenceRequest("curve", "", "", request.parameters(), inputs,
                Arrays.stream(outputs).map(name -> new InferenceRequest.Output(name, Map.of())).toList());
    }

    private static CompletableFuture<InferenceResponse> send(ServedModel model, InferenceRequest request) {
        Asked call = new Asked();
        model.infer(request, call);
        return call.future();
    }

    private static float[] step(ServedModel model, Object id, float[] x, String... flags) {
        return send(model, request(id, x, flags)).join().outputs().get(0).floats();
    }

    private static void refused(Status status, String message, ServedModel model, InferenceRequest request) {
        CompletionException failure = assertThrows(CompletionException.class, () -> send(model, request).join());
        assertEquals(status, ((ProtocolException) failure.getCause()).status());
        assertTrue(failure.getCause().getMessage().contains(message), failure.getCause().getMessage());
    }

    private static float[] stepped(Session session, float... x) {
        float[] row = new float[3];
        session.step(x).get(row);
        return row;
    }

    @Test
    void aThousandInterleavedSequencesHaveTheBitsOfEachAlone() {
        int count = 1_000;
        int steps = 5;
        for (Precision precision : Precision.values()) {
            FrozenModel model = Networks.frozen(Networks.CURVE, precision);
            Random random = new Random(precision.ordinal());
            float[][][] x = new float[count][steps][];
            List<List<CompletableFuture<InferenceResponse>>> answers = new ArrayList<>();
            try (ServedModel served = served(model, SequenceLimits.DEFAULT); Session alone = model.newSession()) {
                List<Integer> order = new ArrayList<>();
                for (int i = 0; i < count * steps; i++) {
                    order.add(i % count);
                }
                Collections.shuffle(order, random);
                for (int i = 0; i < count; i++) {
                    answers.add(new ArrayList<>());
                }
                for (int id : order) {
                    List<CompletableFuture<InferenceResponse>> own = answers.get(id);
                    x[id][own.size()] = Networks.floats(random, 2);
                    String[] flags = own.isEmpty() ? new String[] {START} : own.size() == steps - 1 ? new String[] {END} : new String[0];
                    while (served.waiting() > 4000) {
                        Thread.onSpinWait();
                    }
                    own.add(send(served, request(id % 2 == 0 ? (Object) (long) (id + 1) : "id" + id, x[id][own.size()], flags)));
                }
                for (int id = 0; id < count; id++) {
                    alone.reset();
                    for (int t = 0; t < steps; t++) {
                        assertArrayEquals(stepped(alone, x[id][t]), answers.get(id).get(t).join().outputs().get(0).floats());
                    }
                }
                assertEquals(0, served.sequences().count());
                assertTrue(served.statistics().executions() < count * steps, "no two steps shared a native one");
            }
        }
    }

    @Test
    void severalStepsInARequestRunOneAfterAnother() {
        try (ServedModel model = served()) {
            float[] x = Networks.floats(new Random(1), 8);
            float[] first = step(model, 1L, Arrays.copyOf(x, 6), START);
            assertEquals(9, first.length);
            float[] second = step(model, 1L, Arrays.copyOfRange(x, 6, 8));
            InferenceResponse whole = send(model, Networks.request(InferenceTensor.of("x", x, 1, 4, 2))).join();
            assertArrayEquals(whole.outputs().get(0).floats(), concat(first, second));
        }
    }

    @Test
    void windowsAreCompletedByLaterRequests() {
        try (ServedModel model = served(Networks.frozen(Networks.PAIRS, Precision.FLOAT32), SequenceLimits.DEFAULT)) {
            float[] x = Networks.floats(new Random(2), 2 * 9);
            float[] whole = send(model, Networks.request(InferenceTensor.of("x", x, 1, 9, 2))).join().outputs().get(0).floats();
            float[] shown = {};
            int[] ends = {1, 2, 3, 6, 9};
            for (int i = 0, from = 0; i < ends.length; from = ends[i++]) {
                float[] piece = Arrays.copyOfRange(x, 2 * from, 2 * ends[i]);
                shown = concat(shown, from == 0 ? step(model, 1L, piece, START) : step(model, 1L, piece));
            }
            assertArrayEquals(whole, shown);
        }
    }

    private static float[] concat(float[] a, float[] b) {
        float[] both = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, both, a.length, b.length);
        return both;
    }

    @Test
    void theAnswerSaysWhichSequenceItIsOf() {
        try (ServedModel model = served()) {
            assertEquals(Map.of("sequence_id", "ann"), send(model, request("ann", new float[2], START)).join().parameters());
            assertEquals(Map.of(), send(model, Networks.request(InferenceTensor.of("x", new float[2], 1, 1, 2))).join().parameters());
        }
    }

    @Test
    void aNumberAndATextOfItsDigitsAreTwoSequences() {
        try (ServedModel model = served()) {
            float[] x = {1, 2};
            float[] fresh = step(model, 7L, x, START);
            step(model, 7L, x);
            refused(Status.NOT_FOUND, "sequence '7' is not open", model, request("7", x));
            assertArrayEquals(fresh, step(model, "7", x, START));
            assertEquals(2, model.sequences().count());
        }
    }

    @Test
    void zeroAndTheEmptyTextAreNoSequence() {
        try (ServedModel model = served()) {
            float[] x = {1, 2};
            assertArrayEquals(step(model, 0L, x), step(model, "", x));
            assertEquals(0, model.sequences().count());
            refused(Status.INVALID_ARGUMENT, "without a sequence_id", model, request(0L, x, START));
            refused(Status.INVALID_ARGUMENT, "from 1 to 2^64-1", model, request(-1L, x, START));
            refused(Status.INVALID_ARGUMENT, "at most 256", model, request("x".repeat(257), x, START));
            refused(Status.INVALID_ARGUMENT, "is 1.5", model, request(1.5, x, START));
        }
    }

    @Test
    void aStepWithoutAStartIsNotFound() {
        try (ServedModel model = served()) {
            refused(Status.NOT_FOUND, "sequence 5 is not open: it never started, has ended, or was idle for more than 60000 ms; begin it with"
                    + " sequence_start", model, request(5L, new float[2]));
            step(model, 5L, new float[2], START, END);
            refused(Status.NOT_FOUND, "sequence 5", model, request(5L, new float[2]));
        }
    }

    @Test
    void aStartBeginsAnOpenSequenceAnew() {
        try (ServedModel model = served()) {
            float[] x = {1, 2};
            float[] first = step(model, 1L, x, START);
            assertFalse(Arrays.equals(first, step(model, 1L, x)));
            assertArrayEquals(first, step(model, 1L, x, START));
            assertEquals(1, model.sequences().count());
        }
    }

    @Test
    void whatIsBeyondTheLimitIsRefusedUntilOneEnds() {
        try (ServedModel model = served(Precision.FLOAT32, new SequenceLimits(2, Duration.ofMinutes(1)))) {
            step(model, 1L, new float[2], START);
            step(model, 2L, new float[2], START);
            refused(Status.RESOURCE_EXHAUSTED, "2 sequences are open", model, request(3L, new float[2], START));
            refused(Status.NOT_FOUND, "sequence 3", model, request(3L, new float[2]));
            step(model, 2L, new float[2], START); // takes the place of its own
            step(model, 1L, new float[2], END);
            step(model, 3L, new float[2], START);
        }
    }

    @Test
    void anEndFreesASequenceAlsoWhereItsStepIsWrong() {
        try (ServedModel model = served()) {
            step(model, 1L, new float[2], START);
            refused(Status.INVALID_ARGUMENT, "[N, T, 2]", model, with(new InferenceRequest("curve", "", "",
                    Map.of("sequence_id", 1L, END, true), List.of(InferenceTensor.of("x", new float[3], 1, 1, 3)), List.of()), null));
            assertEquals(0, model.sequences().count());
        }
    }

    @Test
    void aStartThatIsWrongLeavesNoSequence() {
        try (ServedModel model = served()) {
            step(model, 1L, new float[2], START);
            refused(Status.INVALID_ARGUMENT, "has 2 sequences", model, new InferenceRequest("curve", "", "",
                    Map.of("sequence_id", 1L, START, true), List.of(InferenceTensor.of("x", new float[4], 2, 1, 2)), List.of()));
            refused(Status.NOT_FOUND, "sequence 1", model, request(1L, new float[2]));
        }
    }

    @Test
    void aStepThatIsWrongLeavesItsSequenceAsItWas() {
        try (ServedModel model = new ServedModel("words", "1", new NetworkServing(Networks.frozen(Networks.WORDS, Precision.FLOAT32)),
                new Batcher.Limits(1, 64, 0, 64), SequenceLimits.DEFAULT, THREADS)) {
            float[] whole = words(model, List.of(), 3, 4, 5).join();
            words(model, List.of(START), 3).join();
            for (int[] wrong : new int[][] {{99}, {4, 99}, {4, 5, -1}}) { // also where steps before it have run
                assertThrows(CompletionException.class, () -> words(model, List.of("step"), wrong).join());
            }
            assertArrayEquals(Arrays.copyOfRange(whole, 1, 3), words(model, List.of("step"), 4, 5).join());
        }
    }

    private static CompletableFuture<float[]> words(ServedModel model, List<String> flags, int... ids) {
        Map<String, Object> parameters = new LinkedHashMap<>();
        if (!flags.isEmpty()) {
            parameters.put("sequence_id", "a");
            parameters.put(START, flags.contains(START));
        }
        return send(model, new InferenceRequest("words", "", "", parameters, List.of(InferenceTensor.of("words", ids, 1, ids.length)),
                List.of())).thenApply(answer -> answer.outputs().get(0).floats());
    }

    @Test
    void anIdleSequenceExpiresThoughNobodyCalls() throws Exception {
        try (ServedModel model = served(Precision.FLOAT32, new SequenceLimits(10, Duration.ofMillis(30)))) {
            step(model, 1L, new float[2], START);
            model.close();
            for (int i = 0; i < 200 && !model.isIdle(); i++) {
                Thread.sleep(10);
            }
            assertTrue(model.isIdle());
            assertFalse(model.infer(request(1L, new float[2]), new Asked()), "the model is not freed with its last sequence");
        }
    }

    @Test
    void aModelThatGoesKeepsItsSequencesUntilTheyEnd() {
        try (ServedModel model = served()) {
            float[] x = {1, 2};
            step(model, 1L, x, START);
            float[] second = step(model, 1L, x);
            step(model, 1L, x, START);
            model.close();
            assertFalse(model.isIdle());
            assertFalse(model.infer(request(2L, x, START), new Asked()), "a start is its successor's");
            assertArrayEquals(second, step(model, 1L, x));
            step(model, 1L, x, END);
            assertEquals(0, model.sequences().count());
        }
    }

    @Test
    void aStateGoesOnAtAnotherServerInAnyPrecisionOfTheModel() {
        try (ServedModel here = served(); ServedModel there = served()) {
            float[] x = {1, 2};
            step(here, 1L, x, START);
            List<InferenceTensor> outputs = send(here, with(request(1L, x), null, "sequence_state", "y")).join().outputs();
            assertEquals(List.of("y", "sequence_state"), outputs.stream().map(InferenceTensor::name).toList());
            InferenceTensor state = outputs.get(1);
            assertTrue(StandardCharsets.US_ASCII.newEncoder().canEncode(state.texts().get(0)));
            float[] moved = send(there, with(request("x", x, START), state)).join().outputs().get(0).floats();
            assertArrayEquals(step(here, 1L, x), moved);
            assertArrayEquals(step(here, 1L, x), step(there, "x", x));
            assertEquals(1, send(here, request(1L, x)).join().outputs().size());
        }
    }

    @Test
    void aStateThatIsDamagedOrAnotherModelsIsRefused() {
        try (ServedModel model = served();
                ServedModel other = new ServedModel("words", "1", new NetworkServing(Networks.frozen(Networks.WORDS, Precision.FLOAT32)),
                        new Batcher.Limits(1, 64, 0, 64), SequenceLimits.DEFAULT, THREADS)) {
            float[] x = {1, 2};
            byte[] state = send(model, with(request(1L, x, START), null, "sequence_state")).join().outputs().get(0).elements().get(0);
            Consumer<byte[]> damaged = bytes -> refused(Status.INVALID_ARGUMENT, "damaged", model, with(request(2L, x, START), bytes(bytes)));
            Random random = new Random(4);
            for (int i = 0; i < 200; i++) {
                byte[] changed = state.clone();
                changed[random.nextInt(changed.length - 4)] ^= (byte) (1 << random.nextInt(6));
                if (!Arrays.equals(changed, state)) {
                    damaged.accept(changed);
                }
                damaged.accept(Arrays.copyOf(state, random.nextInt(state.length)));
            }
            refused(Status.INVALID_ARGUMENT, "with sequence_start", model, with(request(1L, x), bytes(state)));
            refused(Status.INVALID_ARGUMENT, "2 elements", model, with(request(2L, x, START),
                    InferenceTensor.ofBytes("sequence_state", List.of(state, state), 2)));
            refused(Status.INVALID_ARGUMENT, "model", other, new InferenceRequest("words", "", "", Map.of("sequence_id", 1L, START, true),
                    List.of(InferenceTensor.of("words", new int[1], 1, 1), bytes(state)), List.of()));
            assertEquals(1, model.sequences().count());
            assertEquals(0, other.sequences().count());
        }
    }

    private static InferenceTensor bytes(byte[] state) {
        return InferenceTensor.ofBytes("sequence_state", List.of(state), 1);
    }

    @Test
    void aModelWithoutStepsSaysSo() {
        String backwards = """
                x = input axis=time cols=2
                h = recurrent x cell=gru size=3 bidirectional=true
                y = linear h cols=2
                """;
        try (ServedModel model = served(Networks.frozen(backwards, Precision.FLOAT32), SequenceLimits.DEFAULT)) {
            refused(Status.UNIMPLEMENTED, "this model has no sequences: its layer 'h'", model, request(1L, new float[2], START));
        }
    }

    @Test
    void nativeMemoryOfSequencesIsCounted() {
        try (ServedModel model = served()) {
            assertEquals(0, model.sequences().bytes());
            for (long id = 1; id <= 300; id++) {
                step(model, id, new float[2], START);
            }
            assertEquals(300, model.sequences().count());
            assertTrue(model.sequences().bytes() > 300 * 5 * Float.BYTES);
            assertTrue(model.bytes() > model.sequences().bytes());
        }
    }
}
