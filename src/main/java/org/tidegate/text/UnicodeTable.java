package org.tidegate.text;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * The properties of code points by which {@link Unicode} segments text, from the tables of one version of Unicode, so that every JDK splits
 * alike. A word of bits for each code point: {@link #cluster}, {@link #word}, {@link #kind}, and two flags.
 */
final class UnicodeTable {
    /** The properties of the resource beside this class, a line "first last bits" for each range, in hexadecimal. */
    static final String RESOURCE = "unicode-" + Unicode.VERSION + ".txt";

    // Grapheme_Cluster_Break; the rest is 0.
    static final int G_CR = 1;
    static final int G_LF = 2;
    static final int G_CONTROL = 3;
    static final int G_EXTEND = 4;
    static final int G_ZWJ = 5;
    static final int G_REGIONAL = 6;
    static final int G_PREPEND = 7;
    static final int G_SPACING_MARK = 8;
    static final int G_L = 9;
    static final int G_V = 10;
    static final int G_T = 11;
    static final int G_LV = 12;
    static final int G_LVT = 13;

    // Word_Break; the rest is 0.
    static final int W_CR = 1;
    static final int W_LF = 2;
    static final int W_NEWLINE = 3;
    static final int W_EXTEND = 4;
    static final int W_ZWJ = 5;
    static final int W_FORMAT = 6;
    static final int W_REGIONAL = 7;
    static final int W_KATAKANA = 8;
    static final int W_HEBREW = 9;
    static final int W_LETTER = 10;
    static final int W_SINGLE_QUOTE = 11;
    static final int W_DOUBLE_QUOTE = 12;
    static final int W_MID_NUM_LET = 13;
    static final int W_MID_LETTER = 14;
    static final int W_MID_NUM = 15;
    static final int W_NUMERIC = 16;
    static final int W_EXTEND_NUM_LET = 17;
    static final int W_SPACE = 18;

    /** What a code point is to a tokenizer. */
    static final int SIGN = 0;
    /** White space and controls: they separate. */
    static final int SPACE = 1;
    /** Joiners, variation selectors and the like, which are seen only in what stands before them. */
    static final int JOINER = 2;
    /** Soft hyphens, marks of direction and the like, without which a word is the same word. */
    static final int INVISIBLE = 3;
    /** Combining marks. */
    static final int MARK = 4;
    /** Thai, Lao, Khmer, Burmese and their kin (Line_Break SA): no spaces between words, but between phrases. */
    static final int COMPLEX = 5;
    /** Ideographs, kana and bopomofo, and the punctuation of their width: no spaces at all. */
    static final int UNSPACED = 6;
    /** Other letters, digits, and the underscore. */
    static final int LETTER = 7;

    static final int WORD_SHIFT = 4;
    static final int KIND_SHIFT = 9;
    /** Extended_Pictographic. */
    static final int PICTOGRAPHIC = 1 << 12;
    /** Not assigned in Unicode 13.0, which the oldest supported JDK knows: JDKs do not agree on its case and its composition. */
    static final int YOUNG = 1 << 13;

    private static final int BLOCK = 256;
    private static final char[][] BLOCKS = read();

    private UnicodeTable() {}

    static int bits(int codePoint) {
        return BLOCKS[codePoint >> 8][codePoint & BLOCK - 1];
    }

    static int cluster(int codePoint) {
        return bits(codePoint) & 15;
    }

    static int word(int codePoint) {
        return bits(codePoint) >> WORD_SHIFT & 31;
    }

    static int kind(int codePoint) {
        return bits(codePoint) >> KIND_SHIFT & 7;
    }

    static boolean isPictographic(int codePoint) {
        return (bits(codePoint) & PICTOGRAPHIC) != 0;
    }

    static boolean isYoung(int codePoint) {
        return (bits(codePoint) & YOUNG) != 0;
    }

    /** Blocks that are alike share one array. */
    private static char[][] read() {
        char[] all = new char[Character.MAX_CODE_POINT + 1];
        try (InputStream in = UnicodeTable.class.getResourceAsStream(RESOURCE);
                BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (!line.isEmpty() && line.charAt(0) != '#') {
                    String[] range = line.split(" ");
                    Arrays.fill(all, Integer.parseInt(range[0], 16), Integer.parseInt(range[1], 16) + 1,
                            (char) Integer.parseInt(range[2], 16));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the table of Unicode " + Unicode.VERSION + " cannot be read: " + e.getMessage(), e);
        }
        char[][] blocks = new char[all.length / BLOCK][];
        Map<String, char[]> distinct = new HashMap<>();
        for (int i = 0; i < blocks.length; i++) {
            char[] block = Arrays.copyOfRange(all, i * BLOCK, (i + 1) * BLOCK);
            blocks[i] = distinct.computeIfAbsent(new String(block), unseen -> block);
        }
        return blocks;
    }
}
