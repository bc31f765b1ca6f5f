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
 * Compares language models of several kinds on one text: each is trained on the same part with the same vocabulary, and predicts the same
 * tokens of the held-out part, read as one stream. A token that is not in the vocabulary counts, for every kind, as one more token to
 * predict.
 */
public final class LanguageModelComparison {
    private final Vocabulary vocabulary;
    private final String text;
    private final String heldOut;

    /**
     * The result of one model.
     *
     * @param name "KN 5-gram", "window 8", "LSTM 128"
     * @param parameters the number of the model's parameters, or n-grams
     * @param evaluation the evaluation on the held-out part
     * @param seconds the time of the training, or the counting
     */
    public record Result(String name, long parameters, LanguageModelEvaluation evaluation, double seconds) {}

    /**
     * Creates a comparison.
     *
     * @param vocabulary the tokens
     * @param text the training part
     * @param heldOut the held-out part
     * @throws IllegalArgumentException if a part has fewer than two tokens
     */
    public LanguageModelComparison(Vocabulary vocabulary, String text, String heldOut) {
        this.vocabulary = vocabulary;
        this.text = text;
        this.heldOut = heldOut;
        checkLength("training", text);
        checkLength("held-out", heldOut);
    }

    /**
     * Counts the n-grams of the training part.
     *
     * @param order the maximum order
     * @return the result
     * @throws IllegalArgumentException if the order is out of range
     */
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
     * Trains a window model; it is closed afterwards.
     *
     * @param window the number of tokens of the window
     * @param embedding the columns of a token's embedding
     * @param hidden the units of the hidden layer
     * @param dropout the probability with which a unit's output is dropped in training
     * @param passage the number of predictions of a sequence of a batch, as a recurrent model's {@link Training#bptt}
     * @param training the settings of the training
     * @return the result
     * @throws IOException if a file of the training cannot be written
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

    /**
     * Trains a recurrent model of one layer; it is closed afterwards.
     *
     * @param cell the recurrent cell
     * @param embedding the columns of a token's embedding
     * @param hidden the units of the layer
     * @param dropout the probability with which an element of its output is dropped in training
     * @param training the settings of the training
     * @return the result
     * @throws IOException if a file of the training cannot be written
     */
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
