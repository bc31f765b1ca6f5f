package org.tidegate.text;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/** Strict UTF-8: malformed bytes are an error that names their offset, never a replacement character. */
public final class Utf8 {
    private static final char BYTE_ORDER_MARK = '\uFEFF';

    private Utf8() {}

    /**
     * Reads a whole file as text. A byte order mark at its start is dropped.
     *
     * @param file the file
     * @return its text
     * @throws IOException if the file cannot be read
     * @throws IllegalArgumentException if the file is not UTF-8 (the message names the byte offset) or is 2 GiB or larger
     */
    public static String read(Path file) throws IOException {
        long size = Files.size(file);
        if (size > Integer.MAX_VALUE - 16) {
            throw new IllegalArgumentException(file + " has " + size + " bytes; a text may have up to 2 GiB. Split it into parts.");
        }
        return decode(Files.readAllBytes(file), file.toString());
    }

    /**
     * Decodes bytes. A byte order mark at the start is dropped.
     *
     * @param bytes the encoded text
     * @param name of the bytes in an error message, a file's for example
     * @return the decoded text
     * @throws IllegalArgumentException if the bytes are not UTF-8; the message names the offset of the first wrong byte
     */
    public static String decode(byte[] bytes, String name) {
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CharBuffer out = CharBuffer.allocate(bytes.length);
        CoderResult result = decoder.decode(in, out, true);
        if (!result.isUnderflow()) {
            throw new IllegalArgumentException(describe(bytes, in.position(), name));
        }
        out.flip();
        if (out.hasRemaining() && out.get(0) == BYTE_ORDER_MARK) {
            out.get();
        }
        return out.toString();
    }

    /** The text of the bytes from ... to - 1, empty if they are not UTF-8. */
    static Optional<String> decode(byte[] bytes, int from, int to) {
        try {
            return Optional.of(StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, from, to - from)).toString());
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }

    private static String describe(byte[] bytes, int offset, String name) {
        int line = 1;
        for (int i = 0; i < offset; i++) {
            if (bytes[i] == '\n') {
                line++;
            }
        }
        return String.format(Locale.ROOT, "%s is not valid UTF-8: byte 0x%02X at offset %d (line %d) cannot stand there. "
                        + "If the text has another encoding, convert it first: iconv -f LATIN1 -t UTF-8",
                name, bytes[offset] & 0xFF, offset, line);
    }
}
