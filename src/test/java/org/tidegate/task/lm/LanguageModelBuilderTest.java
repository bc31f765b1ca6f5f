package org.tidegate.task.lm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.tidegate.Messages.assertMessage;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tidegate.Cell;
import org.tidegate.Precision;
import org.tidegate.decode.BeamSearch;
import org.tidegate.decode.Sampling;
import org.tidegate.task.Texts;
import org.tidegate.text.Vocabulary;
import org.tidegate.train.Progress;
import org.tidegate.train.Training;
import org.tidegate.train.TrainingListener;
import org.tidegate.train.TrainingResult;

class LanguageModelBuilderTest {
    private static final String TEXT = Texts.lines(1_500);
    private static final Vocabulary VOCABULARY = Vocabulary.ofCodePoints(TEXT);

    private static final Map<String, UnaryOperator<LanguageModelBuilder>> REGULARIZERS = Map.of(
            "embedding dropout", builder -> builder.embeddingDropout(0.3),
            "weight drop", builder -> builder.weightDrop(0.5),
            "activation regularization", builder -> builder.activationRegularization(2),
            "temporal activation regularization", builder -> builder.temporalActivationRegularization(2));

    @Test
    void theGraphOfACharacterModelIsWhatItAlwaysWas() {
        String one = """
                tokens = ids axis=text
                next = ids axis=text
                embedding = embedding tokens rows=%1$d cols=96
                rnn = recurrent embedding cell=lstm size=256
                rnn_dropped = dropout rnn p=0.2
                logits = linear rnn_dropped cols=%1$d
                loss = cross_entropy logits next
                """.formatted(VOCABULARY.size());
        assertEquals(one, spec(builder -> builder));
        String two = one.replace("size=256", "size=256 layers=2 dropout=0.2");
        assertEquals(two, spec(builder -> builder.layers(2)));
    }

    @Test
    void aTiedModelScoresWithItsEmbeddings() throws IOException {
        try (LanguageModel plain = small(builder -> builder); LanguageModel tied = small(builder -> builder.tied(true))) {
            assertEquals(plain.model().parameterCount() - 12L * VOCABULARY.size(), tied.model().parameterCount());
            double before = TextModels.loss(tied, TEXT);
            assertEquals(Math.log(VOCABULARY.size()), before, 0.05, "an untrained model finds all tokens alike");
            tied.train(TEXT, TextModels.training(4));
            assertTrue(TextModels.loss(tied, TEXT) < before - 0.2);
        }
        assertTrue(spec(builder -> builder.tied(true))
                .contains("projection = linear rnn_dropped cols=96\nlogits = tied_linear projection to=embedding\n"));
    }

    @Test
    void aRegularizerChangesTheTrainingAndNotTheModelsAnswers() throws IOException {
        try (LanguageModel plain = small(builder -> builder)) {
            double untrained = TextModels.loss(plain, TEXT);
            plain.train(TEXT, TextModels.training(1));
            for (Map.Entry<String, UnaryOperator<LanguageModelBuilder>> regularizer : REGULARIZERS.entrySet()) {
                try (LanguageModel model = small(regularizer.getValue())) {
                    assertEquals(untrained, TextModels.loss(model, TEXT), regularizer.getKey());
                    model.train(TEXT, TextModels.training(1));
                    assertFalse(Arrays.equals(Texts.parameters(plain.model()), Texts.parameters(model.model())),
                            regularizer.getKey());
                }
            }
        }
    }

    @Test
    void activationsAreKeptSmallOrSlowEachOnItsOwn() throws IOException {
        assertEquals(List.of("activity = activation_regularization rnn_dropped beta=0"),
                costs(builder -> builder.activationRegularization(2)));
        assertEquals(List.of("slowness = activation_regularization rnn alpha=0"),
                costs(builder -> builder.temporalActivationRegularization(1)));
    }

    @Test
    void masksOfASequenceAreDrawnOnceForAllItsStepsBetweenLayersToo() throws IOException {
        String spec = spec(builder -> builder.layers(3).dropout(0.4).embeddingDropout(0.2).sequenceMasks(true));
        assertEquals(List.of("embedding_dropped = dropout embedding p=0.2 per=sequence",
                        "rnn_1_dropped = dropout rnn_1 p=0.4 per=sequence", "rnn_2_dropped = dropout rnn_2 p=0.4 per=sequence",
                        "rnn_dropped = dropout rnn p=0.4 per=sequence"),
                spec.lines().filter(line -> line.contains("= dropout")).toList());
        try (LanguageModel model = small(builder -> builder.layers(2).dropout(0.2).sequenceMasks(true))) {
            double before = TextModels.loss(model, TEXT);
            model.train(TEXT, TextModels.training(4));
            assertTrue(TextModels.loss(model, TEXT) < before - 0.2);
        }
    }

    @Test
    void everythingTogetherIsSavedServedAndResumedToTheBit(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("parts.safetensors");
        Training training = TextModels.training(2.5);
        float[] whole;
        try (LanguageModel model = small(LanguageModelBuilderTest::everything)) {
            model.train(TEXT, training);
            whole = Texts.parameters(model.model());
        }
        try (LanguageModel model = small(LanguageModelBuilderTest::everything)) {
            long[] steps = {0};
            TrainingResult stopped = model.train(TEXT, training.checkpoint(file).stopWhen(() -> steps[0] >= 20)
                    .listener(new TrainingListener() {
                        @Override
                        public void stepped(Progress progress) {
                            steps[0] = progress.step();
                        }
                    }));
            assertEquals(TrainingResult.Outcome.STOPPED, stopped.outcome());
        }
        try (LanguageModel model = LanguageModel.load(file)) {
            model.train(TEXT, training.continued());
            assertArrayEquals(whole, Texts.parameters(model.model()));
            double expected = TextModels.loss(model, TEXT);
            try (LanguageModelAnswers answers = model.answers(Precision.INT8, 2)) {
                assertEquals(expected, answers.loss(TEXT), 0.05);
                assertEquals(answers.generate("the tide", 9, Sampling.greedy()), answers.generate("the tide", 9, BeamSearch.of(1)));
            }
        }
    }

    @Test
    void whatMakesNoSenseIsRefused() {
        LanguageModelBuilder builder = LanguageModel.builder(VOCABULARY);
        assertMessage("weight drop is 1.0", () -> builder.weightDrop(1));
        assertMessage("embedding dropout is -0.1", () -> builder.embeddingDropout(-0.1));
        assertMessage("activation regularisation is NaN", () -> builder.activationRegularization(Double.NaN));
        assertMessage("temporal activation regularisation is -1.0", () -> builder.temporalActivationRegularization(-1));
    }

    private static LanguageModelBuilder everything(LanguageModelBuilder builder) {
        return builder.layers(2).hidden(14).dropout(0.2).embeddingDropout(0.1).sequenceMasks(true).weightDrop(0.3).tied(true)
                .activationRegularization(0.5).temporalActivationRegularization(0.5);
    }

    private static String spec(UnaryOperator<LanguageModelBuilder> options) {
        try (LanguageModel model = options.apply(LanguageModel.builder(VOCABULARY)).build()) {
            return model.model().spec();
        }
    }

    private static List<String> costs(UnaryOperator<LanguageModelBuilder> options) {
        return spec(options).lines().filter(line -> line.contains("= activation_regularization")).toList();
    }

    private static LanguageModel small(UnaryOperator<LanguageModelBuilder> options) {
        return options.apply(LanguageModel.builder(VOCABULARY).cell(Cell.LSTM).hidden(12).embedding(12).dropout(0).seed(4)).build();
    }
}
