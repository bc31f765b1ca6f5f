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
            case BPE -> spelled(text, sink);
        }
    }

    /** A text as a unit reads it: in the composed form, and but for characters and what is spelled by them without what is not seen. */
    static String normalized(Vocabulary.Unit unit, CharSequence text) {
        return Unicode.nfc(unit.isWhole() ? text.toString() : Unicode.visible(text.toString()));
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

    /**
     * Words that are spelled, without a gap: runs of letters, of signs and of blanks, and line breaks. A space is of the word behind it, an
     * apostrophe between letters of theirs. What is written without spaces is one word up to the next sign.
     */
    private static void spelled(CharSequence text, WordTokenizer.Sink sink) {
        for (int at = 0; at < text.length();) {
            int start = at;
            if (text.charAt(at) == '\n') {
                sink.token(start, ++at);
                continue;
            }
            while (at < text.length() && text.charAt(at) != '\n' && kind(text, at) == UnicodeTable.SPACE) {
                at += Character.charCount(Character.codePointAt(text, at));
            }
            boolean goesOn = at < text.length() && text.charAt(at) != '\n';
            int word = goesOn && at > start && text.charAt(at - 1) == ' ' ? at - 1 : at;
            if (word > start) {
                sink.token(start, word);
            }
            if (goesOn) {
                at = runEnd(text, at);
                sink.token(word, at);
            }
        }
    }

    private static int runEnd(CharSequence text, int start) {
        boolean word = !isSign(text, start);
        int at = start + Character.charCount(Character.codePointAt(text, start));
        while (at < text.length()) {
            int kind = kind(text, at);
            boolean follows = kind == UnicodeTable.MARK || kind == UnicodeTable.JOINER || kind == UnicodeTable.INVISIBLE;
            boolean inWord = word && isApostrophe(text.charAt(at)) && at + 1 < text.length() && kind(text, at + 1) == UnicodeTable.LETTER;
            if (kind == UnicodeTable.SPACE || !follows && !inWord && isSign(text, at) == word) {
                return at;
            }
            at += Character.charCount(Character.codePointAt(text, at));
        }
        return at;
    }

    private static int kind(CharSequence text, int at) {
        return UnicodeTable.kind(Character.codePointAt(text, at));
    }

    private static boolean isApostrophe(char unit) {
        return unit == '\'' || unit == '\u2019';
    }

    /** The punctuation of ideographs is of their kind. */
    private static boolean isSign(CharSequence text, int at) {
        int codePoint = Character.codePointAt(text, at);
        int kind = UnicodeTable.kind(codePoint);
        return kind == UnicodeTable.SIGN || kind == UnicodeTable.UNSPACED && !UnicodeTable.isYoung(codePoint)
                && !Character.isLetterOrDigit(codePoint);
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
