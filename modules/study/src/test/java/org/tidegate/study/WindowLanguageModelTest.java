package org.tidegate.study;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.tidegate.Precision;
import org.tidegate.checkpoint.CheckpointException;
import org.tidegate.json.JsonObject;
import org.tidegate.task.Answers;
import org.tidegate.task.Tasks;
import org.tidegate.task.lm.LanguageModel;
import org.tidegate.task.lm.LanguageModelEvaluation;
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
        try (WindowLanguageModel model = trained(4); WindowLanguageModelAnswers answers = model.answers(Precision.FLOAT32)) {
            double whole = answers.loss(model.reading().passages(HELD_OUT, HELD_OUT.length()));
            assertEquals(whole, answers.loss(model.reading().passages(HELD_OUT, 1)), 1e-5);
            assertEquals(whole, answers.evaluate(model.reading().passages(HELD_OUT, 7)).figures().toJson().number("loss"), 1e-5);
            LanguageModelEvaluation evaluation = answers.evaluate(HELD_OUT);
            assertEquals(whole, evaluation.loss(), 1e-5);
            assertEquals(HELD_OUT.length() - 1, evaluation.targets());
            assertEquals(HELD_OUT.length() - 1, evaluation.characters());
        }
    }

    @Test
    void theSameSeedTrainsTheSameModel() throws Exception {
        try (WindowLanguageModel first = trained(3); WindowLanguageModel second = trained(3)) {
            assertArrayEquals(first.model().parameter("logits.weight").toArray(), second.model().parameter("logits.weight").toArray());
        }
    }

    @Test
    void aSavedModelPredictsAsBefore(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("window.safetensors");
        try (WindowLanguageModel model = trained(3)) {
            model.save(file);
            try (WindowLanguageModel loaded = WindowLanguageModel.load(file)) {
                assertEquals(new WindowLanguageModelReading(VOCABULARY, 3), loaded.reading());
                assertEquals(loss(model), loss(loaded));
            }
        }
        assertThrows(CheckpointException.class, () -> LanguageModel.load(file));
        try (Answers<?> answers = Tasks.open(file, Precision.INT8)) {
            assertTrue(answers instanceof WindowLanguageModelAnswers, "the module's services file names the task's format");
        }
    }

    @Test
    void whatMakesNoSenseIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> WindowLanguageModel.create(VOCABULARY, 0, 8, 8, 0, 1));
        assertThrows(IllegalArgumentException.class, () -> WindowLanguageModel.create(VOCABULARY, 2, 8, 8, 1, 1));
        assertThrows(IllegalArgumentException.class, () -> WindowLanguageModel.create(VOCABULARY, 2, 8, 0, 0, 1));
        try (WindowLanguageModel model = WindowLanguageModel.create(VOCABULARY, 2, 8, 8, 0, 1)) {
            assertRefused("the text has 1 token; expected at least 2", () -> model.reading().passages("a", 50));
            assertRefused("bptt 20 means nothing for passages",
                    () -> model.train(model.reading().passages(TEXT, 20), Training.epochs(1).bptt(20)));
            assertRefused("The model has no value 'before_3'",
                    () -> new WindowLanguageModelReading(VOCABULARY, 3).checkFits(model.model()));
        }
        assertRefused("\"order\" is not known; expected only window, vocabulary",
                () -> WindowLanguageModelReading.of(JsonObject.parse("{\"order\": 3}")));
    }

    private static void assertRefused(String part, Executable call) {
        String message = assertThrows(IllegalArgumentException.class, call).getMessage();
        assertTrue(message.contains(part), message);
    }

    private static double loss(int window) throws IOException {
        try (WindowLanguageModel model = trained(window)) {
            return loss(model);
        }
    }

    private static double loss(WindowLanguageModel model) {
        try (WindowLanguageModelAnswers answers = model.answers(Precision.FLOAT32)) {
            return answers.evaluate(HELD_OUT).loss();
        }
    }

    private static WindowLanguageModel trained(int window) throws IOException {
        WindowLanguageModel model = WindowLanguageModel.create(VOCABULARY, window, 8, 16, 0, 3);
        model.train(model.reading().passages(TEXT, 20), Training.epochs(6).batch(8).learningRate(1e-2).seed(5));
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
