package org.tidegate.task.transcribe;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tidegate.Batch;
import org.tidegate.Cell;
import org.tidegate.Model;
import org.tidegate.Precision;
import org.tidegate.Session;
import org.tidegate.Tensor;
import org.tidegate.audio.Audio;
import org.tidegate.audio.Recording;
import org.tidegate.audio.SpeechAugmentation;
import org.tidegate.json.JsonObject;
import org.tidegate.train.Training;

/** Frames that the network stacks: into the steps of its first layer, and between the layers of a pyramid. */
class TranscriberPyramidTest {
    private static final List<Recording> WORDS = Tones.words(48, 1);
    private static final int MELS = 16;
    private static final int FRAME = 256;
    private static final int HOP = 80;

    @TempDir
    Path folder;

    private static TranscriberBuilder builder(int stack, int pyramid, int directions) {
        return Transcriber.builder(WORDS).mels(MELS).hidden(12).layers(3).dropout(0.1).stack(stack).pyramid(pyramid)
                .directions(directions).seed(stack + 10L * pyramid);
    }

    /** Untrained, with weights so large that the letters change from step to step. */
    private static Transcriber lively(int stack, int pyramid, int directions) {
        Transcriber model = builder(stack, pyramid, directions).build();
        for (Tensor parameter : model.model().parameters()) {
            float[] values = parameter.toArray();
            for (int i = 0; i < values.length; i++) {
                values[i] *= parameter.name().equals("logits.bias") ? 0 : 8;
            }
            parameter.set(values);
        }
        return model;
    }

    /** A sound that has so many frames, and some samples more. */
    private static Audio sound(int frames) {
        float[] samples = Tones.say("abc ca bcab", Tones.RATE, frames).samples();
        return new Audio(Arrays.copyOf(samples, FRAME + (frames - 1) * HOP + frames * 7 % HOP), Tones.RATE);
    }

    /** Sounds of every remainder of frames. */
    private static List<Audio> sounds(int framesPerStep) {
        List<Audio> sounds = new ArrayList<>();
        for (int frames = 1; frames <= 2 * framesPerStep + 1; frames++) {
            sounds.add(sound(frames));
        }
        for (int more = 0; more < framesPerStep; more++) {
            sounds.add(sound(60 + more));
        }
        return sounds;
    }

    private static float[] rows(FloatBuffer buffer, Batch batch, String axis, int sequence, int columns) {
        float[] rows = new float[batch.length(axis, sequence) * columns];
        for (int t = 0; t * columns < rows.length; t++) {
            buffer.get(batch.row(axis, sequence, t) * columns, rows, t * columns, columns);
        }
        return rows;
    }

    /** The rows {@code [T,N,C]} of a network's output, of sequences {@code [T][columns]} in one input. */
    private static List<float[]> run(Model model, String input, String output, int inputColumns, int outputColumns,
            List<float[]> sequences) {
        Batch batch = model.newBatch();
        batch.lengths(input, sequences.stream().mapToInt(rows -> rows.length / inputColumns).toArray());
        FloatBuffer to = batch.writableReals(input);
        for (int s = 0; s < sequences.size(); s++) {
            for (int t = 0; t < batch.length(input, s); t++) {
                to.put(batch.row(input, s, t) * inputColumns, sequences.get(s), t * inputColumns, inputColumns);
            }
        }
        try (Session session = model.newSession()) {
            session.forward(batch);
            FloatBuffer from = session.output(output).buffer();
            String axis = model.value(output).axis().orElseThrow();
            List<float[]> rows = new ArrayList<>();
            for (int s = 0; s < sequences.size(); s++) {
                rows.add(rows(from, batch, axis, s, outputColumns));
            }
            return rows;
        }
    }

    private static void copy(Model from, String node, Model to) {
        for (Tensor parameter : to.parameters()) {
            String name = parameter.name();
            if (name.startsWith(node + ".")) {
                parameter.set(from.parameter(name).toArray());
            }
        }
    }

    @Test
    void theSpecIsReadable() {
        try (Transcriber model = builder(2, 1, 2).cell(Cell.GRU).build()) {
            assertEquals("""
                    features = input axis=features cols=16
                    stacked = frames features size=2
                    dropout = dropout stacked p=0.1
                    rnn = recurrent dropout cell=gru size=12 bidirectional=true
                    pairs = frames rnn size=2
                    dropout2 = dropout pairs p=0.1
                    rnn2 = recurrent dropout2 cell=gru size=12 layers=2 dropout=0.1 bidirectional=true
                    dropout3 = dropout rnn2 p=0.1
                    logits = linear dropout3 cols=5
                    letters = ids axis=letters
                    loss = ctc logits letters
                    """, model.model().spec());
        }
        try (Transcriber model = builder(1, 0, 1).build()) {
            assertEquals(List.of("features", "letters"), model.model().axes());
        }
    }

    @Test
    void theLastFrameIsRepeatedUntilTheStepsAreWhole() {
        for (int stack = 1; stack <= 3; stack++) {
            for (int pyramid = 0; pyramid <= 2; pyramid++) {
                int framesPerStep = stack * new int[] {1, 2, 4}[pyramid];
                try (Transcriber model = builder(stack, pyramid, 2).build()) {
                    for (int frames = 1; frames <= 2 * framesPerStep + 1; frames++) {
                        Audio sound = sound(frames);
                        float[] plain = model.reading().features().of(sound.samples());
                        float[] whole = model.reading().frames("sound", sound);
                        int steps = 1;
                        while (steps * framesPerStep < frames) {
                            steps++;
                        }
                        assertEquals(frames * MELS, plain.length);
                        assertEquals(steps * framesPerStep * MELS, whole.length);
                        assertEquals(steps, model.reading().length(new Recording("sound", sound, "", "")));
                        for (int i = 0; i < whole.length; i++) {
                            assertEquals(plain[Math.min(i / MELS, frames - 1) * MELS + i % MELS], whole[i]);
                        }
                    }
                }
            }
        }
    }

    /** Each layer by itself, with frames and steps put side by side here. */
    @Test
    void theLayersReadFramesAndPairsOfStepsSideBySide() {
        for (int directions = 1; directions <= 2; directions++) {
            int width = 12 * directions;
            String both = directions == 2 ? " bidirectional=true" : "";
            try (Transcriber model = builder(3, 2, directions).build();
                    Model first = Model.of("x = input axis=x cols=48\nrnn = recurrent x cell=lstm size=12" + both + "\n", 9);
                    Model second = Model.of("x = input axis=x cols=" + 2 * width + "\nrnn2 = recurrent x cell=lstm size=12" + both
                            + "\n", 9);
                    Model third = Model.of("x = input axis=x cols=" + 2 * width + "\nrnn3 = recurrent x cell=lstm size=12" + both
                            + "\nlogits = linear rnn3 cols=5\n", 9)) {
                copy(model.model(), "rnn", first);
                copy(model.model(), "rnn2", second);
                copy(model.model(), "rnn3", third);
                copy(model.model(), "logits", third);
                List<float[]> frames = sounds(12).stream().map(sound -> model.reading().frames("sound", sound)).toList();
                // The rows of a sequence side by side are the same floats, read as fewer and wider rows.
                List<float[]> rows = run(first, "x", "rnn", 48, width, frames);
                rows = run(second, "x", "rnn2", 2 * width, width, rows);
                rows = run(third, "x", "logits", 2 * width, 5, rows);
                List<float[]> logits = run(model.model(), "features", "logits", MELS, 5, frames);
                for (int s = 0; s < frames.size(); s++) {
                    assertEquals(frames.get(s).length / MELS / 12 * 5, logits.get(s).length);
                    assertArrayEquals(rows.get(s), logits.get(s), 1e-6f);
                }
            }
        }
    }

    @Test
    void aStreamHearsWhatTheWholeRecordingSaysForEveryRemainderOfFrames() {
        for (int stack = 1; stack <= 3; stack++) {
            for (int pyramid = 0; pyramid <= 2; pyramid++) {
                int framesPerStep = stack << pyramid;
                try (Transcriber model = lively(stack, pyramid, 1)) {
                    for (Precision precision : Precision.values()) {
                        int letters = 0;
                        Random random = new Random(framesPerStep);
                        try (TranscriberAnswers answers = model.answers(precision); SpeechStream stream = answers.stream()) {
                            for (Audio sound : sounds(framesPerStep)) {
                                StringBuilder heard = new StringBuilder();
                                for (int at = 0; at < sound.samples().length;) {
                                    int count = Math.min(sound.samples().length - at, 1 + random.nextInt(500));
                                    heard.append(stream.accept(Arrays.copyOfRange(sound.samples(), at, at + count)));
                                    at += count;
                                }
                                heard.append(stream.finish());
                                assertEquals(answers.transcribe(sound).text(), heard.toString());
                                letters += heard.length();
                            }
                            assertEquals("", stream.finish());
                        }
                        assertTrue(letters > 2 * framesPerStep, stack + ", " + pyramid + ": " + letters + " letters");
                    }
                }
            }
        }
    }

    @Test
    void aStreamThatIsCutOffInAStepBeginsAnew() {
        try (Transcriber model = lively(2, 1, 1); TranscriberAnswers answers = model.answers(Precision.FLOAT32);
                SpeechStream stream = answers.stream()) {
            for (int frames = 1; frames <= 9; frames++) {
                stream.accept(sound(frames).samples());
                stream.finish();
                Audio sound = sound(61);
                assertEquals(answers.transcribe(sound).text(), stream.accept(sound.samples()) + stream.finish());
            }
        }
    }

    @Test
    void aBatchOfRecordingsGivesTheBitsOfEachAlone() {
        for (int directions = 1; directions <= 2; directions++) {
            try (Transcriber model = lively(3, 2, directions)) {
                List<Audio> sounds = sounds(12);
                for (Precision precision : Precision.values()) {
                    try (TranscriberAnswers answers = model.answers(precision)) {
                        List<Transcription> together = answers.transcribe(sounds);
                        for (int i = 0; i < sounds.size(); i++) {
                            assertEquals(answers.transcribe(sounds.get(i)), together.get(i));
                        }
                        assertTrue(new HashSet<>(together).size() > sounds.size() / 2);
                    }
                }
            }
        }
    }

    @Test
    void aLettersTimeIsTheMiddleOfItsFrames() {
        try (Transcriber model = lively(3, 1, 2); TranscriberAnswers answers = model.answers(Precision.FLOAT32)) {
            Audio sound = sound(80);
            List<Double> seconds = answers.transcribe(sound).seconds();
            assertTrue(seconds.size() > 3, seconds.toString());
            for (double second : seconds) {
                // A step has 6 frames, 10 ms apart, of 32 ms: 82 ms.
                double step = (second - 0.041) / 0.06;
                assertEquals(Math.rint(step), step, 1e-9);
                assertTrue(step > -0.5 && step < 13.5, seconds.toString());
            }
        }
    }

    @Test
    void aPyramidLearnsIsKeptInAFileAndWritesWhileItHears() throws IOException {
        Path file = folder.resolve("pyramid.safetensors");
        SpeechAugmentation varied = SpeechAugmentation.NONE.speed(0.95, 1.05).gain(3).noise(0.01).join(3);
        try (Transcriber model = Transcriber.builder(WORDS).mels(MELS).hidden(24).layers(2).dropout(0.1).stack(1).pyramid(1).directions(1)
                .augmentation(varied).build()) {
            model.train(WORDS, List.of(), Training.epochs(30).batch(8).learningRate(0.02));
            model.save(file);
            try (TranscriberAnswers before = model.answers(Precision.FLOAT32);
                    TranscriberAnswers answers = Transcriber.open(file, Precision.FLOAT32); SpeechStream stream = answers.stream()) {
                assertEquals(1, answers.reading().pyramid());
                assertEquals(1, answers.reading().stack());
                assertTrue(answers.reading().describe().contains("a pyramid of height 1"), answers.reading().describe());
                List<Recording> others = Tones.words(24, 7);
                TranscriptionEvaluation heard = answers.evaluate(others);
                assertTrue(heard.letterErrorRate() <= 0.15, heard.toString());
                for (Recording other : others) {
                    Transcription whole = answers.transcribe(other.audio());
                    assertEquals(before.transcribe(other.audio()), whole);
                    assertEquals(whole.text(), stream.accept(other.audio().samples()) + stream.finish());
                }
                Transcription two = answers.transcribe(Tones.say("ab", Tones.RATE, 5));
                assertEquals("ab", two.text());
                assertEquals(0.08, two.seconds().get(0), 0.06);
                assertEquals(0.16, two.seconds().get(1), 0.06);
            }
        }
        try (Transcriber loaded = Transcriber.load(file)) {
            loaded.train(WORDS, List.of(), Training.epochs(1).batch(8).learningRate(0.001));
        }
    }

    @Test
    void whatNeedsMoreStepsOrLayersIsNamed() {
        String message = assertThrows(IllegalArgumentException.class, () -> builder(1, 3, 2).build()).getMessage();
        assertEquals("a pyramid of height 3 needs at least 4 recurrent layers, for it halves the steps after each of the first 3, and there"
                + " are 3; add layers, or halve less often", message);
        message = assertThrows(IllegalArgumentException.class, () -> builder(1, -1, 2)).getMessage();
        assertEquals("the height of the pyramid is -1; expected 0 or more", message);
        message = assertThrows(IllegalArgumentException.class, () -> builder(100_000, 0, 2).build()).getMessage();
        assertTrue(message.startsWith("a stack of 100000 frames and a pyramid of height 0 make steps of more than 65536 frames"), message);
        assertThrows(IllegalArgumentException.class, () -> builder(2, 40, 1).layers(50).build());
        try (Transcriber model = builder(2, 2, 2).build()) {
            // 13 frames, 8 a step.
            Recording recording = new Recording("long.wav", Tones.say("a", Tones.RATE, 1), "abc", "");
            message = assertThrows(IllegalArgumentException.class, () -> model.reading().checkTrainable(recording)).getMessage();
            assertTrue(message.startsWith("long.wav is too short for its text: \"abc\" needs at least 3 steps of 8 frames"), message);
            assertTrue(message.endsWith("its 0.16 s have 2. Correct the text, or use fewer frames a step: a smaller stack, or a lower"
                    + " pyramid."), message);
        }
    }

    @Test
    void aNetworkThatStacksOtherwiseThanItsReadingSaysIsRefused() {
        try (Transcriber model = builder(2, 1, 2).build()) {
            TranscriberReading right = model.reading();
            right.checkFits(model.model());
            for (int[] wrong : new int[][] {{3, 1, 2}, {1, 1, 2}, {4, 0, 2}, {2, 0, 2}, {2, 2, 2}, {1, 2, 2}, {2, 1, 1}}) {
                TranscriberReading reading = new TranscriberReading(right.features(), right.letters(), wrong[0], wrong[1], wrong[2],
                        right.augmentation(), right.columns());
                assertThrows(IllegalArgumentException.class, () -> reading.checkFits(model.model()), Arrays.toString(wrong));
            }
            for (String[] change : new String[][] {{"frames rnn size=2", "frames rnn size=1"},
                {"frames rnn size=2", "frames rnn size=2 pad=1"},
                {"frames rnn size=2", "frames rnn size=2 stride=1"}, {"frames rnn", "frames dropout"},
                {"frames rnn size=2", "upsample rnn factor=2"},
                {"frames features size=2", "frames features size=3"}, {"linear dropout3", "linear dropout"},
                {"dropout pairs", "dropout rnn"},
                {"layers=2 dropout=0.1 bidirectional=true", "layers=2 dropout=0.1"}, {"cols=16", "cols=15"}}) {
                String spec = model.model().spec();
                assertTrue(spec.contains(change[0]), change[0]);
                try (Model other = Model.of(spec.replace(change[0], change[1]), 1)) {
                    assertThrows(IllegalArgumentException.class, () -> right.checkFits(other), change[1]);
                }
            }
        }
    }

    @Test
    void aFileFromBeforeTheNetworkStackedIsRefusedWithWhatToDo() throws IOException {
        try (Transcriber model = builder(2, 0, 2).build()) {
            String json = model.reading().toJson().toString();
            String old = json.replace("\"stack\":2,\"pyramid\":0,", "").replace("\"mels\":16", "\"mels\":16,\"stack\":2");
            assertNotEquals(json, old);
            String message = assertThrows(IllegalArgumentException.class,
                    () -> TranscriberReading.of(JsonObject.parse(old))).getMessage();
            assertEquals("it is of an earlier Tidegate, whose networks did not stack the frames themselves: train the model again, with the"
                    + " data and the options that it was made with", message);
        }
    }
}
