package org.tidegate.task;

import java.util.Random;
import org.tidegate.Model;
import org.tidegate.Tensor;

/** Small texts for the tests, and all parameters of a model. */
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
