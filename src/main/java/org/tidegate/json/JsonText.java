/* A JSON text that comes into being. */
package org.tidegate.json;

/** Puts texts into double quotes. */
final class JsonText {
    private static final int DEL = 0x7F;

    private JsonText() {
    }

    static void quote(StringBuilder json, String text) {
        json.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"', '\\' -> json.append('\\').append(c);
                case '\b' -> json.append("\\b");
                case '\f' -> json.append("\\f");
                case '\n' -> json.append("\\n");
                case '\r' -> json.append("\\r");
                case '\t' -> json.append("\\t");
                default -> {
                    if (isEscaped(c)) {
                        json.append("\\u").append(JsonTokens.hexadecimal(c));
                    } else {
                        json.append(c);
                    }
                }
            }
        }
        json.append('"');
    }

    /**
     * Beyond what JSON asks for, what a terminal would obey instead of showing it: DEL, the C1 controls, the separators of lines and
     * paragraphs, the overrides and isolates of the bidirectional algorithm.
     */
    private static boolean isEscaped(char c) {
        return c < ' ' || c >= DEL && c <= 0x9F || c >= 0x2028 && c <= 0x202E || c >= 0x2066 && c <= 0x2069;
    }
}
