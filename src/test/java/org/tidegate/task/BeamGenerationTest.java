package org.tidegate.task;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.tidegate.Cell;
import org.tidegate.Precision;
import org.tidegate.decode.BeamSearch;
import org.tidegate.decode.Sampling;
import org.tidegate.text.Vocabulary;
import org.tidegate.train.Training;

class BeamGenerationTest {
    private static final String ABC = "abbcabcacbbbcacabcc".repeat(12);

    @Test
    void aBeamOfOneIsTheLikeliestTokenEachTime() throws IOException {
        String text = Texts.lines(1_500);
        try (LanguageModel model = Texts.model(text)) {
            model.train(text, Texts.training(2));
            for (String prompt : new String[] {"the t", "g", ""}) {
                assertEquals(model.generate(prompt, 40, Sampling.greedy()), model.generate(prompt, 40, BeamSearch.of(1)), prompt);
            }
            assertEquals("", model.generate("the", 0, BeamSearch.of(3)));
        }
    }

    @Test
    void aWideBeamFindsTheLikeliestOfAllContinuations() throws IOException {
        try (LanguageModel model = abc()) {
            for (String prompt : new String[] {"a", "ab", "cabc"}) {
                String best = "";
                double least = Double.POSITIVE_INFINITY;
                for (int number = 0; number < 81; number++) {
                    String continuation = "" + letter(number / 27) + letter(number / 9) + letter(number / 3) + letter(number);
                    double cost = cost(model, prompt, continuation);
                    if (cost < least) {
                        least = cost;
                        best = continuation;
                    }
                }
                assertEquals(best, model.generate(prompt, 4, BeamSearch.of(81)), prompt);
                assertTrue(cost(model, prompt, model.generate(prompt, 4, BeamSearch.of(2))) <= least + 0.5);
            }
        }
    }

    @Test
    void aLineEndsWhereTheModelEndsItOrAtTheGreatestLength() throws IOException {
        String text = "high tide, low tide\n".repeat(60);
        try (LanguageModel model = LanguageModel.builder(Vocabulary.ofCodePoints(text)).hidden(32).embedding(8).dropout(0).build()) {
            model.train(text, Training.epochs(15).batch(4).bptt(20).learningRate(0.02));
            assertEquals(" tide, low tide", model.generateLine("high", 100, Sampling.greedy(), Precision.FLOAT32));
            BeamSearch search = BeamSearch.of(4).lengthNormalization(1);
            assertEquals(" tide, low tide", model.generateLine("high", 100, search, Precision.FLOAT32));
            assertEquals("high tide, low tide", model.generateLine("", 100, BeamSearch.of(2), Precision.BFLOAT16));
            assertEquals(" tid", model.generateLine("high", 4, BeamSearch.of(4), Precision.FLOAT32));
        }
    }

    @Test
    void whatMakesNoSenseIsRefused() throws IOException {
        try (LanguageModel model = abc()) {
            String message = assertThrows(IllegalArgumentException.class,
                    () -> model.generateLine("a", 5, BeamSearch.of(2), Precision.FLOAT32)).getMessage();
            assertTrue(message.contains("no line break"), message);
            assertThrows(IllegalArgumentException.class, () -> model.generate("a", -1, BeamSearch.of(2)));
            assertThrows(IllegalArgumentException.class, () -> model.generate("ax", 3, BeamSearch.of(2)));
        }
    }

    private static char letter(int number) {
        return (char) ('a' + number % 3);
    }

    /** The negative log likelihood of a continuation, from the losses of the text with and without it. */
    private static double cost(LanguageModel model, String prompt, String continuation) {
        double before = prompt.length() > 1 ? model.evaluate(prompt).loss() * (prompt.length() - 1) : 0;
        return model.evaluate(prompt + continuation).loss() * (prompt.length() + continuation.length() - 1) - before;
    }

    private static LanguageModel abc() throws IOException {
        LanguageModel model =
                LanguageModel.builder(Vocabulary.ofCodePoints(ABC)).cell(Cell.GRU).hidden(12).embedding(4).dropout(0).seed(2).build();
        model.train(ABC, Training.epochs(4).batch(2).bptt(10).learningRate(0.01));
        return model;
    }
}
