/* The recurrent state as a value. */
package org.tidegate;

import java.util.Arrays;

/**
 * The recurrent state of a session: a value to be stored, put back or branched. For each recurrent node in the order of the spec it
 * holds h {@code [N, layers*directions*H]}, then for an LSTM c of the same shape.
 */
public final class State {
    private final int sequences;
    private final float[] values;

    private State(int sequences, float[] values) {
        this.sequences = sequences;
        this.values = values;
    }

    /**
     * A state of that many sequences; the values are copied.
     *
     * @throws IllegalArgumentException if the values cannot be divided among the sequences
     */
    public static State of(int sequences, float... values) {
        if (sequences < 0 || (sequences == 0 ? values.length != 0 : values.length % sequences != 0)) {
            throw new IllegalArgumentException(values.length + " numbers cannot be the state of " + sequences + " sequences.");
        }
        return new State(sequences, values.clone());
    }

    /** The number of sequences N; 0 for the state after a reset. */
    public int sequences() {
        return sequences;
    }

    /** Whether it is the state after a reset. */
    public boolean isEmpty() {
        return sequences == 0;
    }

    /** A copy of the numbers. */
    public float[] toArray() {
        return values.clone();
    }

    float[] values() {
        return values;
    }

    /** Whether the other is a state of as many sequences and the same numbers. */
    @Override
    public boolean equals(Object other) {
        return other instanceof State state && sequences == state.sequences && Arrays.equals(values, state.values);
    }

    @Override
    public int hashCode() {
        return 31 * sequences + Arrays.hashCode(values);
    }

    /** The sizes. */
    @Override
    public String toString() {
        return "State of " + sequences + " sequences, " + values.length + " numbers";
    }
}
