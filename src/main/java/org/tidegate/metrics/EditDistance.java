package org.tidegate.metrics;

import java.util.List;
import java.util.stream.Stream;
import org.tidegate.text.Unicode;
import org.tidegate.text.Vocabulary;

/**
 * The edit distance of sequences, the minimum number of insertions, deletions and substitutions that turn one into the other: V. I.
 * Levenshtein, "Binary codes capable of correcting deletions, insertions and reversals", 1966. Divided by the length of the reference it is
 * an error rate, which may exceed 1.
 */
public final class EditDistance {
    private EditDistance() {}

    /**
     * {@return the edit distance of two sequences}
     *
     * @param from the one
     * @param to the other
     */
    public static int between(List<?> from, List<?> to) {
        int[] row = new int[to.size() + 1];
        for (int j = 0; j < row.length; j++) {
            row[j] = j;
        }
        for (int i = 1; i <= from.size(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j < row.length; j++) {
                int substituted = diagonal + (from.get(i - 1).equals(to.get(j - 1)) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(substituted, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[to.size()];
    }

    /**
     * {@return the edit distance of two texts in code points}
     *
     * @param from the one
     * @param to the other
     */
    public static int ofLetters(String from, String to) {
        return between(from.codePoints().boxed().toList(), to.codePoints().boxed().toList());
    }

    /**
     * {@return the edit distance of two texts in words}
     *
     * @param from the one
     * @param to the other
     */
    public static int ofWords(String from, String to) {
        return between(words(from), words(to));
    }

    /**
     * {@return the words of a text: what stands between white space, and of languages without spaces the words that
     * {@link org.tidegate.text.WordTokenizer} finds there}
     *
     * @param text a text
     */
    public static List<String> words(String text) {
        return Vocabulary.Unit.TOKEN.tokens(text).stream()
                .flatMap(word -> Unicode.isUnspaced(word) ? Vocabulary.Unit.WORD.tokens(word).stream() : Stream.of(word)).toList();
    }
}
