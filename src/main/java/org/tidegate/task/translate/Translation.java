package org.tidegate.task.translate;

import java.util.List;

/**
 * A translation found by a search.
 *
 * @param words its words and punctuation marks, lower-cased; {@code <unk>} stands for a word that is not in the vocabulary
 *     and not copied from the sentence ({@link TranslatorReading#copied}); or the parts that spell them
 * @param text the words as readable text, spaced as the training data are
 * @param logProbability the log probability of the words and the end token, in nats; copied ones have that of {@code <unk>}
 * @param score the score by which the search ranks translations, higher is better
 */
public record Translation(List<String> words, String text, double logProbability, double score) {

    /**
     * Keeps a copy of the words.
     *
     * @param words its words and punctuation marks, lower-cased; {@code <unk>} stands for a word that is not in the vocabulary
     *     and not copied from the sentence ({@link TranslatorReading#copied}); or the parts that spell them
     * @param text the words as readable text, spaced as the training data are
     * @param logProbability the log probability of the words and the end token, in nats; copied ones have that of {@code <unk>}
     * @param score the score by which the search ranks translations, higher is better
     */
    public Translation {
        words = List.copyOf(words);
    }
}
