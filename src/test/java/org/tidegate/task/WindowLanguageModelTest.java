package org.tidegate.task;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tidegate.task.WindowLanguageModel.Passage;
import org.tidegate.text.Vocabulary;
import org.tidegate.train.Training;

class WindowLanguageModelTest {
    private static final String TEXT = echo(6000, 1);
    private static final String HELD_OUT = echo(600, 2);
    private static final Vocabulary VOCABULARY = Vocabulary.ofCodePoints(TEXT);

    @Test
    void seesAsFarAsItsWindowAndNoFurther() throws Exception {
        // What comes is known from the character three before, so a window of two knows no more than how often each occurs.
        double blind = loss(2);
        double seeing = loss(3);
        assertTrue(blind > 1.3, "a window of 2: " + blind);
        assertTrue(seeing < 0.75, "a window of 3: " + seeing);
        assertTrue(loss(5) < 0.75);
    }

    @Test
    void theLossIsTheSameHoweverTheTextIsCutIntoPassages() throws Exception {
        try (WindowLanguageModel model = trained(4)) {
            int[] ids = VOCABULARY.encode(HELD_OUT);
            double whole = model.loss(Passage.of(ids, ids.length), 1);
            assertEquals(whole, model.loss(Passage.of(ids, 1), 1), 1e-5);
            assertEquals(whole, model.loss(Passage.of(ids, 7), 1), 1e-5);
            LanguageModelEvaluation evaluation = model.evaluate(HELD_OUT, 1);
            assertEquals(whole, evaluation.loss(), 1e-5);
            assertEquals(HELD_OUT.length() - 1, evaluation.targets());
            assertEquals(HELD_OUT.length() - 1, evaluation.characters());
        }
    }

    @Test
    void theSameSeedTrainsTheSameModel() throws Exception {
        try (WindowLanguageModel first = trained(3); WindowLanguageModel second = trained(3)) {
            assertArrayEquals(Texts.parameters(first.model()), Texts.parameters(second.model()));
        }
    }

    @Test
    void aSavedModelPredictsAsBefore(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("window.safetensors");
        try (WindowLanguageModel model = trained(3)) {
            model.save(file);
            try (WindowLanguageModel loaded = WindowLanguageModel.load(file)) {
                assertEquals(3, loaded.window());
                assertEquals(VOCABULARY, loaded.vocabulary());
                assertEquals(model.evaluate(HELD_OUT, 1), loaded.evaluate(HELD_OUT, 1));
            }
        }
        assertThrows(org.tidegate.checkpoint.CheckpointException.class, () -> LanguageModel.load(file));
    }

    @Test
    void whatMakesNoSenseIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> WindowLanguageModel.create(VOCABULARY, 0, 8, 8, 0, 1));
        assertThrows(IllegalArgumentException.class, () -> WindowLanguageModel.create(VOCABULARY, 2, 8, 8, 1, 1));
        try (WindowLanguageModel model = WindowLanguageModel.create(VOCABULARY, 2, 8, 8, 0, 1)) {
            String message = assertThrows(IllegalArgumentException.class, () -> model.evaluate("a", 1)).getMessage();
            assertTrue(message.contains("at least 2"), message);
        }
    }

    private static double loss(int window) throws Exception {
        try (WindowLanguageModel model = trained(window)) {
            return model.evaluate(HELD_OUT, 1).loss();
        }
    }

    private static WindowLanguageModel trained(int window) throws Exception {
        WindowLanguageModel model = WindowLanguageModel.create(VOCABULARY, window, 8, 16, 0, 3);
        model.train(TEXT, "", Training.epochs(6).batch(8).bptt(20).learningRate(1e-2).seed(5));
        return model;
    }

    /** Each of five characters is the one three before it, but one in eight is any. */
    private static String echo(int length, long seed) {
        Random random = new Random(seed);
        StringBuilder text = new StringBuilder("abc");
        while (text.length() < length) {
            text.append(random.nextInt(8) == 0 ? (char) ('a' + random.nextInt(5)) : text.charAt(text.length() - 3));
        }
        return text.toString();
    }
}
