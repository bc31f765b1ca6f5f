package org.tidegate.audio;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Reads RIFF/WAVE files: PCM of 8 bits (unsigned) or 16, at sample rates from 100 to 768000 Hz, mono or stereo. Chunks may come in any
 * order; unknown ones are skipped.
 *
 * <p>The format is that of "Multimedia Programming Interface and Data Specifications 1.0" (IBM and Microsoft, 1991), with
 * WAVE_FORMAT_EXTENSIBLE of "Multiple channel audio data and WAVE files" (Microsoft, 2001).
 */
public final class WavFile {
    private static final int PCM = 1;
    private static final int EXTENSIBLE = 0xFFFE;
    private static final int FORMAT_BYTES = 16;
    private static final int EXTENSIBLE_BYTES = 40;
    private static final int CHUNK_HEADER = 8;
    private static final String CONVERT = ". Convert it first: ffmpeg -i INPUT -ac 1 -c:a pcm_s16le OUTPUT.wav";
    /** Sample rates outside this range mean a damaged header, and resampling from them would exhaust memory. */
    private static final int LEAST_RATE = 100;
    private static final int GREATEST_RATE = 768_000;
    private static final long LARGEST = Integer.MAX_VALUE - 16L;
    /** The rest of a subformat GUID whose first two bytes are the coding: …-0000-0010-8000-00AA00389B71. */
    private static final long SUBFORMAT_MIDDLE = 0x0010_0000_0000L;
    private static final long SUBFORMAT_END = 0x719B_3800_AA00_0080L;

    private final Path path;
    private final ByteBuffer bytes;
    private ByteBuffer format;
    private ByteBuffer data;

    private WavFile(Path path, byte[] bytes) {
        this.path = path;
        this.bytes = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /**
     * Reads a whole file. Two channels are averaged to one. Samples of 16 bits are divided by 32768, those of 8 bits by 128 after 128 was
     * subtracted.
     *
     * @param path the file
     * @return the signal, of one channel
     * @throws IOException if the file cannot be read
     * @throws IllegalArgumentException if it is no WAVE file, is cut short or its coding is not supported; the message says which
     */
    public static Audio read(Path path) throws IOException {
        if (Files.isDirectory(path)) {
            throw new IllegalArgumentException(path + " is a folder; expected a WAV file");
        }
        long size = Files.size(path);
        if (size > LARGEST) {
            throw new IllegalArgumentException(path + " has " + size + " bytes; expected up to 2 GiB. Split it into parts.");
        }
        return new WavFile(path, Files.readAllBytes(path)).audio();
    }

    private Audio audio() {
        findChunks();
        int coding = format.getShort(0) & 0xFFFF;
        int channels = format.getShort(2) & 0xFFFF;
        int rate = format.getInt(4);
        int block = format.getShort(12) & 0xFFFF;
        int bits = format.getShort(14) & 0xFFFF;
        if (coding == EXTENSIBLE) {
            coding = subformat();
        }
        if (coding != PCM) {
            throw unsupported("its coding is " + name(coding));
        }
        if (bits != 8 && bits != 16) {
            throw unsupported("its samples have " + bits + " bits");
        }
        if (channels != 1 && channels != 2) {
            throw unsupported("it has " + channels + " channels");
        }
        if (rate < LEAST_RATE || rate > GREATEST_RATE) {
            throw damaged("it gives a sample rate of " + Integer.toUnsignedString(rate) + " Hz; expected " + LEAST_RATE + " to "
                    + GREATEST_RATE);
        }
        int width = channels * bits / 8;
        if (block != width) {
            throw damaged("it says that a sample of all channels takes " + block + " bytes; " + channels + " of " + bits + " bits take"
                    + " " + width);
        }
        if (data.capacity() % width != 0) {
            throw damaged("its sound has " + data.capacity() + " bytes, no multiple of the " + width + " of a sample");
        }
        return new Audio(samples(channels, bits), rate);
    }

    private float[] samples(int channels, int bits) {
        float[] samples = new float[data.capacity() / (channels * bits / 8)];
        for (int i = 0; i < samples.length; i++) {
            int sum = 0;
            for (int c = 0; c < channels; c++) {
                int at = i * channels + c;
                sum += bits == 8 ? (data.get(at) & 0xFF) - 128 : data.getShort(2 * at);
            }
            samples[i] = sum / (channels * (bits == 8 ? 128f : 32768f));
        }
        return samples;
    }

    private void findChunks() {
        String kind = bytes.capacity() < 12 ? "" : text(0) + text(8);
        if (!kind.equals("RIFFWAVE")) {
            throw new IllegalArgumentException(path + " is no WAV file: " + (bytes.capacity() < 12
                    ? "it has only " + bytes.capacity() + " bytes"
                    : "it begins with " + printable(text(0)) + ", " + printable(text(8)) + " in place of \"RIFF\", \"WAVE\"")
                    + CONVERT);
        }
        int at = 12;
        while (bytes.capacity() - at >= CHUNK_HEADER) {
            String id = text(at);
            long size = Integer.toUnsignedLong(bytes.getInt(at + 4));
            long left = bytes.capacity() - at - CHUNK_HEADER;
            if (size > left) {
                throw new IllegalArgumentException(path + " is cut short: its chunk " + printable(id) + " at byte " + at
                        + " should have " + size + " bytes, and the file has " + left + " more");
            }
            if (id.equals("fmt ") && format == null) {
                format = chunk(at, (int) size);
            } else if (id.equals("data") && data == null) {
                data = chunk(at, (int) size);
            }
            // A chunk of odd size is followed by a byte of padding, which the last one may lack.
            at = (int) Math.min(at + CHUNK_HEADER + size + (size & 1), bytes.capacity());
        }
        if (format == null || data == null) {
            throw new IllegalArgumentException(path + " is no complete WAV file: it has no chunk "
                    + (format == null ? "\"fmt \"" : "\"data\""));
        }
        if (format.capacity() < FORMAT_BYTES) {
            throw damaged("its chunk \"fmt \" has " + format.capacity() + " bytes; expected at least " + FORMAT_BYTES);
        }
    }

    private int subformat() {
        if (format.capacity() < EXTENSIBLE_BYTES) {
            throw damaged("its chunk \"fmt \" has " + format.capacity() + " bytes; the extensible format needs " + EXTENSIBLE_BYTES);
        }
        // Bytes 24 to 39 are the subformat GUID: the coding in two bytes, then fourteen that are the same for all codings.
        if (format.getLong(24) >>> 16 != SUBFORMAT_MIDDLE || format.getLong(32) != SUBFORMAT_END) {
            throw unsupported("its coding is a subformat of its own");
        }
        return format.getShort(24) & 0xFFFF;
    }

    private ByteBuffer chunk(int at, int size) {
        return bytes.slice(at + CHUNK_HEADER, size).order(ByteOrder.LITTLE_ENDIAN);
    }

    private String text(int at) {
        return new String(bytes.array(), at, 4, StandardCharsets.ISO_8859_1);
    }

    private static String printable(String id) {
        return "\"" + id.replaceAll("[^ -~]", "?") + "\"";
    }

    private IllegalArgumentException unsupported(String what) {
        return new IllegalArgumentException(path + ": " + what + "; expected PCM of 8 or 16 bits, mono or stereo" + CONVERT);
    }

    private IllegalArgumentException damaged(String how) {
        return new IllegalArgumentException(path + " is damaged: " + how);
    }

    private static String name(int coding) {
        return switch (coding) {
            case 2 -> "Microsoft ADPCM";
            case 3 -> "floating point";
            case 6 -> "A-law";
            case 7 -> "mu-law";
            case 0x11 -> "IMA ADPCM";
            case 0x55 -> "MP3";
            default -> "number " + coding;
        };
    }
}
