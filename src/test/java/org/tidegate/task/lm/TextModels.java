package org.tidegate.task.lm;

import org.tidegate.Cell;
import org.tidegate.Precision;
import org.tidegate.decode.BeamSearch;
import org.tidegate.decode.Sampling;
import org.tidegate.text.Vocabulary;
import org.tidegate.train.Training;

/** Small models and settings for the tests: a training of them takes a fraction of a second. */
final class TextModels {
    private TextModels() {}

    static LanguageModel model(Vocabulary vocabulary, Cell cell) {
        return LanguageModel.builder(vocabulary).cell(cell).hidden(17).embedding(6).layers(2).dropout(0.2).seed(3).build();
    }

    static LanguageModel model(String text) {
        return model(Vocabulary.ofCodePoints(text), Cell.LSTM);
    }

    /** 4 streams in chunks of 7 steps. */
    static Training training(double epochs) {
        return Training.epochs(epochs).batch(4).bptt(7).learningRate(1e-2).seed(5);
    }

    static double loss(LanguageModel model, String text) {
        return evaluate(model, text).loss();
    }

    static LanguageModelEvaluation evaluate(LanguageModel model, String text) {
        try (LanguageModelAnswers answers = model.answers(Precision.FLOAT32)) {
            return answers.evaluate(text);
        }
    }

    static String generate(LanguageModel model, String prompt, int length, Sampling sampling) {
        try (LanguageModelAnswers answers = model.answers(Precision.FLOAT32)) {
            return answers.generate(prompt, length, sampling);
        }
    }

    static String generate(LanguageModel model, String prompt, int length, BeamSearch search) {
        try (LanguageModelAnswers answers = model.answers(Precision.FLOAT32)) {
            return answers.generate(prompt, length, search);
        }
    }
}
