package org.tidegate.audio;

import java.nio.BufferUnderflowException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads FLAC files, whole streams by RFC 9639: the mark "fLaC", blocks of metadata of which the first describes the stream, frames
 * ({@link FlacFrame}). The checksums of the frames are verified.
 */
final class FlacFormat implements AudioFormat {
    private static final byte[] MARK = "fLaC".getBytes(StandardCharsets.US_ASCII);
    private static final int DESCRIPTION_BYTES = 34;
    private static final int LEAST_BITS = 4;
    /**
     * Silence packs to next to nothing, and so does what shall exhaust memory: samples of all channels, besides those that so many bytes
     * have at 3.2 bits each.
     */
    private static final int MOST_OF_NOTHING = 8_000_000;

    @Override
    public boolean begins(byte... first) {
        return first.length >= MARK.length && Arrays.equals(MARK, Arrays.copyOf(first, MARK.length));
    }

    @Override
    public Audio read(String name, byte... bytes) {
        try {
            return new Stream(name, bytes).audio();
        } catch (BufferUnderflowException e) {
            throw new IllegalArgumentException(name + " is cut short: it has " + bytes.length + " bytes and ends within its metadata or a"
                    + " frame", e);
        }
    }

    /** One file. */
    private static final class Stream {
        private final String name;
        private final byte[] bytes;
        private final BitReader in;
        private final int rate;
        private final int channels;
        private final int bits;
        /** Samples of a channel; 0 if they are not known. */
        private final long total;
        private float[] samples;
        private int length;

        private Stream(String name, byte... bytes) {
            this.name = name;
            this.bytes = bytes;
            in = new BitReader(bytes, MARK.length);
            int last = (int) in.bits(1);
            int kind = (int) in.bits(7);
            int size = (int) in.bits(24);
            if (kind != 0 || size != DESCRIPTION_BYTES) {
                throw damaged("its first block is of kind " + kind + " and " + size + " bytes; expected the description of the stream, kind"
                        + " 0 of " + DESCRIPTION_BYTES);
            }
            skip(10); // sizes of blocks and frames
            rate = (int) in.bits(20);
            channels = (int) in.bits(3) + 1;
            bits = (int) in.bits(5) + 1;
            total = in.bits(4) << Integer.SIZE | in.bits(Integer.SIZE);
            skip(16); // the MD5 of the samples
            while (last == 0) {
                last = (int) in.bits(1);
                in.bits(7);
                skip((int) in.bits(24));
            }
        }

        private void skip(int count) {
            for (int i = 0; i < count; i++) {
                in.bits(Byte.SIZE);
            }
        }

        private Audio audio() {
            if (rate < WavFormat.LEAST_RATE || rate > WavFormat.GREATEST_RATE || bits < LEAST_BITS) {
                throw damaged("it gives a sample rate of " + rate + " Hz and " + bits + " bits a sample; expected " + WavFormat.LEAST_RATE
                        + " to " + WavFormat.GREATEST_RATE + " Hz and " + LEAST_BITS + " bits or more");
            }
            samples = new float[(int) Math.min(total == 0 ? bytes.length : total, bytes.length)];
            for (int frame = 0; total == 0 ? !isEnd(in.align()) : length < total; frame++) {
                int at = in.align();
                if (at == bytes.length) {
                    throw new IllegalArgumentException(name + " is cut short: its header says that it has " + total + " samples, and there"
                            + " are " + length);
                }
                try {
                    add(FlacFrame.read(bytes, at, in, channels, bits));
                } catch (IllegalArgumentException e) {
                    throw damaged("frame " + frame + " at byte " + at + ": " + e.getMessage());
                }
            }
            if (total != 0 && length > total) {
                throw damaged("it has " + length + " samples, and its header says " + total);
            }
            return new Audio(samples.length == length ? samples : Arrays.copyOf(samples, length), rate);
        }

        /** Whether there are no more frames in a stream of unknown length; behind it may stand an ID3v1 tag. */
        private boolean isEnd(int at) {
            return at == bytes.length || at + 3 <= bytes.length && new String(bytes, at, 3, StandardCharsets.ISO_8859_1).equals("TAG");
        }

        /** Appends the average of the channels {@code [channels][samples]}. */
        private void add(long[]... frame) {
            int count = frame[0].length;
            if (length + (long) count > Math.min(Audio.LONGEST, (MOST_OF_NOTHING + 5L * bytes.length / 2) / channels)) {
                throw new IllegalArgumentException("the " + bytes.length + " bytes of the file unpack to more than "
                        + length * (long) channels + " samples, almost all of them silence. Convert it to WAV");
            }
            if (length + count > samples.length) {
                samples = Arrays.copyOf(samples, Math.max(length + count, length + length / 2));
            }
            double full = channels * (double) (1L << bits - 1);
            for (int i = 0; i < count; i++) {
                long sum = 0;
                for (long[] channel : frame) {
                    sum += channel[i];
                }
                samples[length++] = (float) (sum / full);
            }
        }

        private IllegalArgumentException damaged(String how) {
            return new IllegalArgumentException(name + " is damaged: " + how);
        }
    }
}
