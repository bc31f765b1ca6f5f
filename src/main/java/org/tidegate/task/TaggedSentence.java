package org.tidegate.task;

import java.util.List;

/**
 * A sentence with a tag for every word.
 *
 * @param words the words, at least one
 * @param tags as many tags
 * @param origin where it comes from, for messages: "dev.conllu, line 12"; may be empty
 */
public record TaggedSentence(List<String> words, List<String> tags, String origin) {
    /** Copies both lists and checks that they fit. */
    public TaggedSentence {
        words = List.copyOf(words);
        tags = List.copyOf(tags);
        if (words.isEmpty() || words.size() != tags.size()) {
            throw new IllegalArgumentException("a sentence of " + words.size() + " words and " + tags.size()
                    + " tags; expected at least one word, and a tag for each");
        }
    }

    /** A sentence that comes from nowhere in particular. */
    public TaggedSentence(List<String> words, List<String> tags) {
        this(words, tags, "");
    }

    /** The number of words. */
    public int size() {
        return words.size();
    }
}
