package org.tidegate.audio;

import java.util.Arrays;

/**
 * A frame of a FLAC stream (RFC 9639, section 9): a header, a subframe for each channel, a checksum. A subframe predicts each sample from
 * those before it,
 *
 * <pre>    x[i] = r[i] + (Σ_j c[j] x[i − 1 − j] >> shift)</pre>
 *
 * with coefficients that are fixed or given, and Rice codes for the residuals r.
 */
final class FlacFrame {
    private static final int SYNC = 0x3FFE;
    private static final int LEFT_SIDE = 8;
    private static final int SIDE_RIGHT = 9;
    private static final int MID_SIDE = 10;
    private static final int[] RATE_BITS = {8, 16, 16};
    private static final int[] SAMPLE_BITS = {0, 8, 12, -1, 16, 20, 24, 32};
    /** The coefficients of the fixed predictors: differences of order 0 to 4. */
    private static final long[][] FIXED = {{}, {1}, {2, -1}, {3, -3, 1}, {4, -6, 4, -1}};
    private static final int[] CRC_16 = crc16();

    private final BitReader in;
    private final int size;

    private FlacFrame(BitReader in, int size) {
        this.in = in;
        this.size = size;
    }

    /**
     * Reads a frame of a stream of so many channels and bits.
     *
     * @param at the index of its first byte, where the bit reader stands
     * @return {@code [channels][samples]}, integers of so many bits
     * @throws IllegalArgumentException if it is damaged or of another form
     * @throws java.nio.BufferUnderflowException if the file ends before it
     */
    static long[][] read(byte[] bytes, int at, BitReader in, int channels, int bits) {
        check(in.bits(14) == SYNC && in.bits(1) == 0, "it does not begin as a frame does");
        in.bits(1); // whether blocks differ in size
        int sizeCode = (int) in.bits(4);
        int rateCode = (int) in.bits(4);
        int assignment = (int) in.bits(4);
        int frameBits = SAMPLE_BITS[(int) in.bits(3)];
        check(in.bits(1) == 0 && sizeCode != 0 && rateCode != 15 && assignment <= MID_SIDE, "its header has reserved values");
        check(frameBits == 0 || frameBits == bits, "its samples have another number of bits than those before");
        check((assignment < LEFT_SIDE ? assignment + 1 : 2) == channels, "it has another number of channels than those before");
        skipNumber(in);
        int size = sizeCode == 1 ? 192 : sizeCode <= 5 ? 144 << sizeCode : sizeCode == 6 ? (int) in.bits(8) + 1
                : sizeCode == 7 ? (int) in.bits(16) + 1 : 1 << sizeCode;
        if (rateCode >= 12) {
            in.bits(RATE_BITS[rateCode - 12]);
        }
        int crc = crc8(bytes, at, in.align());
        check(in.bits(8) == crc, "the checksum of its header is wrong");

        FlacFrame frame = new FlacFrame(in, size);
        long[][] samples = new long[channels][];
        for (int c = 0; c < channels; c++) {
            boolean side = assignment == SIDE_RIGHT ? c == 0 : assignment >= LEFT_SIDE && c == 1;
            samples[c] = frame.subframe(side ? bits + 1 : bits);
        }
        int end = in.align();
        int sum = 0;
        for (int i = at; i < end; i++) {
            sum = (sum << 8 ^ CRC_16[sum >> 8 ^ bytes[i] & 0xFF]) & 0xFFFF;
        }
        check(in.bits(16) == sum, "its checksum is wrong");
        join(assignment, samples);
        for (long[] channel : samples) {
            for (long sample : channel) {
                check(sample >> bits - 1 == sample >> Long.SIZE - 1, "a sample has more than " + bits + " bits");
            }
        }
        return samples;
    }

    private static void check(boolean holds, String wrong) {
        if (!holds) {
            throw new IllegalArgumentException(wrong);
        }
    }

    /** The number of the frame or its first sample: the ones that a first byte begins with are the number of its bytes, as in UTF-8. */
    private static void skipNumber(BitReader in) {
        int ones = Integer.numberOfLeadingZeros(~(int) in.bits(8) << 24);
        check(ones != 1 && ones < 8, "its number is malformed");
        for (int i = 1; i < ones; i++) {
            in.bits(8);
        }
    }

    /** Two channels are kept as one and a difference, or as average and difference; makes left and right of them. */
    private static void join(int assignment, long[]... samples) {
        for (int i = 0; assignment >= LEFT_SIDE && i < samples[0].length; i++) {
            long first = samples[0][i];
            long second = samples[1][i];
            switch (assignment) {
                case LEFT_SIDE -> samples[1][i] = first - second;
                case SIDE_RIGHT -> samples[0][i] = first + second;
                default -> {
                    long twice = first << 1 | second & 1; // the sum of both, whose lowest bit is that of their difference
                    samples[0][i] = twice + second >> 1;
                    samples[1][i] = twice - second >> 1;
                }
            }
        }
    }

    private long[] subframe(int bits) {
        check(in.bits(1) == 0, "a subframe does not begin with 0");
        int kind = (int) in.bits(6);
        long wasted = in.bits(1) == 0 ? 0 : in.unary() + 1;
        check(wasted < bits, "a subframe has no bits");
        int left = bits - (int) wasted;
        long[] samples = new long[size];
        if (kind == 0) {
            Arrays.fill(samples, in.signed(left));
        } else if (kind == 1) {
            verbatim(samples, size, left);
        } else if (kind >= 8 && kind < 8 + FIXED.length) {
            long[] coefficients = FIXED[kind - 8];
            verbatim(samples, coefficients.length, left);
            residuals(samples, coefficients.length);
            predict(samples, 0, coefficients);
        } else {
            check(kind >= 32, "a subframe is of reserved kind " + kind);
            linear(samples, kind - 31, left);
        }
        for (int i = 0; i < size; i++) {
            samples[i] <<= wasted;
        }
        return samples;
    }

    private void verbatim(long[] samples, int count, int bits) {
        check(count <= size, "a block is shorter than its predictor");
        for (int i = 0; i < count; i++) {
            samples[i] = in.signed(bits);
        }
    }

    private void linear(long[] samples, int order, int bits) {
        verbatim(samples, order, bits);
        int precision = (int) in.bits(4) + 1;
        int shift = (int) in.signed(5);
        check(precision < 16 && shift >= 0, "a predictor has reserved values");
        long[] coefficients = new long[order];
        for (int i = 0; i < order; i++) {
            coefficients[i] = in.signed(precision);
        }
        residuals(samples, order);
        predict(samples, shift, coefficients);
    }

    /** Adds to each residual, from the order of the predictor on, what is predicted. */
    private static void predict(long[] samples, int shift, long... coefficients) {
        for (int i = coefficients.length; i < samples.length; i++) {
            long sum = 0;
            for (int j = 0; j < coefficients.length; j++) {
                sum += coefficients[j] * samples[i - 1 - j];
            }
            samples[i] += sum >> shift;
        }
    }

    /** Residuals in partitions of equal length, the first of them without the samples that begin the block. */
    private void residuals(long[] samples, int order) {
        int method = (int) in.bits(2);
        check(method <= 1, "residuals are coded in reserved manner " + method);
        int parameterBits = method == 0 ? 4 : 5;
        int partitions = 1 << (int) in.bits(4);
        check(size % partitions == 0 && size / partitions >= order, "the partitions of the residuals do not fit the block");
        int at = order;
        for (int p = 1; p <= partitions; p++) {
            int parameter = (int) in.bits(parameterBits);
            int to = size / partitions * p;
            if (parameter == (1 << parameterBits) - 1) {
                int width = (int) in.bits(5);
                for (; at < to; at++) {
                    samples[at] = width == 0 ? 0 : in.signed(width);
                }
            }
            for (; at < to; at++) {
                long folded = in.unary() << parameter | in.bits(parameter);
                samples[at] = folded >>> 1 ^ -(folded & 1);
            }
        }
    }

    /** The checksum of the polynomial x^8 + x^2 + x + 1. */
    private static int crc8(byte[] bytes, int from, int to) {
        int sum = 0;
        for (int i = from; i < to; i++) {
            sum ^= bytes[i] & 0xFF;
            for (int bit = 0; bit < 8; bit++) {
                sum = sum << 1 ^ ((sum & 0x80) == 0 ? 0 : 0x107);
            }
        }
        return sum;
    }

    /** For each byte its part of the checksum of the polynomial x^16 + x^15 + x^2 + 1. */
    private static int[] crc16() {
        int[] table = new int[256];
        for (int i = 0; i < table.length; i++) {
            table[i] = i << 8;
            for (int bit = 0; bit < 8; bit++) {
                table[i] = table[i] << 1 ^ ((table[i] & 0x8000) == 0 ? 0 : 0x18005);
            }
        }
        return table;
    }
}
