package org.tidegate.text;

/** How each unit splits a text, and how one of its tokens is named in a message. */
final class Tokens {
    private Tokens() {}

    static void of(Vocabulary.Unit unit, CharSequence text, WordTokenizer.Sink sink) {
        switch (unit) {
            case CODE_POINT -> codePoints(text, sink);
            case WORD -> WordTokenizer.split(text, sink);
            case WORD_PART -> WordTokenizer.splitParts(text, sink);
            case TOKEN -> betweenSpaces(text, false, sink);
            case WHITESPACE -> betweenSpaces(text, true, sink);
        }
    }

    /** A text as a unit reads it: in the composed form, and but for single characters without what is not seen. */
    static String normalized(Vocabulary.Unit unit, CharSequence text) {
        return Unicode.nfc(unit == Vocabulary.Unit.CODE_POINT ? text.toString() : Unicode.visible(text.toString()));
    }

    private static void codePoints(CharSequence text, WordTokenizer.Sink sink) {
        for (int at = 0; at < text.length(); ) {
            int next = at + Character.charCount(Character.codePointAt(text, at));
            sink.token(at, next);
            at = next;
        }
    }

    private static void betweenSpaces(CharSequence text, boolean lineBreaks, WordTokenizer.Sink sink) {
        int start = 0;
        for (int at = 0; at <= text.length(); at++) {
            if (at == text.length() || WordTokenizer.isSpace(text.charAt(at))) {
                if (at > start) {
                    sink.token(start, at);
                }
                if (lineBreaks && at < text.length() && text.charAt(at) == '\n') {
                    sink.token(at, at + 1);
                }
                start = at + 1;
            }
        }
    }

    /** "the character 'é' (U+00E9) at position 12 (line 1, column 13)", positions counted in code points from 0. */
    static String describe(Vocabulary.Unit unit, CharSequence text, int start, int end) {
        int line = 1;
        int lineStart = 0;
        for (int i = 0; i < start; i++) {
            if (text.charAt(i) == '\n') {
                line++;
                lineStart = i + 1;
            }
        }
        String what = unit == Vocabulary.Unit.CODE_POINT
                ? character(Character.codePointAt(text, start))
                : "the word \"" + text.subSequence(start, end) + "\"";
        return what + " at position " + Character.codePointCount(text, 0, start)
                + " (line " + line + ", column " + (Character.codePointCount(text, lineStart, start) + 1) + ")";
    }

    static String character(int codePoint) {
        String code = String.format("U+%04X", codePoint);
        boolean printable = Character.isDefined(codePoint) && !Character.isISOControl(codePoint)
                && Character.getType(codePoint) != Character.SURROGATE;
        return printable ? "the character '" + Character.toString(codePoint) + "' (" + code + ")" : "the character " + code;
    }
}
