package org.tidegate.audio;

import java.nio.BufferUnderflowException;

/** Reads bytes bit by bit, the highest of each first. Beyond the end it fails with {@link BufferUnderflowException}. For one thread. */
final class BitReader {
    private static final int FULL = Long.SIZE - Byte.SIZE;

    private final byte[] bytes;
    private int at;
    /** Its lowest bits, so many as {@link #held}, come next. */
    private long cache;
    private int held;

    BitReader(byte[] bytes, int at) {
        this.bytes = bytes;
        this.at = at;
    }

    /** The next bits, up to 33, as an unsigned number. */
    long bits(int count) {
        while (held < count) {
            fill();
        }
        held -= count;
        return cache >>> held & (1L << count) - 1;
    }

    /** The next bits, from 1 to 33, as a number in two's complement. */
    long signed(int count) {
        return bits(count) << Long.SIZE - count >> Long.SIZE - count;
    }

    /** The number of zeros before the next one, which is read too. */
    long unary() {
        long zeros = 0;
        while (true) {
            int leading = Math.min(held, Long.numberOfLeadingZeros(cache << Long.SIZE - held));
            zeros += held == 0 ? 0 : leading;
            if (held > 0 && leading < held) {
                held -= leading + 1;
                return zeros;
            }
            held = 0;
            fill();
        }
    }

    /** Skips to the next whole byte; returns its index. */
    int align() {
        held -= held % Byte.SIZE;
        return at - held / Byte.SIZE;
    }

    private void fill() {
        if (at == bytes.length) {
            throw new BufferUnderflowException();
        }
        do {
            cache = cache << Byte.SIZE | bytes[at++] & 0xFF;
            held += Byte.SIZE;
        } while (held <= FULL - Byte.SIZE && at < bytes.length);
    }
}
