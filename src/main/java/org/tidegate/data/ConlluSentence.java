package org.tidegate.data;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * A sentence of a CoNLL-U file.
 *
 * @param file the file that it stands in
 * @param words its words in their order, at least one
 */
public record ConlluSentence(Path file, List<Word> words) {

    /**
     * A line that is a word.
     *
     * @param line the line's number in the file, from 1
     * @param columns what stands in the ten columns
     */
    public record Word(int line, List<String> columns) {
        /** Copies the columns. */
        public Word {
            columns = List.copyOf(columns);
        }

        /** What stands in a column; "_" where nothing is said. */
        public String get(ConlluColumn column) {
            return columns.get(column.ordinal());
        }
    }

    /** Copies the words. */
    public ConlluSentence {
        words = List.copyOf(words);
    }

    /** The number of the line with the first word, from 1. */
    public int line() {
        return words.get(0).line();
    }

    /** The words as they stand in the text. */
    public List<String> forms() {
        return words.stream().map(word -> word.get(ConlluColumn.FORM)).toList();
    }

    /**
     * What a column says of every word.
     *
     * @throws IllegalArgumentException if it says nothing ("_") of one; the message names file, line and column
     */
    public List<String> labels(ConlluColumn column) {
        return words.stream().map(word -> label(word, column)).toList();
    }

    private String label(Word word, ConlluColumn column) {
        String label = word.get(column);
        if (label.equals("_")) {
            throw new IllegalArgumentException(String.format(Locale.ROOT, "%s, line %d, column %d (%s): nothing (\"_\") is said of"
                    + " the word \"%s\"; expected a label. Choose another column, or another file.", file, word.line(),
                    column.number(), column, word.get(ConlluColumn.FORM)));
        }
        return label;
    }
}
