package org.tidegate.task;

import java.nio.ByteBuffer;
import java.util.zip.CRC32;

/** What tells one text from another when a training is resumed. */
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
}
