/* The data of one input in a batch. */
package org.tidegate;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import org.tidegate.internal.NativeBatch;

/** Rows of ids or floats in a direct buffer that grows to the largest batch and stays. */
final class BatchInput {
    private final Value value;
    private final BatchAxis axis;
    private IntBuffer ids;
    private FloatBuffer reals;
    private NativeBatch.Address address;
    private int capacity = -1;
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

    int columns() {
        return (int) value.columns();
    }

    /** The rows that it has now: those of its axis, or one for each sequence. */
    int rows() {
        return isPerStep() ? axis.rows() : axis.sequences();
    }

    /** The buffer of all its ids, limited to the rows. */
    IntBuffer ids() {
        if (value.kind() == Value.Kind.REAL) {
            throw new IllegalArgumentException("Input '" + value.name() + "' takes floats (" + value.columns() + " a row), not ids.");
        }
        int count = reserve();
        return ids.clear().limit(count);
    }

    /** The buffer of all its floats, limited to rows times columns. */
    FloatBuffer reals() {
        if (value.kind() != Value.Kind.REAL) {
            throw new IllegalArgumentException("Input '" + value.name() + "' takes ids, not floats.");
        }
        int count = reserve();
        return reals.clear().limit(count);
    }

    void name(NativeBatch batch) {
        batch.feed(value.index(), address, (long) rows() * value.columns());
    }

    private int reserve() {
        long count = rows() * value.columns();
        if (count > Integer.MAX_VALUE / Float.BYTES) {
            throw new IllegalArgumentException("Input '" + value.name() + "' would have " + count + " numbers (" + rows() + " rows x "
                + value.columns() + " columns); a batch holds at most " + Integer.MAX_VALUE / Float.BYTES + ".");
        }
        if (capacity < count) {
            ByteBuffer memory = ByteBuffer.allocateDirect((int) count * Float.BYTES).order(ByteOrder.nativeOrder());
            if (value.kind() == Value.Kind.REAL) {
                reals = memory.asFloatBuffer();
                address = NativeBatch.address(reals);
            } else {
                ids = memory.asIntBuffer();
                address = NativeBatch.address(ids);
            }
            capacity = (int) count;
        }
        given = true;
        return (int) count;
    }
}
