/* The sequences of one axis in a batch. */
package org.tidegate;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import org.tidegate.internal.NativeBatch;

/** Lengths and where their packed rows lie, in direct buffers that grow to the largest batch and stay. */
final class BatchAxis {
    private static final int MOST = Integer.MAX_VALUE / Long.BYTES - 1; // a direct buffer has at most 2^31-1 bytes

    private final String name;
    private IntBuffer lengths = ints(0);
    private IntBuffer rank = ints(0);
    private LongBuffer offset = longs(0);
    private NativeBatch.Address address;
    private int sequences;
    private int steps;
    private int rows;

    BatchAxis(String name) {
        this.name = name;
    }

    boolean isGiven() {
        return sequences > 0;
    }

    void clear() {
        sequences = 0;
    }

    /** Takes over the first count lengths. Whatever fails, the lengths are not given then. */
    void set(int[] given, int count) {
        begin(count, count);
        lengths.put(0, given, 0, count); // the one copy: another thread may change the array meanwhile
        pack(count);
    }

    /** Takes over that many sequences of the same length; else as {@link #set}. */
    void setEqual(int count, int length) {
        begin(count, (long) count * Math.max(1, length));
        for (int s = 0; s < count; s++) {
            lengths.put(s, length);
        }
        pack(count);
    }

    private void begin(int count, long leastTotal) {
        sequences = 0;
        if (count < 1) {
            throw new IllegalArgumentException("Axis '" + name + "' was given " + count + " sequences; at least 1 is needed.");
        }
        checkTotal(leastTotal);
        if (lengths.capacity() < count) {
            IntBuffer moreLengths = ints(count);
            IntBuffer moreRanks = ints(count);
            address = NativeBatch.address(moreLengths);
            lengths = moreLengths; // only now: where memory is short the three still belong together
            rank = moreRanks;
        }
    }

    private void pack(int count) {
        long total = 0;
        int longest = 0;
        for (int s = 0; s < count; s++) {
            int length = lengths.get(s);
            if (length < 1) {
                throw new IllegalArgumentException("Axis '" + name + "': the length of sequence " + s + " is " + length
                    + "; each must be at least 1, so leave empty sequences out.");
            }
            total += length;
            longest = Math.max(longest, length);
        }
        checkTotal(total);
        if (offset.capacity() < longest + 1L) {
            offset = longs(Math.addExact(longest, 1));
        }
        Failure.check(NativeBatch.packRows(lengths, count, rank, offset));
        steps = longest;
        rows = (int) total;
        sequences = count;
    }

    private void checkTotal(long total) {
        if (total > MOST) {
            throw new IllegalArgumentException(
                "Axis '" + name + "' was given " + total + " steps in all; a batch holds at most " + MOST + ".");
        }
    }

    String name() {
        return name;
    }

    int sequences() {
        return checkGiven().sequences;
    }

    int steps() {
        return checkGiven().steps;
    }

    int rows() {
        return checkGiven().rows;
    }

    int length(int sequence) {
        return lengths.get(checkSequence(sequence));
    }

    int active(int step) {
        checkGiven();
        if (step < 0 || step >= steps) {
            throw new IllegalArgumentException("Axis '" + name + "' has steps 0 ... " + (steps - 1) + ", not " + step + ".");
        }
        return (int) (offset.get(step + 1) - offset.get(step));
    }

    int row(int sequence, int step) {
        int length = lengths.get(checkSequence(sequence));
        if (step < 0 || step >= length) {
            throw new IllegalArgumentException(
                "Axis '" + name + "': sequence " + sequence + " has steps 0 ... " + (length - 1) + ", not " + step + ".");
        }
        return (int) offset.get(step) + rank.get(sequence);
    }

    void name(NativeBatch batch, int number) {
        batch.axis(number, sequences, address);
    }

    private BatchAxis checkGiven() {
        if (sequences == 0) {
            throw new IllegalStateException(
                "The lengths of axis '" + name + "' have not been given; call lengths(\"" + name + "\", ...) first.");
        }
        return this;
    }

    private int checkSequence(int sequence) {
        if (sequence < 0 || sequence >= sequences()) {
            throw new IllegalArgumentException("Axis '" + name + "' has sequences 0 ... " + (sequences - 1) + ", not " + sequence + ".");
        }
        return sequence;
    }

    private static IntBuffer ints(int count) {
        return ByteBuffer.allocateDirect(Math.multiplyExact(Integer.BYTES, count)).order(ByteOrder.nativeOrder()).asIntBuffer();
    }

    private static LongBuffer longs(int count) {
        return ByteBuffer.allocateDirect(Math.multiplyExact(Long.BYTES, count)).order(ByteOrder.nativeOrder()).asLongBuffer();
    }
}
