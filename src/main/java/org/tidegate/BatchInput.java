/* The data of one input in a batch. */
package org.tidegate;

import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import org.tidegate.internal.DirectMemory;
import org.tidegate.internal.NativeBatch;

/** Rows of ids or floats in a direct buffer that grows to the largest batch and stays. */
final class BatchInput {
    private final Value value;
    private final BatchAxis axis;
    private IntBuffer ids;
    private IntBuffer shownIds; // the same memory; position and limit are the caller's, so nothing here may depend on them
    private FloatBuffer reals;
    private FloatBuffer shownReals;
    private NativeBatch.Address address;
    private int capacity = -1;
    private int count; // of the numbers that it has now
    private boolean given;

    BatchInput(Value value, BatchAxis axis) {
        this.value = value;
        this.axis = axis;
    }

    BatchAxis axis() {
        return axis;
    }

    boolean isPerStep() {
        return value.rows() == Value.Rows.PER_STEP;
    }

    boolean isGiven() {
        return given;
    }

    void clear() {
        given = false;
    }

    /** Says that the buffer now holds what a session is to read. */
    void give() {
        given = true;
    }

    int columns() {
        return (int) value.columns();
    }

    /** The rows that it has now: those of its axis, or one for each sequence. */
    int rows() {
        return isPerStep() ? axis.rows() : axis.sequences();
    }

    /** Room for all its ids, {@link #count()} of them. */
    IntBuffer ids() {
        if (value.kind() == Value.Kind.REAL) {
            throw new IllegalArgumentException("Input '" + value.name() + "' takes floats (" + value.columns() + " a row), not ids.");
        }
        reserve();
        return ids;
    }

    /** The same room for the caller, limited to the rows. */
    IntBuffer shownIds() {
        ids();
        return shownIds.clear().limit(count);
    }

    /** Room for all its floats, rows times columns. */
    FloatBuffer reals() {
        if (value.kind() != Value.Kind.REAL) {
            throw new IllegalArgumentException("Input '" + value.name() + "' takes ids, not floats.");
        }
        reserve();
        return reals;
    }

    /** As {@link #shownIds()}. */
    FloatBuffer shownReals() {
        reals();
        return shownReals.clear().limit(count);
    }

    /** How many numbers it has. */
    int count() {
        return count;
    }

    void name(NativeBatch batch) {
        batch.feed(value.index(), address, count);
    }

    private void reserve() {
        long needed = rows() * value.columns();
        if (needed > Integer.MAX_VALUE / Float.BYTES) {
            throw new IllegalArgumentException("Input '" + value.name() + "' would have " + needed + " numbers (" + rows() + " rows x "
                + value.columns() + " columns); a batch holds at most " + Integer.MAX_VALUE / Float.BYTES + ".");
        }
        if (capacity < needed) {
            ByteBuffer memory = DirectMemory.of(Float.BYTES, (int) needed);
            if (value.kind() == Value.Kind.REAL) {
                FloatBuffer more = memory.asFloatBuffer();
                FloatBuffer shown = more.duplicate();
                address = NativeBatch.address(more);
                reals = more;
                shownReals = shown;
            } else {
                IntBuffer more = memory.asIntBuffer();
                IntBuffer shown = more.duplicate();
                address = NativeBatch.address(more);
                ids = more;
                shownIds = shown;
            }
            capacity = (int) needed;
        }
        count = (int) needed;
    }
}
