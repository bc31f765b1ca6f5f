package org.tidegate.task.tag;

import java.util.Locale;
import org.tidegate.metrics.Bootstrap;
import org.tidegate.metrics.ConfusionMatrix;
import org.tidegate.task.Evaluation;
import org.tidegate.task.Figures;

/**
 * The evaluation of a tagger on tagged sentences.
 *
 * @param words the confusion matrix of the words' tags; its accuracy is the share of words with the right tag
 * @param unseen the number of words whose exact form is not in the training data
 * @param unseenCorrect the number of those with the right tag
 * @param sentences the number of sentences
 * @param correctSentences the number of those with every tag right
 * @param loss the mean loss, nats per word
 * @param figures all figures
 */
public record TaggerEvaluation(ConfusionMatrix words, long unseen, long unseenCorrect, long sentences, long correctSentences, double loss,
        Figures figures) implements Evaluation {
    static TaggerEvaluation of(ConfusionMatrix words, Bootstrap correct, long unseen, long unseenCorrect, long sentences, long correctSentences,
            double loss, Figures.Builder figures) {
        double unseenAccuracy = (double) unseenCorrect / unseen;
        return new TaggerEvaluation(words, unseen, unseenCorrect, sentences, correctSentences, loss, figures
                .put("accuracy", words.accuracy(), String.format(Locale.ROOT, "%.4f of %,d words", words.accuracy(), words.examples()))
                .interval("accuracy", correct.ratio())
                .put("unseen_accuracy", unseenAccuracy, unseen == 0 ? "" : String.format(Locale.ROOT,
                        "%.4f of %,d words that training did not have", unseenAccuracy, unseen))
                .put("sentence_accuracy", (double) correctSentences / sentences, String.format(Locale.ROOT,
                        "%.4f of %,d sentences have every tag right", (double) correctSentences / sentences, sentences))
                .put("words", words.examples(), "").put("unseen", unseen, "").confusion(words).build());
    }

    /** {@return the accuracy, the share of words with the right tag} */
    public double accuracy() {
        return words.accuracy();
    }

    /** {@return the accuracy of the unseen words; NaN if there are none} */
    public double unseenAccuracy() {
        return (double) unseenCorrect / unseen;
    }
}
