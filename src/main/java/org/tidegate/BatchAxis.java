/* The sequences of one axis in a batch. */
package org.tidegate;

import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.util.Arrays;
import org.tidegate.internal.DirectMemory;
import org.tidegate.internal.NativeBatch;

/** Lengths and where their packed rows lie, in direct buffers that grow to the largest batch and stay. */
final class BatchAxis {
    private static final int MOST = Integer.MAX_VALUE / Long.BYTES - 1; // a direct buffer has at most 2^31-1 bytes

    private final Graph.Axis info;
    private final String name;
    private BatchAxis[] derived = {};
    private BatchAxis source; // null where the lengths are given
    private IntBuffer lengths = ints(0);
    private IntBuffer rank = ints(0);
    private LongBuffer offset = longs(0);
    private NativeBatch.Address address;
    private int sequences;
    private int steps;
    private int rows;

    BatchAxis(Graph.Axis info) {
        this.info = info;
        name = info.name();
    }

    Graph.Axis info() {
        return info;
    }

    /** Lengths that follow from these. */
    void addDerived(BatchAxis axis) {
        derived = Arrays.copyOf(derived, derived.length + 1);
        derived[derived.length - 1] = axis;
        axis.source = this;
    }

    /** Whether it is the other one, or its lengths follow from the other's. */
    boolean follows(BatchAxis other) {
        return this == other || source != null && source.follows(other);
    }

    /** The axis whose lengths are given, which these follow from: itself unless it is derived. */
    BatchAxis root() {
        return source == null ? this : source.root();
    }

    boolean isGiven() {
        return sequences > 0;
    }

    void clear() {
        sequences = 0;
        for (BatchAxis axis : derived) {
            axis.clear();
        }
    }

    /** Takes over the first count lengths. Whatever fails, the lengths are not given then. */
    void set(int[] given, int count) {
        begin(count, count);
        lengths.put(0, given, 0, count); // the one copy: another thread may change the array meanwhile
        pack(count);
        derive();
    }

    /** Takes over that many sequences of the same length; else as {@link #set}. */
    void setEqual(int count, int length) {
        begin(count, (long) count * Math.max(1, length));
        for (int s = 0; s < count; s++) {
            lengths.put(s, length);
        }
        pack(count);
        derive();
    }

    /** Sets the lengths that follow from these. Where a sequence is too short they are not given: the session's call says so. */
    private void derive() {
        for (BatchAxis axis : derived) {
            axis.begin(sequences, sequences);
            boolean all = true;
            for (int s = 0; s < sequences; s++) {
                long length = axis.info.length(lengths.get(s));
                axis.lengths.put(s, Math.toIntExact(length));
                all = all && length > 0;
            }
            if (all) {
                axis.pack(sequences);
                axis.derive();
            }
        }
    }

    private void begin(int count, long leastTotal) {
        clear();
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
        if (sequences == 0 && source != null && source.isGiven()) {
            throw new IllegalStateException("Axis '" + name + "' has no rows of some sequence: it is shorter than one window.");
        }
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
        return DirectMemory.of(Integer.BYTES, count).asIntBuffer();
    }

    private static LongBuffer longs(int count) {
        return DirectMemory.of(Long.BYTES, count).asLongBuffer();
    }
}
