package org.tidegate.task.lm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.tidegate.Cell;
import org.tidegate.Precision;
import org.tidegate.decode.BeamSearch;
import org.tidegate.decode.Sampling;
import org.tidegate.task.Texts;
import org.tidegate.text.Vocabulary;
import org.tidegate.train.Training;

class BeamGenerationTest {
    private static final String ABC = "abbcabcacbbbcacabcc".repeat(12);

    private static LanguageModel model;
    private static LanguageModelAnswers abc;

    @BeforeAll
    static void train() throws IOException {
        model = LanguageModel.builder(Vocabulary.ofCodePoints(ABC)).cell(Cell.GRU).hidden(12).embedding(4).dropout(0).seed(2).build();
        model.train(ABC, Training.epochs(4).batch(2).bptt(10).learningRate(0.01));
        abc = model.answers(Precision.FLOAT32);
    }

    @AfterAll
    static void close() {
        abc.close();
        model.close();
    }

    @Test
    void aBeamOfOneIsTheLikeliestTokenEachTime() throws IOException {
        String text = Texts.lines(1_500);
        try (LanguageModel lines = TextModels.model(text)) {
            lines.train(text, TextModels.training(2));
            try (LanguageModelAnswers answers = lines.answers(Precision.FLOAT32)) {
                for (String prompt : new String[] {"the t", "g", ""}) {
                    assertEquals(answers.generate(prompt, 40, Sampling.greedy()), answers.generate(prompt, 40, BeamSearch.of(1)), prompt);
                }
                assertEquals("", answers.generate("the", 0, BeamSearch.of(3)));
            }
        }
    }

    @Test
    void aWideBeamFindsTheLikeliestOfAllContinuations() {
        for (String prompt : new String[] {"a", "ab", "cabc"}) {
            String best = "";
            double least = Double.POSITIVE_INFINITY;
            for (int number = 0; number < 81; number++) {
                String continuation = "" + letter(number / 27) + letter(number / 9) + letter(number / 3) + letter(number);
                double cost = cost(prompt, continuation);
                if (cost < least) {
                    least = cost;
                    best = continuation;
                }
            }
            assertEquals(best, abc.generate(prompt, 4, BeamSearch.of(81)), prompt);
            assertTrue(cost(prompt, abc.generate(prompt, 4, BeamSearch.of(2))) <= least + 0.5);
        }
    }

    @Test
    void aLineEndsWhereTheModelEndsItOrAtTheGreatestLength() throws IOException {
        String text = "high tide, low tide\n".repeat(60);
        try (LanguageModel tide = LanguageModel.builder(Vocabulary.ofCodePoints(text)).hidden(32).embedding(8).dropout(0).build()) {
            tide.train(text, Training.epochs(15).batch(4).bptt(20).learningRate(0.02));
            try (LanguageModelAnswers answers = tide.answers(Precision.FLOAT32);
                    LanguageModelAnswers half = tide.answers(Precision.BFLOAT16)) {
                assertEquals(" tide, low tide", answers.generateLine("high", 100, Sampling.greedy()));
                assertEquals(" tide, low tide", answers.generateLine("high", Integer.MAX_VALUE, Sampling.greedy()));
                assertEquals(" tide, low tide", answers.generateLine("high", 100, BeamSearch.of(4).lengthNormalization(1)));
                assertEquals("high tide, low tide", half.generateLine("", 100, BeamSearch.of(2)));
                assertEquals(" tid", answers.generateLine("high", 4, BeamSearch.of(4)));
            }
        }
    }

    @Test
    void whatMakesNoSenseIsRefused() {
        String message = assertThrows(IllegalArgumentException.class, () -> abc.generateLine("a", 5, BeamSearch.of(2))).getMessage();
        assertTrue(message.contains("no line break"), message);
        assertThrows(IllegalArgumentException.class, () -> abc.generate("a", -1, BeamSearch.of(2)));
        assertThrows(IllegalArgumentException.class, () -> abc.generate("ax", 3, BeamSearch.of(2)));
    }

    private static char letter(int number) {
        return (char) ('a' + number % 3);
    }

    /** The negative log likelihood of a continuation, from the losses of the text with and without it. */
    private static double cost(String prompt, String continuation) {
        double before = prompt.length() > 1 ? abc.loss(prompt) * (prompt.length() - 1) : 0;
        return abc.loss(prompt + continuation) * (prompt.length() + continuation.length() - 1) - before;
    }
}
