/* The recurrent state as a value. */
package org.tidegate;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * The recurrent state of a session: a value to be stored, put back or branched. For each recurrent node in the order of the spec it
 * holds h {@code [N, layers*directions*H]}, then for an LSTM c of the same shape.
 *
 * <p>A state that was taken from a session knows its model: a session of another one refuses it. It can be turned into bytes and back, in
 * another process too; {@code tg_session_save_state} writes the same bytes.
 */
public final class State {
    // What is read here of the bytes that tg_session_save_state writes; the rest the session checks.
    private static final int MAGIC = 'T' | 'G' << 8 | 'S' << 16 | 'T' << 24;
    private static final int MODEL = 16;
    private static final int STATES = 24;
    private static final int HEADER = 32;
    private static final int STATE_HEADER = 16;
    private static final long MOST_NUMBERS = Long.MAX_VALUE / 8; // so that neither their sum nor their bytes overflow

    private final byte[] header; // empty for a state of no model
    private final int sequences;
    private final float[] values;

    private State(byte[] header, int sequences, float[] values) {
        this.header = header;
        this.sequences = sequences;
        this.values = values;
    }

    /**
     * {@return a state of that many sequences; the values are copied} It belongs to no model: a session takes it if the size is right.
     *
     * @param sequences N
     * @param values of all nodes
     * @throws IllegalArgumentException if the values cannot be divided among the sequences
     */
    public static State of(int sequences, float... values) {
        if (sequences < 0 || (sequences == 0 ? values.length != 0 : values.length % sequences != 0)) {
            throw new IllegalArgumentException(values.length + " numbers cannot be the state of " + sequences + " sequences.");
        }
        return new State(new byte[0], sequences, values.clone());
    }

    /**
     * {@return the state that {@link #toBytes} turned into these bytes}
     *
     * @param bytes what {@link #toBytes} returned
     * @throws IllegalArgumentException if they are no whole state
     */
    public static State fromBytes(byte[] bytes) {
        return read(bytes.clone()); // once: another thread may change the array between a check and the use of what it checked
    }

    /** As {@link #fromBytes}, of bytes that nobody else has. */
    static State read(byte[] bytes) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        if (bytes.length < HEADER || buffer.getInt(0) != MAGIC) {
            throw new IllegalArgumentException(bytes.length + " bytes that are no state: expected at least " + HEADER + " that begin with TGST.");
        }
        long states = buffer.getLong(STATES);
        if (states < 0 || states > (bytes.length - HEADER) / STATE_HEADER) {
            throw new IllegalArgumentException("A state of " + bytes.length + " bytes cannot hold " + states + " tables; it is cut or damaged.");
        }
        int start = HEADER + (int) states * STATE_HEADER;
        long sequences = 0;
        long numbers = 0;
        for (int at = HEADER; at < start; at += STATE_HEADER) {
            long rows = buffer.getLong(at);
            long columns = buffer.getLong(at + Long.BYTES);
            if (rows < 0 || rows > Integer.MAX_VALUE || columns < 1 || columns > Integer.MAX_VALUE) {
                throw new IllegalArgumentException("A state of " + rows + " sequences of " + columns + " numbers; it is damaged.");
            }
            sequences = Math.max(sequences, rows);
            numbers = Math.min(MOST_NUMBERS, numbers + rows * columns);
        }
        if (numbers != (bytes.length - start) / (double) Float.BYTES) {
            throw new IllegalArgumentException("A state of " + numbers + " numbers has " + (start + Float.BYTES * numbers) + " bytes, not "
                + bytes.length + "; it is cut or damaged.");
        }
        float[] values = new float[(int) numbers];
        buffer.position(start).slice().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
        return new State(Arrays.copyOf(bytes, start), (int) sequences, values);
    }

    /**
     * {@return the state as bytes, little-endian, to be stored or sent}
     *
     * @throws IllegalStateException if it was made by {@link #of} and so belongs to no model
     */
    public byte[] toBytes() {
        if (!hasModel()) {
            throw new IllegalStateException("This state belongs to no model: put it into a session and take it from there.");
        }
        return bytes();
    }

    /**
     * {@return the state of some of its sequences in a new order, for states that are stored; {@link Session#select} selects in place, with
     * all that the session knows of them} A node that carries nothing yet stays so.
     *
     * @param chosen for each sequence of the new state, the number of the sequence here that it continues; repetitions are allowed
     * @throws IllegalArgumentException if one is out of range, none is chosen, nodes carry different numbers of sequences, or the new state
     *     would have more bytes than an array
     * @throws IllegalStateException if the state was made by {@link #of} and so does not know its nodes
     */
    public State select(int... chosen) {
        return selected(chosen.clone()); // once: another thread may change the array between a check and the use of what it checked
    }

    private State selected(int[] chosen) {
        if (!hasModel()) {
            throw new IllegalStateException("This state belongs to no model: put it into a session and take it from there.");
        }
        if (chosen.length == 0) {
            throw new IllegalArgumentException("No sequence is chosen; at least 1 is needed.");
        }
        for (int sequence : chosen) {
            if (sequence < 0 || sequence >= sequences) {
                throw new IllegalArgumentException("Sequence " + sequence + " of a state of " + sequences + " sequences.");
            }
        }
        ByteBuffer sizes = ByteBuffer.wrap(header.clone()).order(ByteOrder.LITTLE_ENDIAN);
        long numbers = 0;
        for (int at = HEADER; at < header.length; at += STATE_HEADER) {
            long rows = sizes.getLong(at);
            if (rows != 0 && rows != sequences) {
                throw new IllegalArgumentException(
                    "A state whose nodes carry " + rows + " and " + sequences + " sequences has no common order.");
            }
            numbers += rows == 0 ? 0 : sizes.getLong(at + Long.BYTES) * chosen.length;
        }
        if (numbers > (Integer.MAX_VALUE - header.length) / Float.BYTES) {
            throw new IllegalArgumentException("A state of " + chosen.length + " sequences would have " + numbers + " numbers; its bytes must "
                + "fit into an array of " + Integer.MAX_VALUE + ". Select fewer of the " + sequences + " sequences at a time.");
        }
        float[] selected = new float[(int) numbers];
        int from = 0;
        int to = 0;
        for (int at = HEADER; at < header.length; at += STATE_HEADER) {
            int rows = (int) sizes.getLong(at);
            int columns = (int) sizes.getLong(at + Long.BYTES);
            if (rows == 0) {
                continue;
            }
            for (int sequence : chosen) {
                System.arraycopy(values, from + sequence * columns, selected, to, columns);
                to += columns;
            }
            from += rows * columns;
            sizes.putLong(at, chosen.length);
        }
        return new State(sizes.array(), chosen.length, selected);
    }

    /** {@return the number of sequences N; 0 for the state after a reset} Where nodes differ, as two axes may, the greatest. */
    public int sequences() {
        return sequences;
    }

    /** {@return whether it is the state after a reset} */
    public boolean isEmpty() {
        return sequences == 0;
    }

    /**
     * {@return the fingerprint of the frozen model that it was taken over; 0 where it was another kind of model, whose parameters may
     * change}
     */
    public long fingerprint() {
        return hasModel() ? ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN).getLong(MODEL) : 0;
    }

    /** {@return a copy of the numbers} */
    public float[] toArray() {
        return values.clone();
    }

    boolean hasModel() {
        return header.length > 0;
    }

    byte[] bytes() {
        ByteBuffer bytes = ByteBuffer.allocate(header.length + Float.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN).put(header);
        bytes.asFloatBuffer().put(values);
        return bytes.array();
    }

    /** Whether the other is a state of the same model, as many sequences and the same numbers. */
    @Override
    public boolean equals(Object other) {
        return other instanceof State state && sequences == state.sequences && Arrays.equals(header, state.header)
            && Arrays.equals(values, state.values);
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
