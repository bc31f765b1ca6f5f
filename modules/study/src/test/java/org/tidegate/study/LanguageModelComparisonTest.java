package org.tidegate.study;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.tidegate.Cell;
import org.tidegate.Precision;
import org.tidegate.study.LanguageModelComparison.Result;
import org.tidegate.task.lm.LanguageModel;
import org.tidegate.task.lm.LanguageModelAnswers;
import org.tidegate.text.Vocabulary;
import org.tidegate.train.Training;

class LanguageModelComparisonTest {
    private static final String[] WORDS = {"the", "tide", "turns", "at", "dawn", "and", "the", "gate", "opens", "slowly"};
    private static final String TEXT = lines(1200, 1);
    private static final String HELD_OUT = lines(180, 1) + "the gate opens.";
    private static final Training TRAINING = Training.epochs(2).batch(4).learningRate(1e-2).seed(5);

    @Test
    void everyKindPredictsTheSameTokensOfTheSameText() throws Exception {
        for (Vocabulary vocabulary : List.of(Vocabulary.ofCodePoints(TEXT), Vocabulary.ofWords(TEXT))) {
            LanguageModelComparison comparison = new LanguageModelComparison(vocabulary, TEXT, HELD_OUT);
            List<Result> results = List.of(comparison.ngram(3), comparison.window(3, 6, 17, 0, 7, TRAINING),
                    comparison.recurrent(Cell.GRU, 6, 17, 0, TRAINING.bptt(7)));
            int targets = vocabulary.encode(HELD_OUT).length - 1;
            for (Result result : results) {
                assertEquals(targets, result.evaluation().targets(), result.name());
                assertEquals(1, result.evaluation().unknown(), "the full stop, by " + result.name());
                assertEquals(results.get(0).evaluation().characters(), result.evaluation().characters(), result.name());
                assertTrue(result.evaluation().perplexity() < 0.95 * vocabulary.size(), result.toString());
                assertTrue(result.seconds() > 0 && result.parameters() > 0, result.toString());
            }
        }
    }

    @Test
    void theFiguresAreThoseOfTheModelsThemselves() throws Exception {
        Vocabulary vocabulary = Vocabulary.ofCodePoints(TEXT);
        LanguageModelComparison comparison = new LanguageModelComparison(vocabulary, TEXT, HELD_OUT);
        try (LanguageModel model = LanguageModel.builder(vocabulary).cell(Cell.LSTM).embedding(6).hidden(17).dropout(0.1)
                .seed(TRAINING.seed()).build()) {
            model.train(TEXT, TRAINING.bptt(7));
            Result result = comparison.recurrent(Cell.LSTM, 6, 17, 0.1, TRAINING.bptt(7));
            try (LanguageModelAnswers answers = model.answers(Precision.FLOAT32)) {
                assertEquals(answers.loss(HELD_OUT), result.evaluation().loss());
            }
            assertEquals(model.model().parameterCount(), result.parameters());
        }
        assertEquals(new NGramModel(vocabulary.encode(TEXT), vocabulary.size(), 4).loss(vocabulary.encode(HELD_OUT)),
                comparison.ngram(4).evaluation().loss());
    }

    @Test
    void aTextOfOneTokenIsRefused() {
        Vocabulary vocabulary = Vocabulary.ofCodePoints(TEXT);
        assertThrows(IllegalArgumentException.class, () -> new LanguageModelComparison(vocabulary, "t", HELD_OUT));
        assertThrows(IllegalArgumentException.class, () -> new LanguageModelComparison(vocabulary, TEXT, "t"));
    }

    /** Lines of random words. */
    private static String lines(int words, long seed) {
        Random random = new Random(seed);
        return Stream.generate(() -> WORDS[random.nextInt(WORDS.length)] + (random.nextInt(8) == 0 ? "\n" : " ")).limit(words)
                .collect(Collectors.joining());
    }
}
