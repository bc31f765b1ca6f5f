/* Sound as it arrives, in sequences. */
package org.tidegate.server.task;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tidegate.Precision;
import org.tidegate.Streams;
import org.tidegate.audio.Audio;
import org.tidegate.server.batch.Batcher;
import org.tidegate.server.model.Asked;
import org.tidegate.server.model.ServedModel;
import org.tidegate.server.protocol.InferenceRequest;
import org.tidegate.server.protocol.InferenceResponse;
import org.tidegate.server.protocol.InferenceTensor;
import org.tidegate.server.protocol.ProtocolException;
import org.tidegate.server.protocol.Status;
import org.tidegate.server.sequence.SequenceLimits;
import org.tidegate.task.voice.VoiceAnswers;

class VoiceStepsTest {
    private static final ExecutorService THREADS = Executors.newFixedThreadPool(3);
    private static final String START = "sequence_start";
    private static final String END = "sequence_end";

    @TempDir
    static Path folder;

    @BeforeAll
    static void save() throws Exception {
        TaskModels.VOICE.save(folder.resolve("voice.safetensors"));
        TaskModels.CLASSIFY.save(folder.resolve("mood.safetensors"));
    }

    @AfterAll
    static void stop() {
        THREADS.shutdown();
    }

    private static ServedModel served(String model) throws Exception {
        return new ServedModel(model, "1", Servings.open(folder.resolve(model + ".safetensors"), Precision.FLOAT32),
                new Batcher.Limits(2, 64, 0, 4096), SequenceLimits.DEFAULT, THREADS);
    }

    private static InferenceRequest request(Object id, int rate, List<InferenceTensor> inputs, List<String> outputs, String... flags) {
        Map<String, Object> parameters = new LinkedHashMap<>();
        if (id != null) {
            parameters.put("sequence_id", id);
        }
        if (rate > 0) {
            parameters.put("rate", (long) rate);
        }
        Arrays.stream(flags).forEach(flag -> parameters.put(flag, true));
        return new InferenceRequest("voice", "", "", parameters, inputs,
                outputs.stream().map(output -> new InferenceRequest.Output(output, Map.of())).toList());
    }

    private static InferenceRequest request(Object id, int rate, float[] samples, String... flags) {
        return request(id, rate, List.of(InferenceTensor.of("samples", samples, 1, samples.length)), List.of(), flags);
    }

    private static CompletableFuture<InferenceResponse> send(ServedModel model, InferenceRequest request) {
        Asked asked = new Asked();
        assertTrue(model.infer(request, asked));
        return asked.future();
    }

    private static float[] probabilities(InferenceResponse response) {
        return response.outputs().stream().filter(output -> output.name().equals("probabilities")).findFirst().orElseThrow().floats();
    }

    private static float[] step(ServedModel model, InferenceRequest request) {
        return probabilities(send(model, request).join());
    }

    private static void refused(Status status, String message, ServedModel model, InferenceRequest request) {
        ProtocolException failure = (ProtocolException) assertThrows(CompletionException.class, () -> send(model, request).join()).getCause();
        assertEquals(status, failure.status(), failure.getMessage());
        assertTrue(failure.getMessage().contains(message), failure.getMessage());
    }

    private static float[] sound(Random random, int samples) {
        float[] all = new float[samples];
        for (int i = 0; i < samples; i++) {
            all[i] = (i / 1100 % 2 == 0 ? 0.02f : 0.4f) * (2 * random.nextFloat() - 1);
        }
        return all;
    }

    private static float[] joined(List<float[]> parts) {
        float[] all = new float[parts.stream().mapToInt(part -> part.length).sum()];
        int at = 0;
        for (float[] part : parts) {
            System.arraycopy(part, 0, all, at, part.length);
            at += part.length;
        }
        return all;
    }

    @ParameterizedTest
    @ValueSource(ints = {8000, 11025, 16000, 44100})
    void theProbabilitiesOfSoundInPiecesHaveTheBitsOfTheWhole(int rate) throws Exception {
        Random random = new Random(rate);
        int count = 12;
        try (ServedModel model = served("voice")) {
            List<float[]> sounds = new ArrayList<>();
            List<List<CompletableFuture<InferenceResponse>>> answers = new ArrayList<>();
            int[] sent = new int[count];
            for (int i = 0; i < count; i++) {
                sounds.add(sound(random, 1 + random.nextInt(20_000)));
                answers.add(new ArrayList<>());
            }
            List<Integer> going = new ArrayList<>(IntStream.range(0, count).boxed().toList());
            while (!going.isEmpty()) {
                int i = going.get(random.nextInt(going.size()));
                int size = Math.min(random.nextInt(3) * random.nextInt(900), sounds.get(i).length - sent[i]);
                boolean start = answers.get(i).isEmpty();
                boolean end = sent[i] + size == sounds.get(i).length;
                List<String> flags = new ArrayList<>(start ? List.of(START) : List.of());
                flags.addAll(end ? List.of(END) : List.of());
                answers.get(i).add(send(model, request("s" + i, start || random.nextBoolean() ? rate : 0,
                        Arrays.copyOfRange(sounds.get(i), sent[i], sent[i] + size), flags.toArray(String[]::new))));
                sent[i] += size;
                going.removeIf(each -> end && each == i);
            }
            for (int i = 0; i < count; i++) {
                float[] whole = step(model, request(null, rate, sounds.get(i)));
                assertTrue(whole.length > 0);
                assertArrayEquals(whole, joined(answers.get(i).stream().map(answer -> probabilities(answer.join())).toList()), "sound " + i);
            }
            assertEquals(0, model.sequences().count());
        }
    }

    @Test
    void chunksAreAnsweredAtOnceAndWhatIsLessIsLeftOver() throws Exception {
        try (ServedModel model = served("voice")) {
            float[] sound = sound(new Random(2), 250);
            float[] whole = step(model, request(null, 0, sound));
            InferenceResponse first = send(model, request(7L, 0, Arrays.copyOf(sound, 79), START)).join();
            assertEquals(List.of("probabilities", "probabilities.lengths"), first.outputs().stream().map(InferenceTensor::name).toList());
            assertArrayEquals(new long[] {0}, first.outputs().get(0).shape());
            assertArrayEquals(new int[] {0}, first.outputs().get(1).ints());
            assertArrayEquals(Arrays.copyOf(whole, 1), step(model, request(7L, 0, Arrays.copyOfRange(sound, 79, 80))));
            assertArrayEquals(Arrays.copyOfRange(whole, 1, 3), step(model, request(7L, 0, Arrays.copyOfRange(sound, 80, 250))));
            assertArrayEquals(Arrays.copyOfRange(whole, 3, 4), step(model, request(7L, 0, new float[0], END)));
            assertEquals(0, step(model, request(8L, 0, new float[0], START, END)).length);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {8000, 44100})
    void aSoundGoesOnAtAnotherServer(int rate) throws Exception {
        float[] sound = sound(new Random(3), 5000);
        try (ServedModel here = served("voice"); ServedModel there = served("voice")) {
            float[] whole = step(here, request(null, rate, sound));
            float[] first = Arrays.copyOf(sound, 1777);
            InferenceResponse moved = send(here, request(1L, rate, List.of(InferenceTensor.of("samples", first, first.length)),
                    List.of("probabilities", "sequence_state"), START, END)).join();
            InferenceTensor state = moved.outputs().get(1);
            float[] rest = Arrays.copyOfRange(sound, 1777, 5000);
            float[] last = step(there, request("x", rate, List.of(InferenceTensor.of("samples", rest, rest.length), state), List.of(), START,
                    END));
            assertArrayEquals(whole, joined(List.of(probabilities(moved), last)));
            refused(Status.INVALID_ARGUMENT, "has " + rate + " samples a second; this request says 16000", there, request("x", 16000,
                    List.of(InferenceTensor.of("samples", rest, rest.length), state), List.of(), START));
            assertEquals(0, there.sequences().count());
        }
    }

    @Test
    void theRateOfASequenceStays() throws Exception {
        try (ServedModel model = served("voice")) {
            float[] sound = sound(new Random(4), 4000);
            float[] whole = step(model, request(null, 16000, sound));
            float[] first = step(model, request(1L, 16000, Arrays.copyOf(sound, 2000), START));
            refused(Status.INVALID_ARGUMENT, "has 16000 samples a second; this request says 8000", model, request(1L, 8000, new float[90]));
            refused(Status.INVALID_ARGUMENT, "'rate' is 47999; a sequence of sound has one of 8000, 11025", model,
                    request(1L, 47999, new float[90]));
            assertArrayEquals(whole, joined(List.of(first, step(model, request(1L, 0, Arrays.copyOfRange(sound, 2000, 4000), END)))));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {8000, 16000, 48000})
    void theChunksOfARequestAreCountedByTheRateOfItsSequence(int rate) throws Exception {
        try (ServedModel model = served("voice")) {
            step(model, request(1L, rate, new float[0], START));
            int samples = 10 * 80 * rate / 8000; // ten chunks, and the one that they begin
            step(model, request(1L, rate, new float[samples]));
            step(model, request(1L, 0, new float[samples]));
            assertEquals(Set.of(1, 11), model.statistics().batches().keySet());
            assertEquals(2, model.statistics().batches().get(11).count());
        }
    }

    @Test
    void theSamplesOfASequenceAreHeldUntilItsRequestIsAnswered() throws Exception {
        try (ServedModel model = served("voice")) {
            AtomicLong held = new AtomicLong();
            Asked asked = new Asked() {
                @Override
                public void hold(long bytes) {
                    held.addAndGet(bytes);
                }
            };
            assertTrue(model.infer(request(1L, 0, new float[1000], START), asked));
            asked.get();
            assertEquals(4000, held.get());
        }
    }

    @Test
    void theMemoryOfSequencesIsKnownBeforeTheFirstStep() throws Exception {
        try (ServedModel model = served("voice"); VoiceAnswers answers = VoiceAnswers.open(folder.resolve("voice.safetensors"), Precision.FLOAT32)) {
            assertEquals(0, model.sequences().bytes());
            refused(Status.INVALID_ARGUMENT, "is missing", model, request(1L, 0, List.of(), List.of(), START)); // makes the room
            try (Streams streams = answers.model().newStreams(answers.reading().output(), SequenceLimits.DEFAULT.most())) {
                streams.setThreads(2);
                assertTrue(streams.bytes() > 0);
                assertEquals(streams.bytes(), model.sequences().bytes());
            }
        }
    }

    @Test
    void whatIsNoSoundLeavesTheSequenceAsItWas() throws Exception {
        try (ServedModel model = served("voice")) {
            float[] sound = sound(new Random(5), 900);
            float[] whole = step(model, request(null, 0, sound));
            float[] first = step(model, request(1L, 0, Arrays.copyOf(sound, 300), START));
            InferenceTensor samples = InferenceTensor.of("samples", new float[80], 80);
            Map<String, InferenceRequest> wrong = Map.of(
                    "expected a finite number", request(1L, 0, new float[] {0, Float.NaN}),
                    "divide those of 16 bits by 32768", request(1L, 0, List.of(InferenceTensor.of("samples", new int[80], 80)), List.of()),
                    "expected [n] or [1, n]", request(1L, 0, List.of(InferenceTensor.of("samples", new float[80], 2, 40)), List.of()),
                    "input 'samples' is missing", request(1L, 0, List.of(), List.of()),
                    "takes 'samples'", request(1L, 0, List.of(InferenceTensor.of("audio", List.of("RIFF"), 1)), List.of()),
                    "output 'spans' is there for whole requests", request(1L, 0, List.of(samples), List.of("spans")),
                    "at most 10000 steps", request(1L, 0, new float[80 * 10_000]));
            wrong.forEach((message, request) -> refused(Status.INVALID_ARGUMENT, message, model, request));
            assertArrayEquals(whole, joined(List.of(first, step(model, request(1L, 0, Arrays.copyOfRange(sound, 300, 900), END)))));
        }
    }

    @Test
    void aStateThatIsNoneOfSoundIsRefused() throws Exception {
        try (ServedModel model = served("voice")) {
            byte[] state = send(model, request(1L, 0, List.of(InferenceTensor.of("samples", new float[100], 100)), List.of("sequence_state"),
                    START)).join().outputs().get(0).elements().get(0);
            Random random = new Random(6);
            for (int i = 0; i < 50; i++) {
                byte[] cut = Arrays.copyOf(state, random.nextInt(state.length));
                refused(Status.INVALID_ARGUMENT, "", model, request(2L, 0, List.of(InferenceTensor.of("samples", new float[1], 1),
                        InferenceTensor.ofBytes("sequence_state", List.of(cut), 1)), List.of(), START));
            }
            assertEquals(1, model.sequences().count());
        }
    }

    @Test
    void samplesAreOneSoundOfAWholeRequest() throws Exception {
        try (ServedModel model = served("voice")) {
            float[] sound = sound(new Random(7), 5000);
            for (int i = 0; i < sound.length; i++) {
                sound[i] = Math.round(sound[i] * 32768) / 32768f;
            }
            InferenceTensor file = InferenceTensor.ofBytes("audio", List.of(TaskModels.wav(new Audio(sound, 11025))), 1);
            InferenceTensor samples = InferenceTensor.of("samples", sound, sound.length);
            List<InferenceTensor> expected = send(model, request(null, 0, List.of(file), List.of())).join().outputs();
            List<InferenceTensor> outputs = send(model, request(null, 11025, List.of(samples), List.of())).join().outputs();
            for (int i = 0; i < expected.size(); i++) {
                assertEquals(expected.get(i).data(), outputs.get(i).data(), expected.get(i).name());
            }
            refused(Status.INVALID_ARGUMENT, "expected one of them", model, request(null, 0, List.of(file, samples), List.of()));
            refused(Status.INVALID_ARGUMENT, "1000 to 384000", model, request(null, 3, List.of(samples), List.of()));
            refused(Status.INVALID_ARGUMENT, "at most 1800", model, request(null, 1000, new float[1_800_500]));
        }
    }

    @Test
    void aTaskWithoutStepsSaysSo() throws Exception {
        try (ServedModel model = served("mood")) {
            refused(Status.UNIMPLEMENTED, "'classify' takes whole requests", model, new InferenceRequest("mood", "", "",
                    Map.of("sequence_id", 1L, START, true), List.of(InferenceTensor.of("text", List.of("a"), 1)), List.of()));
        }
    }
}
