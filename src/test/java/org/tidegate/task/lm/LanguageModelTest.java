package org.tidegate.task.lm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tidegate.Batch;
import org.tidegate.Cell;
import org.tidegate.Precision;
import org.tidegate.Session;
import org.tidegate.TidegateException;
import org.tidegate.decode.BeamSearch;
import org.tidegate.decode.Sampling;
import org.tidegate.json.JsonObject;
import org.tidegate.task.Figures;
import org.tidegate.task.Texts;
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
            long after = unit == Vocabulary.Unit.CODE_POINT || unit == Vocabulary.Unit.BPE ? 7 : 5;
            LanguageModelReading reading = new LanguageModelReading(vocabulary);
            assertEquals(after, LanguageModelEvaluation.of(reading, text, reading.predictable(text), 1, Figures.builder()).characters(),
                    unit.toString());
        }
    }

    @Test
    void aRepeatedPatternIsLearnedAndContinued() throws IOException {
        String text = "high tide, low tide\n".repeat(60);
        try (LanguageModel model = LanguageModel.builder(Vocabulary.ofCodePoints(text)).hidden(32).embedding(8).dropout(0).build()) {
            double before = TextModels.loss(model, text);
            TrainingResult result = model.train(text, Training.epochs(15).batch(4).bptt(20).learningRate(0.02));
            LanguageModelEvaluation after = TextModels.evaluate(model, text);
            assertEquals(TrainingResult.Outcome.FINISHED, result.outcome());
            assertTrue(before > 2 && after.loss() < 0.1, before + " → " + after);
            assertEquals(" tide\nhigh tide, low", TextModels.generate(model, "high tide, low", 20, Sampling.greedy()));
            assertEquals("high tide", TextModels.generate(model, "", 9, Sampling.greedy()), "an empty prompt begins a line");
            assertEquals("", TextModels.generate(model, "high", 0, Sampling.greedy()));
        }
    }

    @ParameterizedTest
    @EnumSource(value = Cell.class, names = "LSTM_PROJECTED", mode = EnumSource.Mode.EXCLUDE)
    void everyCellLearns(Cell cell) throws IOException {
        String text = Texts.lines(1_500);
        try (LanguageModel model = TextModels.model(Vocabulary.ofCodePoints(text), cell)) {
            double before = TextModels.loss(model, text);
            model.train(text, TextModels.training(3));
            assertTrue(TextModels.loss(model, text) < before - 0.3);
        }
    }

    @Test
    void wordsAreAUnitOfTheirOwn() throws IOException {
        String text = "The tide turns, and the gate opens.\n".repeat(80);
        try (LanguageModel model = LanguageModel.builder(Vocabulary.ofWords(text)).hidden(24).embedding(12).dropout(0).build()) {
            TrainingResult result = model.train(text, Training.epochs(12).batch(4).bptt(10).learningRate(0.02));
            assertEquals(36.0 / 10, result.progress().charactersPerTarget(), 1e-9);
            assertEquals(" turns, and the gate", TextModels.generate(model, "The tide", 5, Sampling.greedy()));
            assertEquals("turns,", TextModels.generate(model, "The tide ", 2, Sampling.greedy()));
            LanguageModelEvaluation evaluation = TextModels.evaluate(model, "The moon turns");
            assertEquals(2, evaluation.targets());
            assertEquals(1, evaluation.unknown());
            assertEquals(" moon turns".length(), evaluation.characters());
            assertEquals(evaluation.loss() * 2 / Math.log(2) / 11, evaluation.bitsPerCharacter(), 1e-12);
            assertTrue(refusal(() -> TextModels.generate(model, "The moon", 3, Sampling.greedy()))
                    .contains("the word \"moon\" at position 4"));
        }
    }

    @Test
    void theSameSeedGivesTheSameBitsAndAnotherSeedOthers() throws IOException {
        String text = Texts.lines(800);
        float[][] runs = new float[4][];
        String[] samples = new String[4];
        for (int run = 0; run < 4; run++) {
            try (LanguageModel model = TextModels.model(text)) {
                model.train(text, TextModels.training(1.5).seed(run == 2 ? 6 : 5).threads(run == 3 ? 2 : 1));
                runs[run] = Texts.parameters(model.model());
                samples[run] = TextModels.generate(model, "the ", 60, Sampling.temperature(1).seed(9));
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
        try (LanguageModel model = TextModels.model(text)) {
            int[] ids = model.reading().vocabulary().encode(text);
            LanguageModelEvaluation evaluation = TextModels.evaluate(model, text);
            try (Session session = model.model().newSession()) {
                Batch all = model.model().newBatch().equalLengths("text", 1, ids.length - 1)
                        .ids("tokens", Arrays.copyOf(ids, ids.length - 1)).ids("next", Arrays.copyOfRange(ids, 1, ids.length));
                assertEquals(session.forward(all).loss(), evaluation.loss(), 1e-5);
            }
            assertEquals(699, evaluation.targets());
            assertEquals(699, evaluation.characters());
            assertEquals(Math.exp(evaluation.loss()), evaluation.perplexity());
            assertEquals(evaluation.loss() / Math.log(2), evaluation.bitsPerCharacter(), 1e-12);
            try (LanguageModelAnswers two = model.answers(Precision.FLOAT32, 2)) {
                assertEquals(evaluation.loss(), two.evaluate(text).loss(), "the number of threads changes no bit");
            }
        }
    }

    @Test
    void everyPrecisionReadsAndWritesNearlyAlikeAndHasItsOwnLoss() throws IOException {
        String text = Texts.lines(700);
        try (LanguageModel model = TextModels.model(text)) {
            model.train(text, Training.epochs(2).batch(4).bptt(20).learningRate(0.02));
            double expected = TextModels.loss(model, text);
            Set<Double> losses = new HashSet<>();
            for (Precision precision : Precision.values()) {
                try (LanguageModelAnswers answers = model.answers(precision)) {
                    LanguageModelEvaluation evaluation = answers.evaluate(text);
                    assertEquals(expected, evaluation.loss(), 0.02, precision.toString());
                    assertEquals(answers.loss(text), evaluation.loss(), precision.toString());
                    losses.add(evaluation.loss());
                    assertEquals(50, answers.generate("t", 50, Sampling.temperature(1).seed(1)).length());
                }
            }
            assertEquals(Precision.values().length, losses.size(), losses.toString());
        }
    }

    @Test
    void theFiguresOfAnEvaluationAreThoseOfItsRecord() {
        try (LanguageModel model = TextModels.model("abc")) {
            LanguageModelEvaluation evaluation = TextModels.evaluate(model, "abéc");
            JsonObject json = evaluation.figures().toJson();
            assertEquals(List.of("task", "examples", "loss", "loss_unit", "precision", "perplexity", "bits_per_character", "unit",
                    "characters", "unknown", "unknown_share", "unknown_targets", "first_unknown"), List.copyOf(json.keys()));
            assertEquals("lm", json.string("task"));
            assertEquals(evaluation.targets(), json.integer("examples"));
            assertEquals(evaluation.loss(), json.number("loss"));
            assertEquals("nats/character", json.string("loss_unit"));
            assertEquals(Math.exp(evaluation.loss()), json.number("perplexity"));
            assertEquals(evaluation.loss() / Math.log(2), json.number("bits_per_character"), 1e-12);
            assertEquals(1, json.integer("unknown"));
            assertEquals(1, json.integer("unknown_targets"));
            assertEquals("é", json.string("first_unknown"));
            assertEquals(1 / 3.0, json.number("unknown_share"));
        }
    }

    @Test
    void manyThreadsGetTheAnswersOfOne() throws Exception {
        String text = Texts.lines(700);
        try (LanguageModel model = TextModels.model(text); LanguageModelAnswers answers = model.answers(Precision.FLOAT32)) {
            Callable<List<Object>> ask = () -> List.of(answers.generate("the ", 60, Sampling.temperature(1).seed(4)),
                    answers.generateLine("dawn", 30, BeamSearch.of(3)), answers.next("the gate", 3), answers.loss(text));
            List<Object> alone = ask.call();
            ExecutorService threads = Executors.newFixedThreadPool(8);
            try {
                for (Future<List<Object>> each : threads.invokeAll(Collections.nCopies(24, ask))) {
                    assertEquals(alone, each.get());
                }
            } finally {
                threads.shutdown();
            }
        }
    }

    @Test
    void theLikeliestTokensComeFirstAndAreAsManyAsThereAre() {
        String text = Texts.lines(700);
        try (LanguageModel model = TextModels.model(text); LanguageModelAnswers answers = model.answers(Precision.FLOAT32)) {
            List<TokenProbability> all = answers.next("the ", 1000);
            assertEquals(model.reading().vocabulary().size(), all.size());
            assertEquals(1, all.stream().mapToDouble(TokenProbability::probability).sum(), 1e-9);
            for (int i = 1; i < all.size(); i++) {
                assertTrue(all.get(i - 1).probability() >= all.get(i).probability());
            }
            assertEquals(all.subList(0, 4), answers.next("the ", 4));
            assertTrue(refusal(() -> answers.next("the ", 0)).contains("the 0 likeliest tokens"));
        }
    }

    @Test
    void unknownCharactersAreCountedWhenATextIsMeasured() {
        try (LanguageModel model = TextModels.model("abc")) {
            LanguageModelEvaluation evaluation = TextModels.evaluate(model, "abéèc");
            assertEquals(4, evaluation.targets());
            assertEquals(2, evaluation.unknown());
            assertTrue(Double.isFinite(evaluation.loss()));
        }
    }

    @Test
    void specialTokensAreNeverGenerated() {
        try (LanguageModel model = TextModels.model("ab\n")) {
            String sample = TextModels.generate(model, "", 500, Sampling.temperature(50).seed(2));
            assertEquals(500, sample.length(), sample);
            assertFalse(sample.contains("<"));
        }
    }

    @Test
    void aLongPromptIsReadFromItsFirstTokenToItsLast() {
        String text = Texts.lines(900);
        try (LanguageModel model = TextModels.model(text); Session session = model.model().newSession()) {
            int[] ids = model.reading().vocabulary().encode(text);
            session.forward(model.model().newBatch().equalLengths("text", 1, ids.length).ids("tokens", ids));
            float[] scores = session.output("logits").toArray();
            int size = model.reading().vocabulary().size();
            int best = model.reading().vocabulary().specials();
            for (int id = best; id < size; id++) {
                best = scores[scores.length - size + id] > scores[scores.length - size + best] ? id : best;
            }
            assertEquals(model.reading().vocabulary().token(best), TextModels.generate(model, text, 1, Sampling.greedy()));
        }
    }

    @Test
    void whatFollowsDependsOnThePrompt() throws IOException {
        String text = "one two one two\nred blue red blue\n".repeat(40);
        try (LanguageModel model = LanguageModel.builder(Vocabulary.ofCodePoints(text)).hidden(32).embedding(8).dropout(0).build()) {
            model.train(text, Training.epochs(12).batch(4).bptt(20).learningRate(0.02));
            assertEquals("two\n", TextModels.generate(model, "one two one ", 4, Sampling.greedy()));
            assertEquals("blue\n", TextModels.generate(model, "red blue red ", 5, Sampling.greedy()));
        }
    }

    @Test
    void textThatCannotBeTrainedOnIsRefusedInTheUsersWords() {
        String text = Texts.lines(300);
        try (LanguageModel model = TextModels.model(text)) {
            assertEquals("the training text is empty", refusal(() -> model.train("", TextModels.training(1))));
            String tooShort = refusal(() -> model.train("the gate", TextModels.training(1)));
            assertTrue(tooShort.contains("it has 8 tokens") && tooShort.contains("at least 35"), tooShort);
            assertTrue(refusal(() -> model.train(text, Training.epochs(1))).contains("at most 5 streams"));
            assertTrue(refusal(() -> model.train(text, "t", TextModels.training(1))).contains("validation text has 1 token;"));
            assertTrue(refusal(() -> model.train(text, text, TextModels.training(1).validation(0.1))).contains("choose one of both"));
            assertTrue(refusal(() -> TextModels.evaluate(model, "t")).contains("the text has 1 token;"));
            assertTrue(refusal(() -> TextModels.evaluate(model, "")).contains("the text has 0 tokens;"));
        }
    }

    @Test
    void aPromptOutsideTheVocabularyIsRefused() {
        try (LanguageModel model = TextModels.model("abc")) {
            String message = refusal(() -> TextModels.generate(model, "abéc", 5, Sampling.greedy()));
            assertTrue(message.contains("'é' (U+00E9) at position 2"), message);
            assertTrue(refusal(() -> TextModels.generate(model, "", 5, Sampling.greedy())).contains("the prompt is empty"));
            assertTrue(refusal(() -> TextModels.generate(model, "a", -1, Sampling.greedy())).contains("the length is -1"));
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
        try (LanguageModel model = TextModels.model(text)) {
            Training unknown = TextModels.training(1).optimizer("adamax");
            String message = assertThrows(TidegateException.class, () -> model.train(text, unknown)).getMessage();
            assertTrue(message.contains("adamax"), message);
        }
    }

    @Test
    void theEndOfTheTextIsHeldOutOnRequestAndNothingElseIsChanged() throws IOException {
        String text = Texts.lines(1_000);
        try (LanguageModel part = TextModels.model(text); LanguageModel apart = TextModels.model(text)) {
            TrainingResult result = part.train(text, TextModels.training(1).validation(0.2));
            TrainingResult expected = apart.train(text.substring(0, 800), text.substring(800), TextModels.training(1));
            assertArrayEquals(Texts.parameters(apart.model()), Texts.parameters(part.model()));
            assertEquals(expected.bestLoss(), result.bestLoss());
            assertEquals(TextModels.loss(part, text.substring(800)), result.bestLoss(), 1e-6);
        }
    }

    @Test
    void fiftyStepsAreTheDefaultOfTheGradients() throws IOException {
        String text = Texts.lines(1_000);
        float[][] runs = new float[2][];
        for (int run = 0; run < 2; run++) {
            try (LanguageModel model = TextModels.model(text)) {
                Training training = Training.epochs(1).batch(4).seed(5);
                model.train(text, run == 0 ? training : training.bptt(50));
                runs[run] = Texts.parameters(model.model());
            }
        }
        assertArrayEquals(runs[0], runs[1]);
    }

    @Test
    void aReadingIsWhatItsJsonSaysAndNothingElse() {
        LanguageModelReading reading = new LanguageModelReading(Vocabulary.ofWords("the tide turns"));
        assertEquals(reading, LanguageModelReading.of(JsonObject.parse(reading.toJson().toString())));
        assertEquals("\"window\" is not known; expected only vocabulary",
                refusal(() -> LanguageModelReading.of(JsonObject.parse("{\"window\": 3}"))));
        assertEquals("\"vocabulary\" is missing; expected an object", refusal(() -> LanguageModelReading.of(JsonObject.parse("{}"))));
    }

    @Test
    void aNetworkForAnotherVocabularyDoesNotFit() {
        try (LanguageModel model = TextModels.model("abc"); LanguageModel tied = LanguageModel.builder(Vocabulary.ofCodePoints("abc"))
                .hidden(4).embedding(3).tied(true).build()) {
            tied.reading().checkFits(tied.model());
            LanguageModelReading other = new LanguageModelReading(Vocabulary.ofCodePoints("abcd"));
            assertEquals("its node 'embedding' has rows for 4 ids; expected 5", refusal(() -> other.checkFits(model.model())));
        }
    }

    @Test
    void closingTwiceIsHarmlessAndUseAfterItAnException() {
        String text = Texts.lines(300);
        LanguageModel model = TextModels.model(text);
        LanguageModelAnswers answers = model.answers(Precision.FLOAT32);
        model.close();
        model.close();
        assertEquals(5, answers.generate("the ", 5, Sampling.greedy()).length(), "the answers own what they need");
        answers.close();
        answers.close();
        assertThrows(IllegalStateException.class, () -> answers.generate("a", 1, Sampling.greedy()));
        assertThrows(IllegalStateException.class, () -> answers.evaluate(text));
        assertThrows(IllegalStateException.class, () -> answers.loss(text));
        assertThrows(IllegalStateException.class, answers::conversation);
        assertThrows(IllegalStateException.class, () -> model.answers(Precision.FLOAT32));
        assertThrows(IllegalStateException.class, () -> model.train(text, TextModels.training(1)));
    }
}
