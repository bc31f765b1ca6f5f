package org.tidegate.task;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.tidegate.text.WordTokenizer;

/**
 * A sentence with a word missing.
 *
 * @param before the words before the gap
 * @param after the words after it
 */
public record Cloze(List<String> before, List<String> after) {
    private static final Pattern GAP = Pattern.compile("_{2,}");

    /** Copies both lists. */
    public Cloze {
        before = List.copyOf(before);
        after = List.copyOf(after);
    }

    /**
     * A sentence whose missing word is written as {@code __}, two underscores or more.
     *
     * @throws IllegalArgumentException if there is no gap, or more than one
     */
    public static Cloze parse(String sentence) {
        Matcher gap = GAP.matcher(sentence);
        if (!gap.find()) {
            throw new IllegalArgumentException("\"" + sentence + "\" has no gap; write __ for the missing word:"
                    + " \"I plan to __ a new one.\"");
        }
        int start = gap.start();
        int end = gap.end();
        if (gap.find()) {
            throw new IllegalArgumentException("\"" + sentence + "\" has more than one gap; expected one __");
        }
        return new Cloze(words(sentence.substring(0, start)), words(sentence.substring(end)));
    }

    /** The words of a text as {@link WordTokenizer} finds them, in lower case and without line breaks. */
    public static List<String> words(String text) {
        List<String> words = new ArrayList<>();
        WordTokenizer.split(text, (start, end) -> {
            if (text.charAt(start) != '\n') {
                words.add(text.substring(start, end).toLowerCase(Locale.ROOT));
            }
        });
        return words;
    }
}
