package org.tidegate.audio;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads Wave64 files (Sony, 2003): WAVE with sizes of 64 bits. A chunk is an id of 16 bytes, of which the first four are those of WAVE, its
 * size with this header, and its content; the next one begins at a multiple of 8.
 */
final class Wave64Format implements AudioFormat {
    private static final byte[] MARK = {'r', 'i', 'f', 'f', 0x2E, (byte) 0x91, (byte) 0xCF, 0x11, (byte) 0xA5, (byte) 0xD6, 0x28,
        (byte) 0xDB, 0x04, (byte) 0xC1, 0, 0};
    private static final int FIRST = 40;
    private static final int HEADER = 24;
    /** Sizes from here on are those of a writer that does not know. */
    private static final long UNKNOWN = 1L << 62;

    @Override
    public boolean begins(byte... first) {
        return Arrays.equals(first, MARK);
    }

    @Override
    public Audio read(String name, byte... bytes) {
        ByteBuffer file = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        ByteBuffer format = null;
        ByteBuffer data = null;
        for (int at = FIRST; bytes.length - at >= HEADER && (format == null || data == null);) {
            String id = new String(bytes, at, 4, StandardCharsets.ISO_8859_1);
            long size = file.getLong(at + 16) - HEADER;
            int left = bytes.length - at - HEADER;
            boolean isData = id.equals("data");
            boolean open = isData && (size <= 0 || size >= UNKNOWN);
            if (!open && (size < 0 || size > left)) {
                throw new IllegalArgumentException(name + " is cut short: its chunk " + SoundKind.printable(id) + " at byte " + at
                        + " should have " + size + " bytes, and the file has " + left + " more");
            }
            int length = open ? left : (int) size;
            ByteBuffer content = file.slice(at + HEADER, length).order(ByteOrder.LITTLE_ENDIAN);
            format = id.equals("fmt ") ? content : format;
            data = isData ? content : data;
            at = (int) Math.min(bytes.length, at + HEADER + (length + 7L & ~7L));
        }
        if (format == null || data == null) {
            throw new IllegalArgumentException(name + " is no complete Wave64 file: it has no chunk "
                    + (format == null ? "\"fmt \"" : "\"data\""));
        }
        return WavFormat.audio(name, format, data);
    }
}
