package org.tidegate.text;

import java.util.ArrayList;
import java.util.List;

/**
 * Splits text into words and single punctuation marks, the regular expression {@code \w+|[^\w\s]} over Unicode, and joins them again. An
 * apostrophe is a mark of its own ({@code don't} is three tokens), as is usual for BLEU. White space, no-break spaces included, only
 * separates.
 */
public final class PunctuationTokenizer {
    private static final String NO_SPACE_BEFORE = ".,;:!?)]}%'\u2019-\u201D\u2026";
    private static final String NO_SPACE_AFTER = "([{\u201C\u00BF\u00A1'\u2019-";

    private PunctuationTokenizer() {}

    /**
     * {@return the tokens of a text, in order}
     *
     * @param text a text
     */
    public static List<String> split(String text) {
        List<String> tokens = new ArrayList<>();
        int at = 0;
        while (at < text.length()) {
            int start = at;
            int codePoint = text.codePointAt(at);
            at += Character.charCount(codePoint);
            if (isWordPart(codePoint)) {
                while (at < text.length() && isWordPart(text.codePointAt(at))) {
                    at += Character.charCount(text.codePointAt(at));
                }
                tokens.add(text.substring(start, at));
            } else if (!WordTokenizer.isSpace(codePoint)) {
                tokens.add(text.substring(start, at));
            }
        }
        return tokens;
    }

    /**
     * {@return the text of tokens: a space between two tokens, none before closing marks and around apostrophes and hyphens}
     *
     * @param tokens in order
     */
    public static String join(List<String> tokens) {
        StringBuilder text = new StringBuilder();
        String last = "";
        for (String token : tokens) {
            boolean close = token.length() == 1 && NO_SPACE_BEFORE.contains(token) || last.length() == 1 && NO_SPACE_AFTER.contains(last);
            if (!last.isEmpty() && !close) {
                text.append(' ');
            }
            text.append(token);
            last = token;
        }
        return text.toString();
    }

    private static boolean isWordPart(int codePoint) {
        if (Character.isLetterOrDigit(codePoint) || codePoint == '_') {
            return true;
        }
        int type = Character.getType(codePoint);
        return type == Character.LETTER_NUMBER || type == Character.OTHER_NUMBER;
    }
}
