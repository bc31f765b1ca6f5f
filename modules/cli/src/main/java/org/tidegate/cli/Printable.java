package org.tidegate.cli;

import java.util.Locale;

/**
 * Text of users, of their files and of others' models as it is safe to show: what would move the cursor, ring, colour, turn the direction
 * of writing or break the line is written as in Java, {@code \u001B}. These are control characters (C0, DEL, C1), the overrides and
 * isolates of the bidirectional algorithm, the separators of lines and paragraphs, and halves of surrogate pairs.
 */
final class Printable {
    private Printable() {}

    /** A text on one line. */
    static String of(String text) {
        return escape(text, false);
    }

    /** A text on one line of a picture, cut where it is longer than that many characters. */
    static String of(String text, int longest) {
        String shown = of(text);
        return shown.length() <= longest ? shown : shown.substring(0, longest - 1) + "…";
    }

    /** A text that may have several lines and tabs of its own. */
    static String lines(String text) {
        return escape(text, true);
    }

    private static String escape(String text, boolean lines) {
        int first = 0;
        while (first < text.length() && isShown(text, first, lines)) {
            first++;
        }
        if (first == text.length()) {
            return text;
        }
        StringBuilder shown = new StringBuilder(text.substring(0, first));
        for (int i = first; i < text.length(); i++) {
            char c = text.charAt(i);
            shown.append(isShown(text, i, lines) ? Character.toString(c) : switch (c) {
                case '\n' -> "\\n";
                case '\r' -> "\\r";
                case '\t' -> "\\t";
                default -> String.format(Locale.ROOT, "\\u%04X", (int) c);
            });
        }
        return shown.toString();
    }

    private static boolean isShown(String text, int at, boolean lines) {
        char c = text.charAt(at);
        if (Character.isSurrogate(c)) {
            return Character.isHighSurrogate(c) ? at + 1 < text.length() && Character.isLowSurrogate(text.charAt(at + 1))
                    : at > 0 && Character.isHighSurrogate(text.charAt(at - 1));
        }
        return lines && (c == '\n' || c == '\t') || !Character.isISOControl(c) && !(c >= '\u2028' && c <= '\u202E')
                && !(c >= '\u2066' && c <= '\u2069');
    }
}
