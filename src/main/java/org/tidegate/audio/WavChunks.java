package org.tidegate.audio;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * The chunks "fmt " and "data" of a WAVE file, as files really come. A chunk is an id, its size and so many bytes; one of odd size is
 * followed by a byte of padding. Where the two are found, nothing behind them is looked at: a tag, or a list that is cut. What else the
 * header says may be wrong:
 *
 * <ul>
 *   <li>A writer into a pipe does not know the size of its sound: it leaves 0, or a number near 2^31 or 2^32. The sound then goes on to the
 *       end of the file. So it does where its size is wrong by less than a header, and the size of the whole file is right.
 *   <li>The padding may be missing.
 *   <li>Where no chunk is, there is junk, or the chunk before gave a wrong size: the missing chunks are searched for behind its header.
 *   <li>RF64 and BW64, for files above 4 GiB, have the size of the sound in 64 bits in the chunk "ds64". RIFX is big-endian.
 * </ul>
 */
final class WavChunks {
    private static final String FORMAT = "fmt ";
    private static final String DATA = "data";
    private static final int HEADER = 8;
    private static final int FIRST = 12;
    /** Sizes from here to 2^32 are those of a writer that does not know. */
    private static final long UNKNOWN = 0x7FFF_0000L;
    private static final long IN_DS64 = 0xFFFF_FFFFL;
    /** Writers confuse the size of the sound with that of the file, which has a header more. */
    private static final int CONFUSED = 64;

    private final String name;
    private final ByteBuffer bytes;
    private final int end;
    private long fileSize;
    /** Of an RF64 file; 0 where it is not known. */
    private long wideDataSize;
    private ByteBuffer format;
    private ByteBuffer data;
    /** Whether there are chunks, and nothing else, from the first empty one of sound to the end. */
    private boolean chained;
    /** What the first chunk that does not fit claims, for the message if its absence matters. */
    private String misfit = "";

    /** The chunks of a file that begins as {@link #begins} says. */
    WavChunks(String name, byte[] file) {
        this.name = name;
        bytes = ByteBuffer.wrap(file);
        bytes.order(text(0).equals("RIFX") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
        end = file.length;
        fileSize = size(0) + HEADER;
        find();
        if (format == null || data == null) {
            throw new IllegalArgumentException(name + (misfit.isEmpty() ? " is no complete WAV file: it has no chunk "
                    + SoundKind.printable(format == null ? FORMAT : DATA) : " is cut short: " + misfit));
        }
    }

    static boolean begins(byte... first) {
        String text = new String(first, StandardCharsets.ISO_8859_1);
        return text.matches("(?s)(RIFF|RIFX|RF64|BW64)....WAVE.*");
    }

    /** The content of "fmt ". */
    ByteBuffer format() {
        return format;
    }

    /** The sound. */
    ByteBuffer data() {
        return data;
    }

    private void find() {
        int at = FIRST;
        int before = FIRST;
        while (at >= 0 && end - at >= HEADER && (format == null || data == null || data.capacity() == 0)) {
            if (isChunk(at)) {
                before = at + HEADER;
                at = take(at);
            } else {
                note(at);
                at = search(before);
                before = at + HEADER;
            }
        }
    }

    /** Takes what is wanted of a chunk; returns where the next one begins. */
    private int take(int at) {
        String id = text(at);
        int content = at + HEADER;
        int size = id.equals(DATA) ? dataSize(at) : (int) size(at);
        if (id.equals(FORMAT) && format == null) {
            format = slice(content, size);
        } else if (id.equals(DATA) && (data == null || data.capacity() == 0)) {
            data = slice(content, size);
        } else if (id.equals("ds64") && size >= 2 * Long.BYTES) {
            fileSize = bytes.getLong(content) + HEADER;
            wideDataSize = bytes.getLong(content + Long.BYTES);
        }
        int next = content + size;
        boolean padded = size % 2 == 1 && next < end && (bytes.get(next) == 0 || !isChunk(next));
        return padded ? next + 1 : next;
    }

    /** The size of the sound, which is in the file; fails if the file is cut short. */
    private int dataSize(int at) {
        int left = end - at - HEADER;
        boolean wide = size(at) == IN_DS64 && wideDataSize > 0;
        long size = wide ? wideDataSize : size(at);
        chained = chained || size == 0 && areChunks(at + HEADER);
        if (size == 0 && !chained || size >= UNKNOWN && size > left && !wide) {
            return left;
        }
        if (size > left && (fileSize > end || size - left > CONFUSED)) {
            throw new IllegalArgumentException(name + " is cut short: " + claim(at, size)
                    + ". To use what is there: ffmpeg -i INPUT OUTPUT.wav");
        }
        return (int) Math.min(size, left);
    }

    /** Whether there are chunks, and nothing else, from here to the end. */
    private boolean areChunks(int from) {
        int at = from;
        while (end - at >= HEADER && isPrintable(at) && size(at) <= end - at - HEADER) {
            at += (int) (HEADER + size(at) + (size(at) & 1));
        }
        return at >= end;
    }

    private boolean isChunk(int at) {
        return end - at >= HEADER && isPrintable(at) && (text(at).equals(DATA) || size(at) <= end - at - HEADER);
    }

    private boolean isPrintable(int at) {
        return text(at).chars().allMatch(c -> c >= ' ' && c <= '~');
    }

    /** Where a wanted chunk's header begins, from here on; -1 if there is none. */
    private int search(int from) {
        for (int at = from; end - at >= HEADER; at++) {
            // No text that mentions an id makes a size that fits or is unknown: its letters are less than UNKNOWN.
            boolean fits = size(at) > 0 && (size(at) <= end - at - HEADER || size(at) >= UNKNOWN);
            if (fits && (format == null && text(at).equals(FORMAT) || data == null && text(at).equals(DATA))) {
                return at;
            }
        }
        return -1;
    }

    private void note(int at) {
        if (misfit.isEmpty() && isPrintable(at)) {
            misfit = claim(at, size(at));
        }
    }

    private String claim(int at, long size) {
        return "its chunk " + SoundKind.printable(text(at)) + " at byte " + at + " should have " + size + " bytes, and the file has "
                + (end - at - HEADER) + " more";
    }

    private long size(int at) {
        return Integer.toUnsignedLong(bytes.getInt(at + 4));
    }

    private ByteBuffer slice(int at, int size) {
        return bytes.slice(at, size).order(bytes.order());
    }

    private String text(int at) {
        return new String(bytes.array(), at, 4, StandardCharsets.ISO_8859_1);
    }
}
