package org.tidegate.data;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * A sentence of a CoNLL-U file.
 *
 * @param file the file that it was read from
 * @param words its words in their order, at least one
 */
public record ConlluSentence(Path file, List<Word> words) {

    /**
     * A line that is a word.
     *
     * @param line the line's number in the file, from 1
     * @param columns the values of the ten columns
     */
    public record Word(int line, List<String> columns) {
        /**
         * Copies the columns.
         *
         * @param columns the values of the ten columns
         * @param line the line's number in the file, from 1
         */
        public Word {
            columns = List.copyOf(columns);
        }

        /**
         * {@return the value of a column, "_" for none}
         *
         * @param column the column
         */
        public String get(ConlluColumn column) {
            return columns.get(column.ordinal());
        }
    }

    /**
     * Copies the words.
     *
     * @param words its words in their order, at least one
     * @param file the file that it was read from
     */
    public ConlluSentence {
        words = List.copyOf(words);
    }

    /** {@return the number of the line with the first word, from 1} */
    public int line() {
        return words.get(0).line();
    }

    /** {@return the words as they are written in the text} */
    public List<String> forms() {
        return words.stream().map(word -> word.get(ConlluColumn.FORM)).toList();
    }

    /**
     * {@return the values of a column, one for each word}
     *
     * @param column the column
     * @throws IllegalArgumentException if one is missing ("_"); the message names file, line and column
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
