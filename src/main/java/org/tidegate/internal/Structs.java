/* Memory for the floats of calls. */
package org.tidegate.internal;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;

/** Gives floats direct buffers of the JVM. */
final class Structs {
    private Structs() {
    }

    /** Zeroed floats. */
    static FloatBuffer floats(int count) {
        return ByteBuffer.allocateDirect(Math.multiplyExact(Float.BYTES, count)).order(ByteOrder.nativeOrder()).asFloatBuffer();
    }
}
