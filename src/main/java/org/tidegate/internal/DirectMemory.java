/* Memory that the core can read and write. */
package org.tidegate.internal;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;

/** Direct buffers of the JVM, zeroed, in the machine's order of bytes. */
public final class DirectMemory {
    private DirectMemory() {
    }

    /** That many elements of so many bytes each. */
    public static ByteBuffer of(int bytes, int count) {
        return ByteBuffer.allocateDirect(Math.multiplyExact(bytes, count)).order(ByteOrder.nativeOrder());
    }

    /** That many floats. */
    public static FloatBuffer floats(int count) {
        return of(Float.BYTES, count).asFloatBuffer();
    }
}
