package org.tidegate.task.tag;

import java.util.Locale;
import org.tidegate.metrics.ConfusionMatrix;
import org.tidegate.task.Evaluation;
import org.tidegate.task.Figures;

/**
 * How well a tagger tags.
 *
 * @param words what the words of each right tag were given; its accuracy is the share of words with the right tag
 * @param unseen how many words did not occur, exactly so, in training
 * @param unseenCorrect how many of those got the right tag
 * @param sentences how many sentences there were
 * @param correctSentences in how many of them every word got the right tag
 * @param loss the mean loss
 * @param figures all figures
 */
public record TaggerEvaluation(ConfusionMatrix words, long unseen, long unseenCorrect, long sentences, long correctSentences, double loss,
        Figures figures) implements Evaluation {
    static TaggerEvaluation of(ConfusionMatrix words, long unseen, long unseenCorrect, long sentences, long correctSentences, double loss,
            Figures.Builder figures) {
        double unseenAccuracy = (double) unseenCorrect / unseen;
        return new TaggerEvaluation(words, unseen, unseenCorrect, sentences, correctSentences, loss, figures
                .put("accuracy", words.accuracy(), String.format(Locale.ROOT, "%.4f of %,d words", words.accuracy(), words.examples()))
                .put("unseen_accuracy", unseenAccuracy, unseen == 0 ? "" : String.format(Locale.ROOT,
                        "%.4f of %,d words that training did not have", unseenAccuracy, unseen))
                .put("sentence_accuracy", (double) correctSentences / sentences, String.format(Locale.ROOT,
                        "%.4f of %,d sentences have every tag right", (double) correctSentences / sentences, sentences))
                .put("words", words.examples(), "").put("unseen", unseen, "").confusion(words).build());
    }

    /** The share of words with the right tag. */
    public double accuracy() {
        return words.accuracy();
    }

    /** The share of unseen words with the right tag; NaN if all were seen. */
    public double unseenAccuracy() {
        return (double) unseenCorrect / unseen;
    }
}
