package org.tidegate.internal.abi;

import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;

/** An address in native memory, and the direct buffer that it belongs to, if it belongs to one: that lives as long as this is reachable. */
public class Pointer {
    long address;
    private final Buffer kept;

    /** Null until a call sets it. */
    Pointer() {
        kept = null;
    }

    /** The address at which a direct buffer's position lies. */
    public Pointer(ByteBuffer buffer) {
        this(buffer, Byte.BYTES);
    }

    /** As {@link #Pointer(ByteBuffer)}. */
    public Pointer(FloatBuffer buffer) {
        this(buffer, Float.BYTES);
    }

    /** As {@link #Pointer(ByteBuffer)}. */
    public Pointer(IntBuffer buffer) {
        this(buffer, Integer.BYTES);
    }

    private Pointer(Buffer buffer, int bytes) {
        address = tidegate.addressOf(buffer) + (long) buffer.position() * bytes;
        kept = buffer;
    }

    /** The address at which a direct buffer begins, wherever its position is. */
    public static Pointer to(Buffer buffer) {
        return new Pointer(buffer, 0);
    }

    /** The address as a number; 0 for none. */
    public final long address() {
        return address;
    }
}
