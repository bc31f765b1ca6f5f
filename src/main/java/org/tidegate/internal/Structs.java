/* Memory for the C structs of calls. */
package org.tidegate.internal;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.Pointer;

/**
 * Gives structs direct buffers of the JVM. JavaCPP's own allocation would probe the machine's physical memory each time and can
 * refuse where there is enough.
 */
final class Structs {
    private Structs() {
    }

    /** Zeroed memory for that many structs, which lives as long as the pointer. */
    static Pointer memory(Class<? extends Pointer> type, int elements) {
        int bytes = Math.multiplyExact(Loader.sizeof(type), elements);
        return new Pointer(ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder()));
    }

    /** Zeroed floats. */
    static FloatBuffer floats(int count) {
        return ByteBuffer.allocateDirect(Math.multiplyExact(Float.BYTES, count)).order(ByteOrder.nativeOrder()).asFloatBuffer();
    }
}
