package org.tidegate.task;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tidegate.Batch;
import org.tidegate.Cell;
import org.tidegate.Precision;
import org.tidegate.Session;
import org.tidegate.TidegateException;
import org.tidegate.decode.Sampling;
import org.tidegate.text.Vocabulary;
import org.tidegate.train.Training;
import org.tidegate.train.TrainingResult;

class LanguageModelTest {
    private static String refusal(Executable call) {
        return assertThrows(IllegalArgumentException.class, call).getMessage();
    }

    @Test
    void charactersAreCountedAfterTheFirstTokenWhateverATokenIs() {
        String text = " ab cd e";
        for (Vocabulary.Unit unit : Vocabulary.Unit.values()) {
            Vocabulary vocabulary = Vocabulary.builder(unit).add(text).build();
            long after = unit == Vocabulary.Unit.CODE_POINT ? 7 : 5;
            assertEquals(after, LanguageModelEvaluation.of(vocabulary, text, vocabulary.encode(text), 1).characters(), unit.toString());
        }
    }

    @Test
    void aRepeatedPatternIsLearnedAndContinued() throws IOException {
        String text = "high tide, low tide\n".repeat(60);
        try (LanguageModel model = LanguageModel.builder(Vocabulary.ofCodePoints(text)).hidden(32).embedding(8).dropout(0).build()) {
            double before = model.evaluate(text).loss();
            TrainingResult result = model.train(text, Training.epochs(15).batch(4).bptt(20).learningRate(0.02));
            LanguageModelEvaluation after = model.evaluate(text);
            assertEquals(TrainingResult.Outcome.FINISHED, result.outcome());
            assertTrue(before > 2 && after.loss() < 0.1, before + " → " + after);
            assertEquals(" tide\nhigh tide, low", model.generate("high tide, low", 20, Sampling.greedy()));
            assertEquals("high tide", model.generate("", 9, Sampling.greedy()), "an empty prompt begins a line");
            assertEquals("", model.generate("high", 0, Sampling.greedy()));
        }
    }

    @ParameterizedTest
    @EnumSource(value = Cell.class, names = "LSTM_PROJECTED", mode = EnumSource.Mode.EXCLUDE)
    void everyCellLearns(Cell cell) throws IOException {
        String text = Texts.lines(1_500);
        try (LanguageModel model = Texts.model(Vocabulary.ofCodePoints(text), cell)) {
            double before = model.evaluate(text).loss();
            model.train(text, Texts.training(3));
            assertTrue(model.evaluate(text).loss() < before - 0.3);
        }
    }

    @Test
    void wordsAreAUnitOfTheirOwn() throws IOException {
        String text = "The tide turns, and the gate opens.\n".repeat(80);
        try (LanguageModel model = LanguageModel.builder(Vocabulary.ofWords(text)).hidden(24).embedding(12).dropout(0).build()) {
            TrainingResult result = model.train(text, Training.epochs(12).batch(4).bptt(10).learningRate(0.02));
            assertEquals(36.0 / 10, result.progress().charactersPerTarget(), 1e-9);
            assertEquals(" turns, and the gate", model.generate("The tide", 5, Sampling.greedy()));
            assertEquals("turns,", model.generate("The tide ", 2, Sampling.greedy()));
            LanguageModelEvaluation evaluation = model.evaluate("The moon turns");
            assertEquals(2, evaluation.targets());
            assertEquals(1, evaluation.unknown());
            assertEquals(" moon turns".length(), evaluation.characters());
            assertEquals(evaluation.loss() * 2 / Math.log(2) / 11, evaluation.bitsPerCharacter(), 1e-12);
            assertTrue(refusal(() -> model.generate("The moon", 3, Sampling.greedy())).contains("the word \"moon\" at position 4"));
        }
    }

    @Test
    void theSameSeedGivesTheSameBitsAndAnotherSeedOthers() throws IOException {
        String text = Texts.lines(800);
        float[][] runs = new float[4][];
        String[] samples = new String[4];
        for (int run = 0; run < 4; run++) {
            try (LanguageModel model = Texts.model(text)) {
                model.train(text, Texts.training(1.5).seed(run == 2 ? 6 : 5).threads(run == 3 ? 2 : 1));
                runs[run] = Texts.parameters(model.model());
                samples[run] = model.generate("the ", 60, Sampling.temperature(1).seed(9));
            }
        }
        assertArrayEquals(runs[0], runs[1]);
        assertEquals(samples[0], samples[1]);
        assertFalse(Arrays.equals(runs[0], runs[2]));
        assertArrayEquals(runs[0], runs[3], "the number of threads changes no bit");
    }

    @Test
    void evaluationReadsTheTextAsOneStream() {
        String text = Texts.lines(700);
        try (LanguageModel model = Texts.model(text)) {
            int[] ids = model.vocabulary().encode(text);
            LanguageModelEvaluation evaluation = model.evaluate(text);
            try (Session session = model.model().newSession()) {
                Batch all = model.model().newBatch().equalLengths("text", 1, ids.length - 1)
                        .ids("tokens", Arrays.copyOf(ids, ids.length - 1)).ids("next", Arrays.copyOfRange(ids, 1, ids.length));
                assertEquals(session.forward(all).loss(), evaluation.loss(), 1e-5);
            }
            assertEquals(699, evaluation.targets());
            assertEquals(699, evaluation.characters());
            assertEquals(Math.exp(evaluation.loss()), evaluation.perplexity());
            assertEquals(evaluation.loss() / Math.log(2), evaluation.bitsPerCharacter(), 1e-12);
            assertEquals(evaluation, model.evaluate(text, 2));
        }
    }

    @Test
    void everyPrecisionReadsAndWritesNearlyAlike() throws IOException {
        String text = Texts.lines(700);
        try (LanguageModel model = Texts.model(text)) {
            model.train(text, Training.epochs(2).batch(4).bptt(20).learningRate(0.02));
            double expected = model.evaluate(text).loss();
            for (Precision precision : Precision.values()) {
                assertEquals(expected, model.evaluate(text, 1, precision).loss(), 0.02, precision.toString());
                assertEquals(50, model.generate("t", 50, Sampling.temperature(1).seed(1), precision).length());
            }
        }
    }

    @Test
    void unknownCharactersAreCountedWhenATextIsMeasured() {
        try (LanguageModel model = Texts.model("abc")) {
            LanguageModelEvaluation evaluation = model.evaluate("abéèc");
            assertEquals(4, evaluation.targets());
            assertEquals(2, evaluation.unknown());
            assertTrue(Double.isFinite(evaluation.loss()));
        }
    }

    @Test
    void specialTokensAreNeverGenerated() {
        try (LanguageModel model = Texts.model("ab\n")) {
            String sample = model.generate("", 500, Sampling.temperature(50).seed(2));
            assertEquals(500, sample.length(), sample);
            assertFalse(sample.contains("<"));
        }
    }

    @Test
    void aLongPromptIsReadFromItsFirstTokenToItsLast() {
        String text = Texts.lines(900);
        try (LanguageModel model = Texts.model(text); Session session = model.model().newSession()) {
            int[] ids = model.vocabulary().encode(text);
            session.forward(model.model().newBatch().equalLengths("text", 1, ids.length).ids("tokens", ids));
            float[] scores = session.output("logits").toArray();
            int size = model.vocabulary().size();
            int best = model.vocabulary().specials();
            for (int id = best; id < size; id++) {
                best = scores[scores.length - size + id] > scores[scores.length - size + best] ? id : best;
            }
            assertEquals(model.vocabulary().token(best), model.generate(text, 1, Sampling.greedy()));
        }
    }

    @Test
    void whatFollowsDependsOnThePrompt() throws IOException {
        String text = "one two one two\nred blue red blue\n".repeat(40);
        try (LanguageModel model = LanguageModel.builder(Vocabulary.ofCodePoints(text)).hidden(32).embedding(8).dropout(0).build()) {
            model.train(text, Training.epochs(12).batch(4).bptt(20).learningRate(0.02));
            assertEquals("two\n", model.generate("one two one ", 4, Sampling.greedy()));
            assertEquals("blue\n", model.generate("red blue red ", 5, Sampling.greedy()));
        }
    }

    @Test
    void textThatCannotBeTrainedOnIsRefusedInTheUsersWords() {
        String text = Texts.lines(300);
        try (LanguageModel model = Texts.model(text)) {
            assertEquals("the training text is empty", refusal(() -> model.train("", Texts.training(1))));
            String tooShort = refusal(() -> model.train("the gate", Texts.training(1)));
            assertTrue(tooShort.contains("it has 8 tokens") && tooShort.contains("at least 35"), tooShort);
            assertTrue(refusal(() -> model.train(text, Training.epochs(1))).contains("at most 5 streams"));
            assertTrue(refusal(() -> model.train(text, "t", Texts.training(1))).contains("validation text has 1 token;"));
            assertTrue(refusal(() -> model.evaluate("t")).contains("the text has 1 token;"));
            assertTrue(refusal(() -> model.evaluate("")).contains("the text has 0 tokens;"));
        }
    }

    @Test
    void aPromptOutsideTheVocabularyIsRefused() {
        try (LanguageModel model = Texts.model("abc")) {
            String message = refusal(() -> model.generate("abéc", 5, Sampling.greedy()));
            assertTrue(message.contains("'é' (U+00E9) at position 2"), message);
            assertTrue(refusal(() -> model.generate("", 5, Sampling.greedy())).contains("the prompt is empty"));
            assertTrue(refusal(() -> model.generate("a", -1, Sampling.greedy())).contains("the length is -1"));
            assertTrue(refusal(() -> model.generate("a", Integer.MAX_VALUE, Sampling.greedy())).contains("the length is 2147483647"));
        }
    }

    @Test
    void sizesOutOfRangeAreRefused() {
        LanguageModelBuilder builder = LanguageModel.builder(Vocabulary.ofCodePoints("ab"));
        assertTrue(refusal(() -> builder.hidden(0)).contains("the hidden size is 0"));
        refusal(() -> builder.layers(-1));
        refusal(() -> builder.embedding(0));
        refusal(() -> builder.dropout(1));
        refusal(() -> builder.dropout(Double.NaN));
        refusal(() -> builder.cell(Cell.LSTM_PROJECTED));
        refusal(() -> Training.epochs(0));
        refusal(() -> Training.epochs(Double.NaN));
        refusal(() -> Training.epochs(1).batch(0));
        refusal(() -> Training.epochs(1).bptt(-5));
        refusal(() -> Training.epochs(1).learningRate(-1e-3));
        refusal(() -> Training.epochs(1).validation(1.0));
        refusal(() -> Training.epochs(1).threads(0));
    }

    @Test
    void aModelThatCannotFitIsAnErrorAndNoCrash() {
        LanguageModelBuilder builder = LanguageModel.builder(Vocabulary.ofCodePoints("ab")).hidden(Integer.MAX_VALUE).layers(60);
        assertThrows(TidegateException.class, builder::build);
    }

    @Test
    void anUnknownOptimizerIsNamed() {
        String text = Texts.lines(300);
        try (LanguageModel model = Texts.model(text)) {
            Training unknown = Texts.training(1).optimizer("adamax");
            String message = assertThrows(TidegateException.class, () -> model.train(text, unknown)).getMessage();
            assertTrue(message.contains("adamax"), message);
        }
    }

    @Test
    void closingTwiceIsHarmlessAndUseAfterItAnException() {
        LanguageModel model = Texts.model("abc\n");
        model.close();
        model.close();
        assertThrows(IllegalStateException.class, () -> model.generate("a", 1, Sampling.greedy()));
        assertThrows(IllegalStateException.class, () -> model.evaluate("abc"));
        assertThrows(IllegalStateException.class, () -> model.train(Texts.lines(300).replaceAll("[^abc]", "a"), Texts.training(1)));
    }
}
