package org.tidegate.text;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/** A text in UTF-16 or UTF-32 as its bytes in UTF-8. */
final class WideText extends InputStream {
    private static final int BLOCK = 1 << 13;

    private final Reader reader;
    private final Charset form;
    private final String name;
    private final char[] block = new char[BLOCK + 1];
    private int kept; // the first half of a pair, which the block before ended with
    private long characters;
    private byte[] bytes = {};
    private int at;

    WideText(InputStream in, Charset form, String name) {
        this.reader = new InputStreamReader(in, form.newDecoder().onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT));
        this.form = form;
        this.name = name;
    }

    @Override
    public int read() throws IOException {
        return fill() ? bytes[at++] & 0xFF : -1;
    }

    @Override
    public int read(byte[] to, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (!fill()) {
            return -1;
        }
        int got = Math.min(length, bytes.length - at);
        System.arraycopy(bytes, at, to, offset, got);
        at += got;
        return got;
    }

    private boolean fill() throws IOException {
        while (at == bytes.length) {
            int got = next();
            if (got < 0) {
                return false;
            }
            int end = kept + got;
            kept = 0;
            boolean half = Character.isHighSurrogate(block[end - 1]); // the decoder lets no half stand alone
            bytes = new String(block, 0, half ? end - 1 : end).getBytes(StandardCharsets.UTF_8);
            at = 0;
            characters += end;
            if (half) {
                block[0] = block[end - 1];
                kept = 1;
            }
        }
        return true;
    }

    private int next() throws IOException {
        try {
            return reader.read(block, kept, BLOCK);
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException(name + " begins as " + Encoding.describe(form) + ", but after " + characters
                    + " characters, or within the block behind them, there is something else. Is it whole, and in one encoding?", e);
        }
    }

    @Override
    public void close() throws IOException {
        reader.close();
    }
}
