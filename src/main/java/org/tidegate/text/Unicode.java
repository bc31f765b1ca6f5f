package org.tidegate.text;

import java.text.Normalizer;
import java.util.Locale;
import java.util.function.UnaryOperator;

/**
 * Segments and normalises text by the tables of one version of Unicode, whatever the JDK's is: extended grapheme clusters and words of
 * Unicode Standard Annex 29, the composed form NFC, and lower case.
 */
public final class Unicode {
    /** The version of Unicode whose tables are used. */
    public static final String VERSION = "15.0";

    /** Below it every character is in NFC, and none joins the one before it. */
    private static final int FIRST_COMBINING = 0x300;
    private static final int NONE = 0;

    private Unicode() {}

    /**
     * {@return the end of the extended grapheme cluster that begins at an index: what a reader sees as one character}
     *
     * @param text a text
     * @param start the index of the cluster's first UTF-16 unit, below the text's length
     * @throws IndexOutOfBoundsException if the start is not in the text
     */
    public static int clusterEnd(CharSequence text, int start) {
        int codePoint = Character.codePointAt(text, start);
        int at = start + Character.charCount(codePoint);
        int left = UnicodeTable.cluster(codePoint);
        int regional = left == UnicodeTable.G_REGIONAL ? 1 : 0;
        boolean emoji = UnicodeTable.isPictographic(codePoint);
        while (at < text.length()) {
            int next = Character.codePointAt(text, at);
            int right = UnicodeTable.cluster(next);
            boolean pictographic = UnicodeTable.isPictographic(next);
            if (!joinsCluster(left, right, emoji && pictographic, regional)) {
                return at;
            }
            regional = right == UnicodeTable.G_REGIONAL ? regional + 1 : 0;
            // GB11: an emoji sequence is pictographic Extend* ZWJ.
            emoji = pictographic || emoji && (right == UnicodeTable.G_EXTEND || right == UnicodeTable.G_ZWJ);
            left = right;
            at += Character.charCount(next);
        }
        return at;
    }

    /** Rules GB3 to GB13. emoji: the right one is pictographic, and the left ends with a sequence that may go on with it. */
    private static boolean joinsCluster(int left, int right, boolean emoji, int regional) {
        if (isBreaker(left) || isBreaker(right)) {
            return left == UnicodeTable.G_CR && right == UnicodeTable.G_LF;
        }
        boolean syllable = switch (left) {
            case UnicodeTable.G_L -> right == UnicodeTable.G_L || right == UnicodeTable.G_V || right == UnicodeTable.G_LV
                    || right == UnicodeTable.G_LVT;
            case UnicodeTable.G_LV, UnicodeTable.G_V -> right == UnicodeTable.G_V || right == UnicodeTable.G_T;
            case UnicodeTable.G_LVT, UnicodeTable.G_T -> right == UnicodeTable.G_T;
            default -> false;
        };
        return syllable || right == UnicodeTable.G_EXTEND || right == UnicodeTable.G_ZWJ || right == UnicodeTable.G_SPACING_MARK
                || left == UnicodeTable.G_PREPEND || left == UnicodeTable.G_ZWJ && emoji
                || left == UnicodeTable.G_REGIONAL && right == UnicodeTable.G_REGIONAL && regional % 2 == 1;
    }

    private static boolean isBreaker(int cluster) {
        return cluster == UnicodeTable.G_CR || cluster == UnicodeTable.G_LF || cluster == UnicodeTable.G_CONTROL;
    }

    /**
     * {@return the end of the segment between two word boundaries that begins at an index: a word, a punctuation mark, spaces}
     *
     * @param text a text
     * @param start the index of the segment's first UTF-16 unit, below the text's length; a word boundary
     * @throws IndexOutOfBoundsException if the start is not in the text
     */
    public static int wordEnd(CharSequence text, int start) {
        int codePoint = Character.codePointAt(text, start);
        int at = start + Character.charCount(codePoint);
        int last = UnicodeTable.word(codePoint);
        int left = last; // the last class that is not ignored, and the one before it
        int before = NONE;
        int regional = left == UnicodeTable.W_REGIONAL ? 1 : 0;
        while (at < text.length()) {
            int next = Character.codePointAt(text, at);
            int right = UnicodeTable.word(next);
            int after = at + Character.charCount(next);
            if (isLineBreak(last) || isLineBreak(right)) {
                if (last != UnicodeTable.W_CR || right != UnicodeTable.W_LF) {
                    return at;
                }
            } else if (!(last == UnicodeTable.W_ZWJ && UnicodeTable.isPictographic(next)
                    || last == UnicodeTable.W_SPACE && right == UnicodeTable.W_SPACE || isIgnored(right)
                    || joinsWord(before, left, right, regional, text, after))) {
                return at;
            }
            if (!isIgnored(right)) {
                before = left;
                left = right;
                regional = right == UnicodeTable.W_REGIONAL ? regional + 1 : 0;
            }
            last = right;
            at = after;
        }
        return at;
    }

    /** Rules WB5 to WB16, of classes between which those that WB4 ignores have been skipped. */
    private static boolean joinsWord(int before, int left, int right, int regional, CharSequence text, int after) {
        if (isLetter(right)) {
            return isLetter(left) || left == UnicodeTable.W_NUMERIC || left == UnicodeTable.W_EXTEND_NUM_LET
                    || isLetter(before) && isMiddleOfLetters(left)
                    || left == UnicodeTable.W_DOUBLE_QUOTE && before == UnicodeTable.W_HEBREW && right == UnicodeTable.W_HEBREW;
        }
        return switch (right) {
            case UnicodeTable.W_NUMERIC -> left == UnicodeTable.W_NUMERIC || isLetter(left) || left == UnicodeTable.W_EXTEND_NUM_LET
                    || before == UnicodeTable.W_NUMERIC && isMiddleOfNumbers(left);
            case UnicodeTable.W_KATAKANA -> left == UnicodeTable.W_KATAKANA || left == UnicodeTable.W_EXTEND_NUM_LET;
            case UnicodeTable.W_EXTEND_NUM_LET -> isLetter(left) || left == UnicodeTable.W_NUMERIC || left == UnicodeTable.W_KATAKANA
                    || left == UnicodeTable.W_EXTEND_NUM_LET;
            case UnicodeTable.W_REGIONAL -> left == UnicodeTable.W_REGIONAL && regional % 2 == 1;
            case UnicodeTable.W_DOUBLE_QUOTE -> left == UnicodeTable.W_HEBREW && following(text, after) == UnicodeTable.W_HEBREW;
            default -> left == UnicodeTable.W_HEBREW && right == UnicodeTable.W_SINGLE_QUOTE
                    || isLetter(left) && isMiddleOfLetters(right) && isLetter(following(text, after))
                    || left == UnicodeTable.W_NUMERIC && isMiddleOfNumbers(right)
                            && following(text, after) == UnicodeTable.W_NUMERIC;
        };
    }

    /** The class of the next code point that is not ignored. */
    private static int following(CharSequence text, int from) {
        for (int at = from; at < text.length();) {
            int codePoint = Character.codePointAt(text, at);
            int found = UnicodeTable.word(codePoint);
            if (!isIgnored(found)) {
                return found;
            }
            at += Character.charCount(codePoint);
        }
        return NONE;
    }

    private static boolean isLineBreak(int word) {
        return word == UnicodeTable.W_CR || word == UnicodeTable.W_LF || word == UnicodeTable.W_NEWLINE;
    }

    private static boolean isIgnored(int word) {
        return word == UnicodeTable.W_EXTEND || word == UnicodeTable.W_FORMAT || word == UnicodeTable.W_ZWJ;
    }

    private static boolean isLetter(int word) {
        return word == UnicodeTable.W_LETTER || word == UnicodeTable.W_HEBREW;
    }

    private static boolean isMiddleOfLetters(int word) {
        return word == UnicodeTable.W_MID_LETTER || word == UnicodeTable.W_MID_NUM_LET || word == UnicodeTable.W_SINGLE_QUOTE;
    }

    private static boolean isMiddleOfNumbers(int word) {
        return word == UnicodeTable.W_MID_NUM || word == UnicodeTable.W_MID_NUM_LET || word == UnicodeTable.W_SINGLE_QUOTE;
    }

    /**
     * {@return a text in the composed form NFC, so that é is the same however it was typed} Characters that are younger than Unicode 13.0,
     * the oldest version that a supported JDK knows, stay as they are.
     *
     * @param text a text
     */
    public static String nfc(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) >= FIRST_COMBINING) {
                return byOldRuns(text, run -> Normalizer.normalize(run, Normalizer.Form.NFC));
            }
        }
        return text;
    }

    /**
     * {@return a text in lower case, by no language's own rules} Characters that are younger than Unicode 13.0 stay as they are.
     *
     * @param text a text
     */
    public static String lowerCase(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) >= FIRST_COMBINING) {
                return byOldRuns(text, run -> run.toLowerCase(Locale.ROOT));
            }
        }
        return text.toLowerCase(Locale.ROOT);
    }

    /** What all JDKs do alike to a text: to each run of characters that all of them know. */
    private static String byOldRuns(String text, UnaryOperator<String> change) {
        StringBuilder changed = null;
        int done = 0;
        for (int at = 0; at < text.length();) {
            int codePoint = text.codePointAt(at);
            int next = at + Character.charCount(codePoint);
            if (UnicodeTable.isYoung(codePoint)) {
                changed = changed == null ? new StringBuilder(text.length()) : changed;
                changed.append(change.apply(text.substring(done, at))).append(text, at, next);
                done = next;
            }
            at = next;
        }
        return changed == null ? change.apply(text) : changed.append(change.apply(text.substring(done))).toString();
    }

    /**
     * {@return whether a text has characters of a language without spaces between words: ideographs, kana, bopomofo, Thai, Lao, Khmer,
     * Burmese}
     *
     * @param text a text
     */
    public static boolean isUnspaced(CharSequence text) {
        return text.codePoints().map(UnicodeTable::kind).anyMatch(Spacing::isUnspaced);
    }

    /** A text without what is not seen and changes no word: soft hyphens, marks of direction, byte order marks. */
    static String visible(String text) {
        StringBuilder visible = null;
        for (int i = 0; i < text.length(); i++) {
            char unit = text.charAt(i);
            boolean drop = unit >= '\u00AD' && UnicodeTable.kind(unit) == UnicodeTable.INVISIBLE;
            if (drop && visible == null) {
                visible = new StringBuilder(text.length()).append(text, 0, i);
            } else if (!drop && visible != null) {
                visible.append(unit);
            }
        }
        return visible == null ? text : visible.toString();
    }
}
