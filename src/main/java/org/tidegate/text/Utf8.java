package org.tidegate.text;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;

/** Strict UTF-8: malformed bytes are an error that names their offset, never a replacement character. Files: {@link InputFile}. */
public final class Utf8 {
    /** What Java's own decoding puts in the place of malformed bytes; a text may also have it. */
    static final char REPLACEMENT = '\uFFFD';
    private static final char BYTE_ORDER_MARK = '\uFEFF';

    private Utf8() {}

    /**
     * Decodes bytes. A byte order mark at the start is dropped.
     *
     * @param bytes the encoded text
     * @param name of the bytes in an error message, a file's for example
     * @return the decoded text
     * @throws IllegalArgumentException if the bytes are not UTF-8; the message names the offset of the first wrong byte
     */
    public static String decode(byte[] bytes, String name) {
        String text = new String(bytes, StandardCharsets.UTF_8);
        if (text.indexOf(REPLACEMENT) >= 0) {
            check(bytes, name, 0, 1);
        }
        return !text.isEmpty() && text.charAt(0) == BYTE_ORDER_MARK ? text.substring(1) : text;
    }

    /** Refuses bytes that are not UTF-8; they begin at an offset and in a line of what has the name. */
    static void check(byte[] bytes, String name, long offset, int line) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CharBuffer out = CharBuffer.allocate(Math.min(bytes.length, 1 << 16) + 1);
        CoderResult result = CoderResult.OVERFLOW;
        for (var decoder = StandardCharsets.UTF_8.newDecoder(); result.isOverflow(); out.clear()) {
            result = decoder.decode(in, out, true);
        }
        if (!result.isUnderflow()) {
            throw new IllegalArgumentException(describe(bytes, in.position(), name, offset, line));
        }
    }

    /** The text of the bytes from ... to - 1, empty if they are not UTF-8. */
    static Optional<String> decode(byte[] bytes, int from, int to) {
        try {
            return Optional.of(StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, from, to - from)).toString());
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }

    private static String describe(byte[] bytes, int at, String name, long offset, int firstLine) {
        int line = firstLine;
        for (int i = 0; i < at; i++) {
            if (bytes[i] == '\n') {
                line++;
            }
        }
        return String.format(Locale.ROOT, "%s is not valid UTF-8: byte 0x%02X at offset %d (line %d) cannot stand there. "
                        + "If the text has another encoding, convert it first: iconv -f LATIN1 -t UTF-8 FILE > NEW, with the encoding's"
                        + " name for LATIN1", name, bytes[at] & 0xFF, offset + at, line);
    }
}
