/* Texts of clients in messages. */
package org.tidegate.server.protocol;

/** What a client sent, as a message may repeat it. */
public final class Texts {
    private static final int MOST = 60;

    private Texts() {}

    /** {@return the text without control characters, cut where it is long} */
    public static String shown(String text) {
        if (text == null) {
            return "null";
        }
        String cut = text.codePointCount(0, text.length()) <= MOST ? text : text.substring(0, text.offsetByCodePoints(0, MOST)) + "…";
        return plain(cut);
    }

    /** {@return the text without control characters} */
    public static String plain(String text) {
        return text.replaceAll("\\p{Cntrl}", "?");
    }
}
