package org.tidegate.task.transcribe;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tidegate.Batch;
import org.tidegate.Precision;
import org.tidegate.audio.Audio;
import org.tidegate.audio.Recording;
import org.tidegate.audio.SpeechAugmentation;
import org.tidegate.checkpoint.CheckpointException;
import org.tidegate.checkpoint.SafetensorsFile;
import org.tidegate.task.ExampleReading;
import org.tidegate.train.Progress;
import org.tidegate.train.Training;
import org.tidegate.train.TrainingListener;

class TranscriberTest {
    private static final List<Recording> WORDS = Tones.words(48, 1);
    private static final SpeechAugmentation VARIED = SpeechAugmentation.NONE.speed(0.95, 1.05).gain(3).noise(0.01).join(3);

    @TempDir
    Path folder;

    private static TranscriberBuilder small(List<Recording> recordings) {
        return Transcriber.builder(recordings).mels(16).hidden(16).dropout(0.1).augmentation(VARIED);
    }

    private static Training training(double epochs) {
        return Training.epochs(epochs).batch(8).learningRate(0.02);
    }

    private static double loss(Transcriber model, List<Recording> recordings) {
        try (TranscriberAnswers answers = model.answers(Precision.FLOAT32)) {
            return answers.loss(recordings);
        }
    }

    private static Map<String, String> tensors(Path file) throws IOException {
        Map<String, String> all = new TreeMap<>();
        try (SafetensorsFile tensors = SafetensorsFile.open(file)) {
            for (String name : tensors.tensors().keySet()) {
                byte[] bytes = new byte[tensors.readBytes(name).remaining()];
                tensors.readBytes(name).get(bytes);
                all.put(name, Arrays.toString(bytes));
            }
        }
        return all;
    }

    private static List<Recording> sentences(int rate) {
        List<Recording> sentences = new ArrayList<>();
        String[] texts = {"ab c", "c", "ba ca", "a b c", "cb ab", "b", "ac ba", "ca b"};
        for (int i = 0; i < texts.length; i++) {
            sentences.add(new Recording("sentence " + i, Tones.say(texts[i], rate, 77 + i), texts[i], ""));
        }
        return sentences;
    }

    @Test
    void itLearnsToWriteDownWhatIsSaid() throws IOException {
        Path file = folder.resolve("tones.safetensors");
        try (Transcriber model = small(WORDS).build()) {
            double before = loss(model, WORDS);
            model.train(WORDS, Tones.words(8, 2), training(30));
            assertTrue(loss(model, WORDS) < 0.2 * before);
            model.save(file);
        }
        try (TranscriberAnswers answers = Transcriber.open(file, Precision.FLOAT32)) {
            assertEquals(VARIED.toJson(), answers.reading().augmentation().toJson());
            // Joined words were only ever made by the augmentation; the other rate is only ever heard resampled.
            for (int rate : new int[] {Tones.RATE, 22_050}) {
                TranscriptionEvaluation heard = answers.evaluate(sentences(rate), 0);
                assertTrue(heard.letterErrorRate() <= 0.15, rate + " Hz: " + heard);
                assertEquals(8, heard.figures().number("examples"));
                assertTrue(answers.evaluate(sentences(rate), 10).letterErrorRate() <= 0.15);
            }
            Audio audio = Tones.say("ab", Tones.RATE, 5);
            Transcription best = answers.transcribe(audio);
            assertEquals("ab", best.text());
            assertEquals(List.of(best, best), answers.transcribe(List.of(audio, audio)));
            assertEquals(2, best.seconds().size());
            assertEquals(0.08, best.seconds().get(0), 0.06);
            assertEquals(0.16, best.seconds().get(1), 0.06);
            List<Transcription> several = answers.transcribe(audio, 20, 3);
            assertEquals(3, several.size());
            assertEquals("ab", several.get(0).text());
            assertTrue(several.get(0).logProbability() >= best.logProbability() - 1e-6);
            assertThrows(IllegalStateException.class, answers::stream);
        }
    }

    @Test
    void lettersComeWhileItHearsAndAreThoseOfTheWhole() throws IOException {
        try (Transcriber model = small(WORDS).directions(1).hidden(24).build()) {
            model.train(WORDS, List.of(), training(20));
            assertEquals(1, model.reading().directions());
            boolean early = false;
            int letters = 0;
            try (TranscriberAnswers answers = model.answers(Precision.FLOAT32); SpeechStream stream = answers.stream()) {
                assertEquals(Tones.RATE, stream.rate());
                for (Recording sentence : sentences(Tones.RATE)) {
                    float[] samples = sentence.audio().samples();
                    for (int most : new int[] {1, 50, 333, 100_000}) {
                        Random random = new Random(most);
                        StringBuilder heard = new StringBuilder();
                        for (int at = 0; at < samples.length;) {
                            int count = Math.min(samples.length - at, 1 + random.nextInt(most));
                            heard.append(stream.accept(Arrays.copyOfRange(samples, at, at + count)));
                            at += count;
                            early |= at < samples.length / 2 && !heard.isEmpty();
                        }
                        heard.append(stream.finish());
                        assertEquals(answers.transcribe(sentence.audio()).text(), heard.toString());
                        letters += heard.length();
                    }
                }
            }
            assertTrue(early && letters > 50, letters + " letters");
        }
    }

    @Test
    void aStreamBelongsToOneThreadAndEndsWhenItIsClosed() throws Exception {
        try (Transcriber model = small(WORDS).directions(1).build(); TranscriberAnswers answers = model.answers(Precision.INT8)) {
            SpeechStream stream = answers.stream();
            SpeechStream other = answers.stream();
            float[] samples = WORDS.get(0).audio().samples();
            String heard = stream.accept(samples) + stream.finish();
            assertThrows(IllegalArgumentException.class, () -> other.accept(new float[] {Float.NaN}));
            assertEquals(heard, other.accept(samples) + other.finish());
            assertEquals(heard, answers.transcribe(WORDS.get(0).audio()).text());
            stream.close();
            stream.close();
            assertThrows(IllegalStateException.class, () -> stream.accept(samples));
            assertThrows(IllegalStateException.class, stream::finish);
            answers.close();
            assertEquals(heard, other.accept(samples) + other.finish());
            other.close();
            assertThrows(IllegalStateException.class, answers::stream);
        }
    }

    @Test
    void anEvaluationHasTheLossOfWhatCanBeScored() throws IOException {
        try (Transcriber model = small(WORDS).build(); TranscriberAnswers answers = model.answers(Precision.FLOAT32)) {
            Recording unknown = new Recording("other", WORDS.get(0).audio(), "x", "");
            Recording tooLong = new Recording("long", WORDS.get(0).audio(), "abc".repeat(20), "");
            List<Recording> some = List.of(WORDS.get(0), unknown, tooLong, WORDS.get(1));
            assertEquals(answers.loss(List.of(WORDS.get(0), WORDS.get(1))), answers.evaluate(some).loss());
            TranscriptionEvaluation none = answers.evaluate(List.of(unknown, tooLong));
            assertTrue(Double.isNaN(none.loss()));
            assertTrue(none.figures().toJson().toString().contains("\"loss\":null"), none.figures().toJson().toString());
        }
    }

    @Test
    void recordingsAreJoinedWithOthersOfTheirSpeakerInTheSameTraining() {
        // Each speaker has a letter of his own, so that the labels show whose recordings were joined.
        List<Recording> all = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            String letter = i % 2 == 0 ? "a" : "b";
            all.add(new Recording(letter + i, Tones.say(letter, Tones.RATE, i), letter, letter));
        }
        try (Transcriber model = small(all).augmentation(SpeechAugmentation.NONE.join(3)).build()) {
            TranscriberReading reading = model.reading();
            ExampleReading.Filler<Recording> both = reading.filler(all);
            ExampleReading.Filler<Recording> few = reading.filler(all.subList(0, 2));
            Set<String> texts = new TreeSet<>();
            for (int step = 0; step < 20; step++) {
                Batch batch = model.model().newBatch();
                both.fill(batch, all, new Random(step));
                for (int s = 0; s < all.size(); s++) {
                    String text = text(reading, batch, s);
                    String letter = all.get(s).text();
                    assertTrue(List.of(letter, letter + " " + letter, letter + " " + letter + " " + letter).contains(text), text);
                    texts.add(text);
                }
                // The training of the other filler has one recording of this speaker, which can only be joined with itself.
                few.fill(batch.clear(), all.subList(0, 1), new Random(step));
                int parts = text(reading, batch, 0).length() / 2 + 1;
                float[] repeated = Audio.join(Collections.nCopies(parts, all.get(0).audio())).samples();
                float[] frames = new float[batch.length(TranscriberReading.FEATURES, 0) * reading.features().logMel().mels()];
                batch.writableReals(TranscriberReading.FEATURES).get(0, frames);
                assertArrayEquals(reading.frames("repeated", new Audio(repeated, Tones.RATE)), frames);
            }
            assertEquals(Set.of("a", "a a", "a a a", "b", "b b", "b b b"), texts);
        }
    }

    private static String text(TranscriberReading reading, Batch batch, int sequence) {
        int[] labels = new int[batch.length(TranscriberReading.LETTERS, sequence)];
        for (int t = 0; t < labels.length; t++) {
            labels[t] = batch.writableIds(TranscriberReading.LETTERS).get(batch.row(TranscriberReading.LETTERS, sequence, t));
        }
        return reading.letters().text(labels);
    }

    @Test
    void aPartOfTheRecordingsCanBeHeldOutAndBpttIsRefused() throws IOException {
        try (Transcriber model = small(WORDS).build()) {
            String message = assertThrows(IllegalArgumentException.class, () -> model.train(WORDS, training(1).bptt(5))).getMessage();
            assertTrue(message.startsWith("bptt 5 means nothing for recordings"), message);
            model.train(WORDS, training(1).validation(0.25));
            assertTrue(model.history().get(0).validationLoss() > 0);
        }
    }

    @Test
    void theSameSeedGivesTheSameBits() throws IOException {
        List<Path> files = new ArrayList<>();
        for (int run = 0; run < 3; run++) {
            Path file = folder.resolve("run" + run);
            files.add(file);
            try (Transcriber model = small(WORDS).seed(run < 2 ? 5 : 6).build()) {
                model.train(WORDS, List.of(), training(2).seed(run < 2 ? 5 : 6).checkpoint(file));
            }
        }
        assertEquals(tensors(files.get(0)), tensors(files.get(1)));
        assertFalse(tensors(files.get(0)).equals(tensors(files.get(2))));
    }

    @Test
    void aRunThatStoppedGoesOnToTheBit() throws IOException {
        Path whole = folder.resolve("whole");
        Path parts = folder.resolve("parts");
        try (Transcriber model = small(WORDS).build()) {
            model.train(WORDS, List.of(), training(3).checkpoint(whole));
        }
        try (Transcriber model = small(WORDS).build()) {
            long[] made = {0};
            model.train(WORDS, List.of(), training(3).checkpoint(parts).stopWhen(() -> made[0] >= 8).listener(new TrainingListener() {
                @Override
                public void stepped(Progress progress) {
                    made[0] = progress.step();
                }
            }));
            assertEquals(8, made[0]);
        }
        try (Transcriber model = Transcriber.load(parts)) {
            List<Recording> others = Tones.words(48, 3);
            assertThrows(IllegalArgumentException.class, () -> model.train(others, training(3).continued().checkpoint(parts)));
        }
        try (Transcriber model = Transcriber.load(parts)) {
            model.train(WORDS, training(3).continued().checkpoint(parts));
        }
        assertEquals(tensors(whole), tensors(parts));
    }

    @Test
    void aTextThatIsTooLongForItsRecordingIsNamed() throws IOException {
        Audio shortSound = Tones.say("a", Tones.RATE, 1);
        List<Recording> recordings = List.of(WORDS.get(0), new Recording("long.wav", shortSound, "aabbccaabbcc", ""));
        try (Transcriber model = small(recordings).build()) {
            String message = assertThrows(IllegalArgumentException.class,
                    () -> model.train(recordings, List.of(), training(1))).getMessage();
            // 1280 samples are 1 + (1280 − 256) / 80 = 13 frames, two a step; 12 letters and 6 repeats need 18 steps.
            assertTrue(message.startsWith("long.wav is too short for its text: \"aabbccaabbcc\" needs at least 18 steps of 2 frames"),
                    message);
            assertTrue(message.contains("its 0.16 s have 7."), message);
            assertThrows(IllegalArgumentException.class,
                    () -> model.train(recordings.subList(0, 1), recordings.subList(1, 2), training(1)));
        }
    }

    @Test
    void whatCannotBeHeardIsRefused() {
        Recording empty = new Recording("empty.wav", new Audio(new float[100], 8000), "a", "");
        List<Recording> recordings = List.of(WORDS.get(0), empty);
        try (Transcriber model = small(recordings).build()) {
            String message = assertThrows(IllegalArgumentException.class,
                    () -> model.train(recordings, List.of(), training(1))).getMessage();
            assertTrue(message.contains("empty.wav is too short: it lasts 13 ms; expected at least 32 ms"), message);
            Recording other = new Recording("other.wav", WORDS.get(0).audio(), "x", "");
            message = assertThrows(IllegalArgumentException.class,
                    () -> model.train(List.of(WORDS.get(0), other), List.of(), training(1))).getMessage();
            assertTrue(message.contains("other.wav: the letter \"x\""), message);
            try (TranscriberAnswers answers = model.answers(Precision.FLOAT32)) {
                assertEquals(1, answers.evaluate(List.of(WORDS.get(0), other), 0).unknown());
                assertThrows(IllegalArgumentException.class, () -> answers.evaluate(List.of(), 0));
                assertThrows(IllegalArgumentException.class, () -> answers.transcribe(empty.audio()));
            }
        }
        assertThrows(IllegalArgumentException.class, () -> Transcriber.builder(List.of()));
        assertThrows(IllegalArgumentException.class, () -> small(List.of(empty)).build());
        assertThrows(IllegalArgumentException.class, () -> small(WORDS).directions(3));
    }

    @Test
    void aRecordingWithoutWordsIsLearnedAsSilence() throws IOException {
        List<Recording> recordings = new ArrayList<>(WORDS.subList(0, 6));
        recordings.add(new Recording("silence", Tones.say("  ", Tones.RATE, 9), "", "left"));
        try (Transcriber model = small(recordings).build()) {
            model.train(recordings, List.of(), training(2));
            assertTrue(Double.isFinite(loss(model, recordings)));
        }
    }

    @Test
    void filesThatAreNoTranscriberAreRefused() throws IOException {
        Path file = folder.resolve("model");
        try (Transcriber model = small(WORDS).build()) {
            model.save(file);
        }
        byte[] bytes = Files.readAllBytes(file);
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        for (String[] change : new String[][] {{"\\\"directions\\\":2", "\\\"directions\\\":1"}, {"\\\"mels\\\":16", "\\\"mels\\\":12"},
            {"\\\"least_speed\\\":0.95", "\\\"least_speed\\\":9.95"},
            {"\\\"stack\\\":2", "\\\"stack\\\":3"}, {"\\\"scale\\\":\\\"htk\\\"", "\\\"scale\\\":\\\"abc\\\""}}) {
            assertTrue(text.contains(change[0]), change[0]);
            Path other = Files.write(folder.resolve("other"),
                    text.replace(change[0], change[1]).getBytes(StandardCharsets.ISO_8859_1));
            String message = assertThrows(CheckpointException.class, () -> Transcriber.load(other)).getMessage();
            assertTrue(message.contains("is no usable model of the task \"transcribe\""), message);
        }
    }
}
