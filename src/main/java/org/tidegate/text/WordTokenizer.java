package org.tidegate.text;

import java.util.List;

/**
 * Splits running text into words, punctuation and line breaks, and joins them again.
 *
 * <p>A word is a run of letters, marks, digits and underscores; an apostrophe between two of them belongs to the word (don't). Every
 * other visible character is a token of its own. A line break is the token {@code "\n"}; other white space only separates.
 */
public final class WordTokenizer {
    private static final String NO_SPACE_BEFORE = ".,;:!?)]}%'\u2019\u201D\u2026";
    private static final String NO_SPACE_AFTER = "([{\u201C\u00BF\u00A1";

    private WordTokenizer() {}

    /** Receives tokens in the order of the text. */
    @FunctionalInterface
    public interface Sink {
        /**
         * Receives the token {@code text[start, end)}.
         *
         * @param start the index of its first UTF-16 unit
         * @param end the index after its last one
         */
        void token(int start, int end);
    }

    /**
     * Tokenises a text.
     *
     * @param text a text
     * @param sink receives the tokens in order
     */
    public static void split(CharSequence text, Sink sink) {
        int at = 0;
        while (at < text.length()) {
            int codePoint = Character.codePointAt(text, at);
            int next = at + Character.charCount(codePoint);
            if (isWordPart(codePoint)) {
                next = endOfWord(text, next);
                sink.token(at, next);
            } else if (codePoint == '\n' || !isSpace(codePoint)) {
                sink.token(at, next);
            }
            at = next;
        }
    }

    /**
     * {@return the text of tokens: one space between two tokens, none around line breaks and before closing punctuation}
     *
     * @param tokens in order
     */
    public static String join(List<String> tokens) {
        StringBuilder text = new StringBuilder();
        String last = "\n";
        for (String token : tokens) {
            if (needsSpace(last, token)) {
                text.append(' ');
            }
            text.append(token);
            last = token;
        }
        return text.toString();
    }

    private static boolean needsSpace(String last, String token) {
        return !last.equals("\n") && !token.equals("\n")
                && !(token.length() == 1 && NO_SPACE_BEFORE.contains(token))
                && !(last.length() == 1 && NO_SPACE_AFTER.contains(last));
    }

    private static int endOfWord(CharSequence text, int from) {
        int at = from;
        while (at < text.length()) {
            int codePoint = Character.codePointAt(text, at);
            int next = at + Character.charCount(codePoint);
            boolean innerApostrophe = (codePoint == '\'' || codePoint == '\u2019')
                    && next < text.length() && isWordPart(Character.codePointAt(text, next));
            if (!isWordPart(codePoint) && !innerApostrophe) {
                return at;
            }
            at = next;
        }
        return at;
    }

    private static boolean isWordPart(int codePoint) {
        if (Character.isLetterOrDigit(codePoint) || codePoint == '_') {
            return true;
        }
        int type = Character.getType(codePoint);
        return type == Character.NON_SPACING_MARK || type == Character.COMBINING_SPACING_MARK
                || type == Character.LETTER_NUMBER || type == Character.OTHER_NUMBER;
    }

    static boolean isSpace(int codePoint) {
        return Character.isWhitespace(codePoint) || Character.isSpaceChar(codePoint) || Character.isISOControl(codePoint);
    }
}
