package org.tidegate.task.tag;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Sentences of a language in which a word's ending is its part of speech, with stems that hardly ever come twice. */
final class InventedLanguage {
    private static final String[] ENDINGS = {"ka", "lo", "mi"};
    private static final String[] TAGS = {"NOUN", "VERB", "ADJ"};

    private InventedLanguage() {}

    /** So many sentences of two to six words and a full stop. */
    static List<TaggedSentence> sentences(int count, long seed) {
        Random random = new Random(seed);
        List<TaggedSentence> sentences = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            List<String> words = new ArrayList<>();
            List<String> tags = new ArrayList<>();
            for (int length = 2 + random.nextInt(5); length > 0; length--) {
                int kind = random.nextInt(ENDINGS.length);
                StringBuilder word = new StringBuilder();
                for (int letters = 2 + random.nextInt(4); letters > 0; letters--) {
                    word.append((char) ('a' + random.nextInt(20)));
                }
                words.add(word + ENDINGS[kind]);
                tags.add(TAGS[kind]);
            }
            words.add(".");
            tags.add("PUNCT");
            sentences.add(new TaggedSentence(words, tags, "invented, sentence " + (i + 1)));
        }
        return sentences;
    }
}
