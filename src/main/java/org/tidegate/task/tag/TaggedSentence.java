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
 * @param tags one tag for each word
 * @param origin the file and line of the sentence, for messages: {@code "dev.conllu, line 12"}; may be empty
 */
public record TaggedSentence(List<String> words, List<String> tags, String origin) {
    /**
     * Copies both lists and checks that they have the same length.
     *
     * @param words the words, at least one
     * @param tags one tag for each word
     * @param origin the file and line of the sentence, for messages: {@code "dev.conllu, line 12"}; may be empty
     * @throws IllegalArgumentException if there is no word, or not one tag for each
     */
    public TaggedSentence {
        words = List.copyOf(words);
        tags = List.copyOf(tags);
        if (words.isEmpty() || words.size() != tags.size()) {
            throw new IllegalArgumentException("a sentence of " + words.size() + " words and " + tags.size()
                    + " tags; expected at least one word, and a tag for each");
        }
    }

    /**
     * Creates a sentence that is from no file.
     *
     * @param words the words, at least one
     * @param tags one tag for each word
     * @throws IllegalArgumentException if there is no word, or not one tag for each
     */
    public TaggedSentence(List<String> words, List<String> tags) {
        this(words, tags, "");
    }

    /** {@return the number of words} */
    public int size() {
        return words.size();
    }

    /**
     * Reads the sentences of CoNLL-U files with the tags of a column, one file after the other.
     *
     * @param files the files
     * @param column the column of the tags
     * @return the sentences
     * @throws IllegalArgumentException if a file is malformed, or a word has nothing in the column; the message names file and line
     * @throws IOException if one cannot be read
     */
    public static List<TaggedSentence> read(List<Path> files, ConlluColumn column) throws IOException {
        List<TaggedSentence> all = new ArrayList<>();
        for (Path file : files) {
            ConlluFile.read(file).forEach(sentence -> all.add(of(sentence, column)));
        }
        return all;
    }

    /**
     * {@return a sentence with the tags of a column}
     *
     * @param sentence the sentence
     * @param column the column of the tags
     * @throws IllegalArgumentException if a word has nothing in the column; the message names file and line
     */
    public static TaggedSentence of(ConlluSentence sentence, ConlluColumn column) {
        return new TaggedSentence(sentence.forms(), sentence.labels(column), sentence.file() + ", line " + sentence.line());
    }
}
