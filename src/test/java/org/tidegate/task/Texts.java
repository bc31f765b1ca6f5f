package org.tidegate.task;

import java.util.Random;
import org.tidegate.Cell;
import org.tidegate.Model;
import org.tidegate.Tensor;
import org.tidegate.text.Vocabulary;
import org.tidegate.train.Training;

/** Small texts, models and settings for the tests: a training of them takes a fraction of a second. */
public final class Texts {
    private static final String[] WORDS = {"the", "tide", "turns", "at", "dawn", "and", "the", "gate", "opens", "slowly"};

    private Texts() {}

    /** Lines of random words: learnable, but not without dropout's randomness showing in every parameter. */
    public static String lines(int characters) {
        Random random = new Random(11);
        StringBuilder text = new StringBuilder();
        while (text.length() < characters) {
            text.append(WORDS[random.nextInt(WORDS.length)]).append(random.nextInt(8) == 0 ? '\n' : ' ');
        }
        return text.substring(0, characters);
    }

    public static LanguageModel model(Vocabulary vocabulary, Cell cell) {
        return LanguageModel.builder(vocabulary).cell(cell).hidden(17).embedding(6).layers(2).dropout(0.2).seed(3).build();
    }

    public static LanguageModel model(String text) {
        return model(Vocabulary.ofCodePoints(text), Cell.LSTM);
    }

    /** 4 streams in chunks of 7 steps. */
    public static Training training(double epochs) {
        return Training.epochs(epochs).batch(4).bptt(7).learningRate(1e-2).seed(5);
    }

    /** All parameters, one after the other in the order of the spec. */
    public static float[] parameters(Model model) {
        float[] all = new float[Math.toIntExact(model.parameterCount())];
        int at = 0;
        for (Tensor parameter : model.parameters()) {
            int count = (int) parameter.size();
            parameter.get(0, all, at, count);
            at += count;
        }
        return all;
    }
}
