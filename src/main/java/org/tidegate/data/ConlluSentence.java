package org.tidegate.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;

/**
 * A sentence of a CoNLL-U file.
 *
 * @param file the file that it was read from
 * @param words its words in their order, at least one
 * @param ranges its tokens of several words, in their order
 */
public record ConlluSentence(Path file, List<Word> words, List<Range> ranges) {
    private static final String NO_SPACE = "SpaceAfter=No";

    /**
     * A line with a range of numbers: a token of several words.
     *
     * @param first the number of its first word, from 1
     * @param last the number of its last word
     * @param columns the values of the ten columns
     */
    public record Range(int first, int last, List<String> columns) {
        /**
         * Copies the columns.
         *
         * @param first the number of its first word, from 1
         * @param last the number of its last word
         * @param columns the values of the ten columns
         */
        public Range {
            columns = List.copyOf(columns);
        }
    }

    /**
     * A piece of the text: a word, or several that are written as one.
     *
     * @param text how it is written
     * @param words its words
     * @param spaceAfter whether a space stands behind it
     */
    public record Token(String text, List<String> words, boolean spaceAfter) {
        /**
         * Copies the words.
         *
         * @param text how it is written
         * @param words its words
         * @param spaceAfter whether a space stands behind it
         */
        public Token {
            words = List.copyOf(words);
        }
    }

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
     * Copies the words and ranges.
     *
     * @param file the file that it was read from
     * @param words its words in their order, at least one
     * @param ranges its tokens of several words, in their order
     */
    public ConlluSentence {
        words = List.copyOf(words);
        ranges = List.copyOf(ranges);
    }

    /** {@return the pieces of its text, in order} */
    public List<Token> tokens() {
        List<Token> tokens = new ArrayList<>();
        List<String> forms = forms();
        Iterator<Range> left = ranges.iterator();
        Range range = null;
        for (int word = 1; word <= forms.size();) {
            while (left.hasNext() && (range == null || range.first < word)) {
                range = left.next();
            }
            boolean several = range != null && range.first == word;
            int last = several ? Math.min(range.last, forms.size()) : word;
            List<String> columns = several ? range.columns : words.get(word - 1).columns();
            tokens.add(new Token(columns.get(ConlluColumn.FORM.ordinal()), forms.subList(word - 1, last),
                    !columns.get(ConlluColumn.MISC.ordinal()).contains(NO_SPACE)));
            word = last + 1;
        }
        return tokens;
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
