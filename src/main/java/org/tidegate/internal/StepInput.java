/* Where a step's input is written before the native core reads it. */
package org.tidegate.internal;

import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import org.tidegate.internal.abi.Pointer;

/** Direct memory that grows to the largest step and is used again. */
final class StepInput {
    private ByteBuffer memory = ByteBuffer.allocate(0);
    private IntBuffer ids;
    private FloatBuffer reals;
    private Pointer pointer;

    /** Makes room for that many elements. */
    void room(int count) {
        if (count <= memory.capacity() / Integer.BYTES) {
            return;
        }
        ByteBuffer more = DirectMemory.of(Integer.BYTES, count);
        IntBuffer moreIds = more.asIntBuffer();
        FloatBuffer moreReals = more.asFloatBuffer();
        pointer = new Pointer(more);
        memory = more; // only now: where memory is short the four still belong together
        ids = moreIds;
        reals = moreReals;
    }

    IntBuffer ids() {
        return ids;
    }

    FloatBuffer reals() {
        return reals;
    }

    Pointer pointer() {
        return pointer;
    }
}
