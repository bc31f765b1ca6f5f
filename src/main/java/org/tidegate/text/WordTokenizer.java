package org.tidegate.text;

import java.util.List;

/**
 * Splits running text into words, punctuation and line breaks, and joins them again.
 *
 * <p>A word is what stands between two word boundaries of Unicode Standard Annex 29 ({@link Unicode#wordEnd}): don't, l'homme, 3.5, an
 * emoji with all that belongs to it. Every other visible character is a token of its own, with its combining marks. Beyond the annex:
 *
 * <ul>
 *   <li>Languages without spaces: an ideograph or hiragana is a token, as in the annex, and so is a run of katakana; of Thai, Lao, Khmer
 *       and Burmese it is a grapheme cluster, and a space between two of them, which parts phrases there, is the token {@code " "}.
 *   <li>A line break is the token {@code "\n"}; other white space, zero-width spaces and narrow no-break spaces included, only separates.
 *   <li>An emoji keycap is a token of its own.
 *   <li>What is seen only in the character before it (a joiner, a variation selector, a combining mark) is no token where there is none.
 * </ul>
 */
public final class WordTokenizer {
    /** Below it no character but the soft hyphen joins the one before it, whatever that is. */
    private static final int SIMPLE = 0x300;
    private static final char SOFT_HYPHEN = '\u00AD';
    private static final byte[] SIMPLE_WORDS = new byte[SIMPLE];
    private static final byte[] SIMPLE_KINDS = new byte[SIMPLE];

    static {
        for (int i = 0; i < SIMPLE; i++) {
            SIMPLE_WORDS[i] = (byte) UnicodeTable.word(i);
            SIMPLE_KINDS[i] = (byte) UnicodeTable.kind(i);
        }
    }

    private static final char NARROW_SPACE = '\u202F';
    private static final char EMOJI_VARIATION = '\uFE0F';
    /** What makes an emoji of a digit, # or *. */
    static final char KEYCAP = '\u20E3';
    private static final char NON_JOINER = '\u200C';
    private static final char RIGHT_QUOTE = '\u2019';

    private final CharSequence text;
    private final boolean parts;
    private final Sink sink;
    /** The end of the last token where that is of a script whose spaces part phrases, or −1. */
    private int phrase = -1;

    private WordTokenizer(CharSequence text, boolean parts, Sink sink) {
        this.text = text;
        this.parts = parts;
        this.sink = sink;
    }

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
        new WordTokenizer(text, false, sink).run();
    }

    /** Tokenises a text, an apostrophe inside a word being a token of its own: l ' homme. */
    static void splitParts(CharSequence text, Sink sink) {
        new WordTokenizer(text, true, sink).run();
    }

    /**
     * {@return the text of tokens as most people write: a space between two words, none before closing punctuation, around line breaks and
     * between characters of languages without spaces} A {@link Vocabulary} writes as the text did that it was made of.
     *
     * @param tokens in order
     */
    public static String join(List<String> tokens) {
        return Spacing.USUAL.join(tokens);
    }

    private void run() {
        for (int at = 0; at < text.length();) {
            char first = text.charAt(at);
            int end = isSimple(first) ? simpleEnd(at) : -1;
            if (end < 0) {
                end = segment(at, Unicode.wordEnd(text, at));
            } else if (SIMPLE_KINDS[first] != UnicodeTable.SPACE) {
                word(at, end);
            } else if (first == '\n') {
                token(at, end);
            }
            at = end;
        }
    }

    /** The end of a segment of simple characters that is followed by one or nothing, or −1: what {@link Unicode#wordEnd} finds, sooner. */
    private int simpleEnd(int start) {
        int left = SIMPLE_WORDS[text.charAt(start)];
        int at = start + 1;
        while (at < text.length()) {
            char next = text.charAt(at);
            if (!isSimple(next)) {
                return -1;
            }
            int right = SIMPLE_WORDS[next];
            if (!isWordly(left) || !isWordly(right)) {
                return isWordly(left) && isMiddle(right) && !isParted(at + 1) ? -1 : at;
            }
            left = right;
            at++;
        }
        return at;
    }

    private static boolean isSimple(char unit) {
        return unit < SIMPLE && unit != SOFT_HYPHEN;
    }

    private static boolean isWordly(int word) {
        return word == UnicodeTable.W_LETTER || word == UnicodeTable.W_NUMERIC || word == UnicodeTable.W_EXTEND_NUM_LET;
    }

    private static boolean isMiddle(int word) {
        return word >= UnicodeTable.W_SINGLE_QUOTE && word <= UnicodeTable.W_MID_NUM;
    }

    private boolean isParted(int at) {
        return at == text.length() || isSimple(text.charAt(at)) && !isWordly(SIMPLE_WORDS[text.charAt(at)]);
    }

    /** Reports the tokens of a segment, and returns where the next one begins. */
    private int segment(int start, int end) {
        int first = Character.codePointAt(text, start);
        switch (UnicodeTable.kind(first)) {
            case UnicodeTable.SPACE, UnicodeTable.JOINER, UnicodeTable.INVISIBLE, UnicodeTable.MARK -> {
                if (first == '\n') {
                    token(start, start + 1);
                }
                // What belongs to them in the annex, an emoji behind a joiner, is seen by itself.
                return start + Character.charCount(first);
            }
            case UnicodeTable.COMPLEX -> {
                // Each of the two rules keeps some vowel signs with their letter that the other parts from it.
                int cluster = Math.max(end, Unicode.clusterEnd(text, start));
                if (phrase >= 0 && phrase < start && text.charAt(phrase) == ' ') {
                    sink.token(phrase, phrase + 1);
                }
                sink.token(start, cluster);
                phrase = cluster;
                return cluster;
            }
            default -> pieces(start, end);
        }
        return end;
    }

    /** The annex counts a narrow no-break space among the letters, and a keycap among the digits beside it. */
    private void pieces(int start, int end) {
        int from = start;
        for (int at = start; at < end;) {
            int next = at + 1;
            if (text.charAt(at) == NARROW_SPACE) {
                word(from, at);
                from = next;
            } else if (isKeycap(next, end)) {
                next = Unicode.clusterEnd(text, at);
                word(from, at);
                word(at, next);
                from = next;
            }
            at = next;
        }
        word(from, end);
    }

    private boolean isKeycap(int at, int end) {
        return at < end && (text.charAt(at) == KEYCAP
                || text.charAt(at) == EMOJI_VARIATION && at + 1 < end && text.charAt(at + 1) == KEYCAP);
    }

    private void word(int start, int end) {
        // After the last letter a non-joiner is not seen.
        int last = end > start && text.charAt(end - 1) == NON_JOINER ? end - 1 : end;
        int from = start;
        if (parts && last - start > 1) {
            for (int i = start; i < last; i++) {
                if (text.charAt(i) == '\'' || text.charAt(i) == RIGHT_QUOTE) {
                    token(from, i);
                    token(i, i + 1);
                    from = i + 1;
                }
            }
        }
        token(from, last);
    }

    private void token(int start, int end) {
        if (start < end) {
            phrase = -1;
            sink.token(start, end);
        }
    }

    static boolean isSpace(int codePoint) {
        return UnicodeTable.kind(codePoint) == UnicodeTable.SPACE;
    }
}
