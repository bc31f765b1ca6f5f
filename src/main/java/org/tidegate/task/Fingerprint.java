package org.tidegate.task;

import java.nio.ByteBuffer;
import java.util.stream.Stream;
import java.util.zip.CRC32;

/** Identifies training data when a training is continued: their number, and a checksum of their content. */
public final class Fingerprint {
    private static final int PART = 1 << 14;

    private Fingerprint() {}

    /**
     * {@return the fingerprint of a token stream: "1003854 tokens, CRC-32 1a2b3c4d"}
     *
     * @param ids the token ids
     */
    public static String of(int... ids) {
        CRC32 crc = new CRC32();
        ByteBuffer bytes = ByteBuffer.allocate(PART * Integer.BYTES);
        for (int at = 0; at < ids.length; at += PART) {
            int count = Math.min(PART, ids.length - at);
            bytes.clear().asIntBuffer().put(ids, at, count);
            crc.update(bytes.limit(count * Integer.BYTES));
        }
        return text(ids.length, "tokens", crc);
    }

    /**
     * {@return the fingerprint of examples: "58 texts, CRC-32 1a2b3c4d"}
     *
     * @param examples the number of examples
     * @param noun their plural noun
     * @param parts their contents, first to last
     */
    public static String of(int examples, String noun, Stream<byte[]> parts) {
        CRC32 crc = new CRC32();
        parts.forEach(part -> {
            crc.update(part);
            crc.update(0); // keeps "ab" "c" apart from "a" "bc"
        });
        return text(examples, noun, crc);
    }

    private static String text(int count, String noun, CRC32 crc) {
        return count + " " + noun + ", CRC-32 " + String.format("%08x", crc.getValue());
    }
}
