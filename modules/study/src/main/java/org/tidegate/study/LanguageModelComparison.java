package org.tidegate.study;

import java.io.IOException;
import org.tidegate.Cell;
import org.tidegate.Precision;
import org.tidegate.task.Figures;
import org.tidegate.task.lm.LanguageModel;
import org.tidegate.task.lm.LanguageModelAnswers;
import org.tidegate.task.lm.LanguageModelEvaluation;
import org.tidegate.task.lm.LanguageModelReading;
import org.tidegate.text.Vocabulary;
import org.tidegate.train.Training;

/**
 * Language models of several kinds on one text: each learns the same training part with the same vocabulary and predicts the same
 * tokens of the held-out part, read as one stream. What the vocabulary does not know counts, for every kind, as one token more to
 * predict.
 */
public final class LanguageModelComparison {
    private final Vocabulary vocabulary;
    private final String text;
    private final String heldOut;

    /**
     * What one model reached.
     *
     * @param name "KN 5-gram", "window 8", "LSTM 128"
     * @param parameters what the model holds: parameters, or n-grams
     * @param evaluation on the held-out part
     * @param seconds that the training took, or the counting
     */
    public record Result(String name, long parameters, LanguageModelEvaluation evaluation, double seconds) {}

    /**
     * A comparison.
     *
     * @throws IllegalArgumentException if a part has fewer than two tokens
     */
    public LanguageModelComparison(Vocabulary vocabulary, String text, String heldOut) {
        this.vocabulary = vocabulary;
        this.text = text;
        this.heldOut = heldOut;
        checkLength("training", text);
        checkLength("held-out", heldOut);
    }

    /** Counts n-grams up to that order. */
    public Result ngram(int order) {
        int[] ids = vocabulary.encode(text);
        long start = System.nanoTime();
        NGramModel model = new NGramModel(ids, vocabulary.size(), order);
        double seconds = seconds(start);
        int[] asked = vocabulary.encode(heldOut);
        LanguageModelEvaluation evaluation = LanguageModelEvaluation.of(new LanguageModelReading(vocabulary), heldOut, asked,
                model.loss(asked), Figures.builder());
        return new Result("KN " + order + "-gram", model.size(), evaluation, seconds);
    }

    /**
     * Trains a model that sees the last k tokens; it is closed afterwards.
     *
     * @param passage how many predictions a sequence of a batch has, as a recurrent model's {@link Training#bptt}
     */
    public Result window(int window, int embedding, int hidden, double dropout, int passage, Training training) throws IOException {
        try (WindowLanguageModel model = WindowLanguageModel.create(vocabulary, window, embedding, hidden, dropout, training.seed())) {
            long start = System.nanoTime();
            model.train(model.reading().passages(text, passage), training);
            double seconds = seconds(start);
            try (WindowLanguageModelAnswers answers = model.answers(Precision.FLOAT32, training.threads())) {
                return new Result("window " + window, model.model().parameterCount(), answers.evaluate(heldOut), seconds);
            }
        }
    }

    /** Trains a recurrent model of one layer; it is closed afterwards. */
    public Result recurrent(Cell cell, int embedding, int hidden, double dropout, Training training) throws IOException {
        try (LanguageModel model = LanguageModel.builder(vocabulary).cell(cell).embedding(embedding).hidden(hidden).dropout(dropout)
                .seed(training.seed()).build()) {
            long start = System.nanoTime();
            model.train(text, training);
            double seconds = seconds(start);
            try (LanguageModelAnswers answers = model.answers(Precision.FLOAT32, training.threads())) {
                return new Result(cell.name().replace('_', ' '), model.model().parameterCount(), answers.evaluate(heldOut), seconds);
            }
        }
    }

    private void checkLength(String part, String content) {
        if (vocabulary.encode(content).length < 2) {
            throw new IllegalArgumentException(
                    "the " + part + " text has fewer than two tokens; expected enough to learn from and to judge");
        }
    }

    private static double seconds(long start) {
        return (System.nanoTime() - start) * 1e-9;
    }
}
