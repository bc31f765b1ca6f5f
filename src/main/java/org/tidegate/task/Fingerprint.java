package org.tidegate.task;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import java.util.zip.CRC32;

/** What tells training data from others when a training is resumed. */
final class Fingerprint {
    private static final int PART = 1 << 14;

    private Fingerprint() {}

    /** "1003854 tokens, CRC-32 1a2b3c4d". */
    static String of(int... ids) {
        CRC32 crc = new CRC32();
        ByteBuffer bytes = ByteBuffer.allocate(PART * Integer.BYTES);
        for (int at = 0; at < ids.length; at += PART) {
            int count = Math.min(PART, ids.length - at);
            bytes.clear().asIntBuffer().put(ids, at, count);
            crc.update(bytes.limit(count * Integer.BYTES));
        }
        return ids.length + " tokens, CRC-32 " + String.format("%08x", crc.getValue());
    }

    /** "58 texts, CRC-32 1a2b3c4d": of the parts of so many examples, first to last. */
    static String of(int examples, String noun, Stream<String> parts) {
        return ofBytes(examples, noun, parts.map(part -> part.getBytes(StandardCharsets.UTF_8)));
    }

    /** As {@link #of(int, String, Stream)}, of parts that are no text. */
    static String ofBytes(int examples, String noun, Stream<byte[]> parts) {
        CRC32 crc = new CRC32();
        parts.forEach(part -> {
            crc.update(part);
            crc.update(0); // keeps "ab" "c" apart from "a" "bc"
        });
        return examples + " " + noun + ", CRC-32 " + String.format("%08x", crc.getValue());
    }
}
