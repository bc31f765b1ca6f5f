package org.tidegate.text;

/** How each unit splits a text, and how one of its tokens is named in a message. */
final class Tokens {
    private Tokens() {}

    static void of(Vocabulary.Unit unit, CharSequence text, WordTokenizer.Sink sink) {
        if (unit == Vocabulary.Unit.WORD) {
            WordTokenizer.split(text, sink);
            return;
        }
        for (int at = 0; at < text.length(); ) {
            int next = at + Character.charCount(Character.codePointAt(text, at));
            sink.token(at, next);
            at = next;
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
        String what = unit == Vocabulary.Unit.WORD
                ? "the word \"" + text.subSequence(start, end) + "\""
                : character(Character.codePointAt(text, start));
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
