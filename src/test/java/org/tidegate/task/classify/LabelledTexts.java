package org.tidegate.task.classify;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.tidegate.train.Schedule;
import org.tidegate.train.Training;

/** Small labelled texts for the tests: what they mean hangs on the order of their words, not on which words they have. */
final class LabelledTexts {
    private static final String[] FILLER = {"the", "tide", "at", "dawn"};

    private LabelledTexts() {}

    /** "first" where dog stands before cat, "second" where it stands after it, among other words. */
    static List<LabelledText> orders(int count, long seed) {
        Random random = new Random(seed);
        List<LabelledText> texts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            boolean first = i % 2 == 0;
            texts.add(new LabelledText(first ? "first" : "second", filler(random, 3) + (first ? "dog " : "cat ") + filler(random, 3)
                    + (first ? "cat " : "dog ") + filler(random, 2), "line " + (i + 1)));
        }
        return texts;
    }

    /** Texts of that many words whose first word alone says the label. */
    static List<LabelledText> starts(int count, int words, long seed) {
        Random random = new Random(seed);
        List<LabelledText> texts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            StringBuilder text = new StringBuilder(i % 2 == 0 ? "good" : "bad");
            for (int w = 1; w < words; w++) {
                text.append(' ').append(FILLER[random.nextInt(FILLER.length)]);
            }
            texts.add(new LabelledText(i % 2 == 0 ? "yes" : "no", text.toString(), "line " + (i + 1)));
        }
        return texts;
    }

    /** A small model without dropout and without a wide path. */
    static ClassifierBuilder small(List<LabelledText> examples) {
        return Classifier.builder(examples).wide(Wide.OFF).hidden(16).embedding(8).dropout(0).embeddingDropout(0).wordDropout(0).seed(3);
    }

    /** A training that the small model learns in. */
    static Training training(double epochs) {
        return Training.epochs(epochs).batch(8).learningRate(2e-2).schedule(Schedule.constant()).seed(5);
    }

    private static String filler(Random random, int most) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(most + 1); i > 0; i--) {
            text.append(FILLER[random.nextInt(FILLER.length)]).append(' ');
        }
        return text.toString();
    }
}
