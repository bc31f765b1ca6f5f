/* How a client arranges its sequences. */
package org.tidegate.server.network;

import java.util.Arrays;

/**
 * The sequences of one axis in a request: padded to a common length, or one after another.
 *
 * @param lengths the steps of each
 * @param padded the length that all are padded to; 0 where they stand one after another
 */
record Layout(int[] lengths, int padded) {
    /** Of so many sequences, all of one length. */
    static Layout equal(int sequences, int steps) {
        int[] lengths = new int[sequences];
        Arrays.fill(lengths, steps);
        return new Layout(lengths, steps);
    }

    /** Of such lengths, padded to the longest. */
    static Layout padded(int... lengths) {
        return new Layout(lengths, Arrays.stream(lengths).max().orElse(0));
    }

    int sequences() {
        return lengths.length;
    }

    boolean isPadded() {
        return padded > 0;
    }

    /** The rows that the client's tensor has, those of the padding among them. */
    int rows() {
        if (isPadded()) {
            return Math.multiplyExact(sequences(), padded);
        }
        int sum = 0;
        for (int length : lengths) {
            sum = Math.addExact(sum, length);
        }
        return sum;
    }

    /** The layout of other lengths of the same sequences, in the same form. */
    Layout with(int[] others) {
        return isPadded() ? padded(others) : new Layout(others, 0);
    }

    long[] shape(long columns) {
        return isPadded() ? new long[] {sequences(), padded, columns} : new long[] {rows(), columns};
    }
}
