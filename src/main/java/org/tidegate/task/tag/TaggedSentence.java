package org.tidegate.task.tag;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.tidegate.data.ConlluColumn;
import org.tidegate.data.ConlluFile;
import org.tidegate.data.ConlluSentence;

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

    /**
     * The sentences of CoNLL-U files with the tags of a column.
     *
     * @throws IllegalArgumentException if a file is no CoNLL-U, or a word has nothing in the column; the message says where
     * @throws IOException if one cannot be read
     */
    public static List<TaggedSentence> read(List<Path> files, ConlluColumn column) throws IOException {
        List<TaggedSentence> all = new ArrayList<>();
        for (Path file : files) {
            for (ConlluSentence sentence : ConlluFile.read(file)) {
                all.add(new TaggedSentence(sentence.forms(), sentence.labels(column), file + ", line " + sentence.line()));
            }
        }
        return all;
    }
}
