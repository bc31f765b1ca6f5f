package org.tidegate.metrics;

import java.util.List;

/**
 * The fewest insertions, deletions and substitutions that turn a sequence into another: V. I. Levenshtein, "Binary codes capable of
 * correcting deletions, insertions and reversals", 1966. Divided by the length of what is right it is an error rate, which may be
 * above 1.
 */
public final class EditDistance {
    private EditDistance() {}

    /** Between two sequences. */
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

    /** Between two texts, in code points. */
    public static int ofLetters(String from, String to) {
        return between(from.codePoints().boxed().toList(), to.codePoints().boxed().toList());
    }

    /** Between two texts, in words, which white space parts. */
    public static int ofWords(String from, String to) {
        return between(words(from), words(to));
    }

    /** The words of a text, which white space parts. */
    public static List<String> words(String text) {
        return text.isBlank() ? List.of() : List.of(text.strip().split("\\s+"));
    }
}
