package org.tidegate.json;

import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.io.CharacterEscapes;
import com.fasterxml.jackson.core.io.SerializedString;
import java.util.Locale;

/**
 * What is written as an escape beyond what JSON asks for, so that a terminal shows it and does not obey it: DEL, the C1 controls, the
 * separators of lines and paragraphs, the overrides and isolates of the bidirectional algorithm.
 */
final class JsonEscapes extends CharacterEscapes {
    private static final long serialVersionUID = 1;
    private static final int DEL = 0x7F;

    private final int[] ascii = standardAsciiEscapesForJSON();

    JsonEscapes() {
        ascii[DEL] = ESCAPE_STANDARD;
    }

    @Override
    public int[] getEscapeCodesForAscii() {
        return ascii;
    }

    @Override
    public SerializableString getEscapeSequence(int c) {
        boolean escaped = c > DEL && c <= 0x9F || c >= 0x2028 && c <= 0x202E || c >= 0x2066 && c <= 0x2069;
        return escaped ? new SerializedString(String.format(Locale.ROOT, "\\u%04X", c)) : null;
    }
}
