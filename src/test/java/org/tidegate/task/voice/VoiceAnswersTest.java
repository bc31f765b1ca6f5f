package org.tidegate.task.voice;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.tidegate.Batch;
import org.tidegate.FrozenModel;
import org.tidegate.Model;
import org.tidegate.Precision;
import org.tidegate.Session;
import org.tidegate.Tidegate;
import org.tidegate.audio.Audio;

class VoiceAnswersTest {
    private static final int CHUNK = LoudVoice.CHUNK;
    /** Several pieces of a call, even alone. */
    private static final int LONG = 700_001;

    @TempDir
    static Path folder;
    private static Path file;
    private static VoiceAnswers voice;

    @BeforeAll
    static void open() throws IOException {
        file = folder.resolve("vad.safetensors");
        LoudVoice.save(file);
        voice = VoiceAnswers.open(file, Precision.FLOAT32);
    }

    @AfterAll
    static void close() {
        voice.close();
    }

    private static Audio cut(Audio audio, int samples) {
        return new Audio(Arrays.copyOf(audio.samples(), samples), audio.rate());
    }

    private static Audio longTalk() {
        return cut(Audio.join(IntStream.range(0, 200).mapToObj(LoudVoice::talk).toList()), LONG);
    }

    /** By one plain call of the network over all chunks. */
    private static float[] plain(FrozenModel model, float... samples) {
        int chunks = (samples.length + CHUNK - 1) / CHUNK;
        try (Session session = model.newSession()) {
            Batch batch = model.newBatch().equalLengths("sound", 1, chunks).reals("sound", Arrays.copyOf(samples, chunks * CHUNK));
            session.forward(batch);
            return session.output("speech").toArray();
        }
    }

    private static float[] streamed(VoiceStream stream, float... samples) {
        float[] found = new float[(samples.length + CHUNK - 1) / CHUNK];
        for (int i = 0; i < found.length; i++) {
            stream.accept(Arrays.copyOfRange(samples, i * CHUNK, Math.min(samples.length, (i + 1) * CHUNK)));
            if (samples.length < (i + 1) * CHUNK) {
                stream.finish(); // completes the chunk
            }
            found[i] = stream.probability();
        }
        stream.finish();
        return found;
    }

    @ParameterizedTest
    @EnumSource
    void aRecordingHasTheSameBitsAloneInPiecesInABatchAndAsAStream(Precision precision) throws IOException {
        try (VoiceAnswers answers = VoiceAnswers.open(file, precision)) {
            List<Audio> sounds = new ArrayList<>(List.of(longTalk(), cut(LoudVoice.talk(1), 0)));
            IntStream.of(1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 4000).forEach(n -> sounds.add(cut(LoudVoice.talk(n), n)));
            for (int i = 0; i < 70; i++) { // more than a batch
                sounds.add(LoudVoice.talk(100 + i));
            }
            sounds.add(cut(longTalk(), LONG / 2));
            sounds.add(cut(longTalk(), LONG / 2 + 10 * CHUNK));
            List<float[]> together = answers.probabilities(sounds);
            for (int i = 0; i < sounds.size(); i++) {
                float[] samples = sounds.get(i).samples();
                assertArrayEquals(samples.length == 0 ? new float[0] : plain(answers.model(), samples), together.get(i));
                if (i % 10 == 0) {
                    assertArrayEquals(together.get(i), answers.probabilities(sounds.get(i)));
                }
            }
            try (VoiceStream stream = answers.stream()) {
                for (int i = 1; i < 20; i++) {
                    assertArrayEquals(together.get(i), streamed(stream, sounds.get(i).samples()));
                }
            }
            assertEquals(sounds.stream().map(answers::detect).toList(), answers.detect(sounds));
        }
    }

    @Test
    void theSpansLieOnWhatIsLoud() {
        Random random = new Random(2);
        float[] samples = new float[16_000];
        for (int i = 0; i < samples.length; i++) {
            boolean loud = i >= 3000 && i < 6000 || i >= 9000 && i < 9100 || i >= 12_000;
            samples[i] = (float) ((loud ? 0.2 : 0.01) * random.nextGaussian());
        }
        List<SpeechSpan> spans = voice.detect(new Audio(samples, LoudVoice.RATE));
        assertEquals(2, spans.size(), spans.toString());
        assertEquals(0.375, spans.get(0).start(), 0.02);
        assertEquals(0.75, spans.get(0).end(), 0.03);
        assertEquals(1.5, spans.get(1).start(), 0.02);
        assertEquals(16_000, spans.get(1).endSample());
        assertTrue(spans.stream().allMatch(span -> span.probability() > 0.9 && span.rate() == LoudVoice.RATE));
        SpeechRules sharp = LoudVoice.READING.rules().shortestSpeech(0);
        assertEquals(3, voice.detect(new Audio(samples, LoudVoice.RATE), sharp).size());
        assertEquals(List.of(), voice.detect(new Audio(new float[5000], LoudVoice.RATE)));
        assertEquals(List.of(), voice.detect(new Audio(new float[0], LoudVoice.RATE)));
    }

    @Test
    void aRecordingOfAnotherRateIsResampledAndItsSpansCountItsOwnSamples() {
        for (int rate : new int[] {44_100, 16_000, 11_025, 4000}) {
            Audio talk = LoudVoice.talk(5);
            List<SpeechSpan> expected = voice.detect(talk);
            Audio other = talk.at(rate);
            List<SpeechSpan> found = voice.detect(other);
            assertTrue(expected.size() > 1);
            assertEquals(expected.size(), found.size(), rate + " Hz");
            for (int i = 0; i < found.size(); i++) {
                assertEquals(rate, found.get(i).rate());
                assertEquals(expected.get(i).start(), found.get(i).start(), 0.021);
                assertEquals(expected.get(i).end(), found.get(i).end(), 0.021);
                assertTrue(found.get(i).endSample() <= other.samples().length);
            }
            assertEquals(voice.detect(other.at(LoudVoice.RATE)).size(), found.size());
        }
    }

    @Test
    void otherRulesNeedNoOtherRunOfTheNetwork() {
        Audio talk = LoudVoice.talk(9).at(12_000);
        float[] probabilities = voice.probabilities(talk);
        SpeechRules strict = SpeechRules.USUAL.threshold(0.9).shortestSpeech(0);
        for (SpeechRules rules : List.of(SpeechRules.USUAL, LoudVoice.READING.rules(), strict)) {
            assertEquals(voice.detect(talk, rules), voice.reading().spans(talk, probabilities, rules));
        }
        float[] fewer = Arrays.copyOf(probabilities, probabilities.length - 1);
        assertThrows(IllegalArgumentException.class, () -> voice.reading().spans(talk, fewer, SpeechRules.USUAL));
    }

    private static List<SpeechSpan> spans(List<VoiceEvent> events) {
        List<SpeechSpan> spans = new ArrayList<>();
        for (int i = 0; i < events.size(); i += 2) {
            VoiceEvent start = events.get(i);
            VoiceEvent end = events.get(i + 1);
            assertEquals(List.of(VoiceEvent.Kind.SPEECH_START, VoiceEvent.Kind.SPEECH_END), List.of(start.kind(), end.kind()));
            assertEquals((double) start.sample() / LoudVoice.RATE, start.seconds());
            spans.add(new SpeechSpan(start.sample(), end.sample(), LoudVoice.RATE, end.probability()));
        }
        return spans;
    }

    /** In pieces of any size, from one stream to another by its state in the middle. */
    @Test
    void aStreamTellsTheSpansOfTheWholeRecordingAndItsStateGoesOnElsewhere() {
        Random random = new Random(8);
        VoiceStream stream = voice.stream();
        for (int trial = 0; trial < 40; trial++) {
            Audio talk = LoudVoice.talk(trial);
            float[] samples = talk.samples();
            List<VoiceEvent> events = new ArrayList<>();
            for (int at = 0; at < samples.length;) {
                int end = Math.min(samples.length, at + random.nextInt(trial % 2 == 0 ? 200 : 3000));
                List<VoiceEvent> told = stream.accept(Arrays.copyOfRange(samples, at, end));
                events.addAll(told);
                for (VoiceEvent event : told) {
                    assertTrue(event.sample() <= end, "it is told of what is past");
                }
                assertEquals(events.size() % 2 == 1, stream.isSpeech());
                at = end;
                if (random.nextInt(4) == 0) {
                    byte[] state = stream.state();
                    stream.close();
                    stream = voice.stream();
                    stream.accept(new float[random.nextInt(300)]);
                    stream.setState(state);
                    assertArrayEquals(state, stream.state());
                }
            }
            events.addAll(stream.finish());
            assertEquals(voice.detect(talk), spans(events));
            assertFalse(stream.isSpeech());
        }
        assertEquals(List.of(), stream.finish());
        stream.close();
    }

    @Test
    void manyStreamsBetweenTheirCallsHoldNoNativeMemory() {
        float[] samples = LoudVoice.talk(4).samples();
        List<VoiceStream> streams = new ArrayList<>();
        voice.stream().accept(samples); // the worker is there
        long before = Tidegate.nativeBytes();
        for (int i = 0; i < 500; i++) {
            streams.add(voice.stream());
        }
        List<VoiceEvent> expected = streams.get(0).accept(samples);
        for (VoiceStream stream : streams.subList(1, streams.size())) {
            assertEquals(expected, stream.accept(samples));
        }
        assertTrue(Tidegate.nativeBytes() <= before, Tidegate.nativeBytes() - before + " bytes");
        streams.forEach(VoiceStream::close);
    }

    @Test
    void aStreamOfAnotherRateIsResampledAsARecordingIs() {
        Random random = new Random(9);
        for (int rate : new int[] {48_000, 44_100, 16_000, 4000}) {
            Audio talk = LoudVoice.talk(rate).at(rate);
            float[] samples = talk.samples();
            VoiceStream stream = voice.stream(rate, voice.reading().rules());
            List<VoiceEvent> events = new ArrayList<>();
            for (int at = 0; at < samples.length;) {
                int end = Math.min(samples.length, at + random.nextInt(3000));
                events.addAll(stream.accept(Arrays.copyOfRange(samples, at, end)));
                at = end;
                byte[] state = stream.state();
                try (VoiceStream plain = voice.stream()) {
                    assertThrows(IllegalArgumentException.class, () -> plain.setState(state));
                }
                stream.close();
                stream = voice.stream(rate, voice.reading().rules());
                stream.setState(state);
                assertArrayEquals(state, stream.state());
            }
            events.addAll(stream.finish());
            List<SpeechSpan> expected = voice.detect(talk);
            assertTrue(expected.size() > 1);
            assertEquals(2 * expected.size(), events.size());
            for (int i = 0; i < expected.size(); i++) {
                assertEquals(expected.get(i).firstSample(), events.get(2 * i).sample());
                assertEquals(expected.get(i).endSample(), Math.min(samples.length, events.get(2 * i + 1).sample()));
                assertEquals(expected.get(i).probability(), events.get(2 * i + 1).probability());
                assertEquals(expected.get(i).end(), events.get(2 * i + 1).seconds(), 2.0 / LoudVoice.RATE);
            }
            byte[] state = stream.state();
            state[4] ^= 1; // the rate
            VoiceStream last = stream;
            assertThrows(IllegalArgumentException.class, () -> last.setState(state));
            stream.close();
        }
        assertThrows(IllegalArgumentException.class, () -> voice.stream(0, SpeechRules.USUAL));
    }

    @Test
    void aStreamRefusesWhatIsNoNumberAndNoStateOfItAndStaysAsItWas() {
        try (VoiceStream stream = voice.stream(); VoiceStream other = voice.stream()) {
            assertTrue(Float.isNaN(stream.probability()));
            assertEquals(LoudVoice.RATE, stream.rate());
            float[] samples = LoudVoice.talk(3).samples();
            stream.accept(Arrays.copyOf(samples, 1000));
            byte[] state = stream.state();
            assertThrows(IllegalArgumentException.class, () -> stream.accept(0, Float.NaN));
            Random random = new Random(1);
            List<byte[]> wrong = new ArrayList<>(List.of(new byte[0], new byte[200], Arrays.copyOf(state, state.length - 1),
                    Arrays.copyOf(state, state.length + 4), Arrays.copyOf(state, 30)));
            for (int i = 0; i < 32; i++) {
                byte[] header = state.clone();
                header[i % 16] ^= (byte) (1 + random.nextInt(255)); // the magic number, the rate and the counts
                wrong.add(header);
            }
            for (byte[] bytes : wrong) {
                assertThrows(IllegalArgumentException.class, () -> stream.setState(bytes), () -> Arrays.toString(bytes));
                assertArrayEquals(state, stream.state());
            }
            for (int i = 0; i < 2000; i++) { // refused or taken, nothing else
                byte[] flipped = state.clone();
                flipped[random.nextInt(flipped.length)] ^= (byte) (1 << random.nextInt(8));
                try {
                    other.setState(flipped);
                    other.accept(samples);
                    other.finish();
                } catch (IllegalArgumentException e) {
                    assertTrue(e.getMessage().length() > 20, e.getMessage());
                }
            }
            assertArrayEquals(state, stream.state());
        }
    }

    @Test
    void aStateOfAnotherModelIsRefused() {
        try (Model model = LoudVoice.model()) {
            model.parameter("logit.bias").set(-3);
            try (VoiceAnswers changed = new VoiceFormat().answers(LoudVoice.READING, model, Precision.FLOAT32, 1);
                    VoiceStream theirs = changed.stream(); VoiceStream ours = voice.stream()) {
                theirs.accept(new float[500]);
                ours.accept(new float[100]);
                byte[] before = ours.state();
                assertThrows(IllegalArgumentException.class, () -> ours.setState(theirs.state()));
                assertArrayEquals(before, ours.state());
            }
        }
    }

    static Stream<String> networks() {
        return Stream.of(
                "x = input axis=a cols=80\ny = linear x cols=1\n => has no value 'sound'",
                "sound = input axis=a cols=79\nspeech = linear sound cols=1\n => expected an input of 80 floats",
                "sound = input axis=a cols=80 per=sequence\nspeech = linear sound cols=1\n => expected an input of 80 floats",
                "sound = ids axis=a\ne = embedding sound rows=3 cols=1\nspeech = linear e cols=1\n => expected an input of 80 floats",
                "sound = input axis=a cols=80\nspeech = linear sound cols=2\n => expected an output of 1 floats",
                "sound = input axis=a cols=80\nl = linear sound cols=1\nspeech = pool l kind=last\n => expected an output of 1 floats",
                "sound = input axis=a cols=80\nz = input axis=a cols=1\nl = linear sound cols=1\nspeech = add l z\n"
                        + " => has the inputs [sound, z]; expected sound alone",
                "sound = input axis=a cols=80\nw = frames sound size=2\nspeech = linear w cols=1\n => one row for each",
                "sound = input axis=a cols=80\nw = frames sound size=2 stride=1\nspeech = linear w cols=1\n => one row for each",
                "sound = input axis=a cols=80\nw = frames sound size=3 stride=1 pad=1\nspeech = linear w cols=1\n => comes later",
                "sound = input axis=a cols=80\nh = recurrent sound cell=gru size=3 bidirectional=true\nspeech = linear h cols=1\n"
                        + " => its node 'h' reads what comes later",
                "sound = input axis=a cols=80\nr = reverse sound\nspeech = linear r cols=1\n => its node 'r' reads what comes later",
                "sound = input axis=a cols=80\nk = attention sound sound score=dot\nspeech = linear k cols=1\n => its node 'k' reads",
                "sound = input axis=a cols=80\nm = pool sound kind=mean\nl = linear m cols=4\nh = recurrent sound cell=gru size=4 h0=l\n"
                        + "speech = linear h cols=1\n => its node 'm' reads what comes later");
    }

    @ParameterizedTest
    @MethodSource("networks")
    void aNetworkThatIsNoVoiceDetectorIsRefused(String given) {
        String[] parts = given.split(" => ");
        try (Model model = Model.of(parts[0], 1)) {
            String message = assertThrows(IllegalArgumentException.class,
                    () -> new VoiceFormat().save(LoudVoice.READING, model, folder.resolve("no"))).getMessage();
            assertTrue(message.contains(parts[1]), message);
            assertFalse(folder.resolve("no").toFile().exists());
        }
    }

    @Test
    void windowsInsideAChunkMayReachWhereTheyLike() {
        String spec = "sound = input axis=a cols=80\nc = conv1d sound filters=4 kernel=9 stride=8 pad=0,8 pad_mode=reflect channels=1\n"
                + "m = pool c kind=max window=3 channels=4 pad=1\nh = recurrent m cell=gru size=3\nspeech = linear h cols=1\n";
        try (Model model = Model.of(spec, 1)) {
            LoudVoice.READING.checkFits(model);
        }
    }

    @Test
    void numbersOfAReadingAreChecked() {
        for (int[] wrong : new int[][] {{99, 80}, {1_000_001, 80}, {8000, 0}, {8000, (1 << 20) + 1}, {-1, 80}, {8000, -1}}) {
            assertThrows(IllegalArgumentException.class, () -> new VoiceReading(wrong[0], wrong[1], SpeechRules.USUAL, "sound", "speech"));
        }
        assertEquals("voice activity at 16000 Hz, a probability every 32.0 ms, speech from 0.50 on",
                new VoiceReading(16_000, 512, SpeechRules.USUAL, "sound", "speech").describe());
    }
}
