package org.tidegate.text;

import java.nio.charset.StandardCharsets;

/** The first line of word2vec's files: "count columns". */
final class VectorHeader {
    /** The limit of columns, beyond any published vectors: more means a damaged header. */
    private static final int MOST_COLUMNS = 100_000;

    private VectorHeader() {}

    /** Count and columns, null if the line is something else. */
    static int[] parse(byte... line) {
        String text = new String(line, StandardCharsets.ISO_8859_1);
        if (!text.matches("[0-9]{1,9}[ \\t]+[0-9]{1,9}[ \\t\\r]*")) {
            return null;
        }
        String[] numbers = text.split("[ \\t\\r]+");
        return new int[] {Integer.parseInt(numbers[0]), Integer.parseInt(numbers[1])};
    }

    /** The header, checked. */
    static int[] check(String file, int... header) {
        if (header[0] < 1 || header[1] < 1 || header[1] > MOST_COLUMNS) {
            throw new IllegalArgumentException(file + ", line 1 says " + header[0] + " words and " + header[1]
                    + " columns; expected at least 1 of both and at most " + MOST_COLUMNS + " columns");
        }
        return header;
    }
}
