package org.tidegate.task.translate;

import java.util.List;
import org.tidegate.text.PunctuationTokenizer;

/**
 * A translation that was found.
 *
 * @param words its words and punctuation marks, lower-cased; {@code <unk>} stands for a word that the model does not know
 * @param logProbability of the words and the end of the sentence
 * @param score what translations are ranked by, higher is better
 */
public record Translation(List<String> words, double logProbability, double score) {

    /** Keeps a copy of the words. */
    public Translation {
        words = List.copyOf(words);
    }

    /** The words as readable text. */
    public String text() {
        return PunctuationTokenizer.join(words);
    }
}
