/* A view of floats in native memory. */
package org.tidegate.internal;

import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Objects;
import org.tidegate.internal.abi.tidegate;

/** Floats that belong to a native object: copied out and in under its rules, or shown as a buffer that keeps them alive. */
public final class Floats {
    private final NativeHandle owner;
    private final long address;
    private final long count;
    private final Runnable valid;
    private volatile WeakReference<ByteBuffer> shown = new WeakReference<>(null);
    private volatile WeakReference<FloatBuffer> shownFloats = new WeakReference<>(null);

    Floats(NativeHandle owner, long address, long count, Runnable valid) {
        this.owner = owner;
        this.address = address;
        this.count = count;
        this.valid = valid;
    }

    /** The number of floats. */
    public long count() {
        return count;
    }

    boolean isAt(long otherAddress, long otherCount) {
        return address == otherAddress && count == otherCount;
    }

    /**
     * The memory itself, in the machine's byte order. It stays valid as long as the buffer is reachable, even after its owner is closed.
     *
     * @throws IllegalStateException if the owner is closed or in use, the view is outdated, or the floats are more than a buffer can show
     */
    public ByteBuffer bytes() {
        owner.enter();
        try {
            valid.run();
            return show().duplicate().order(ByteOrder.nativeOrder());
        } finally {
            owner.exit();
        }
    }

    /** As {@link #bytes()}. */
    public FloatBuffer buffer() {
        owner.enter();
        try {
            valid.run();
            FloatBuffer buffer = shownFloats.get();
            if (buffer == null) {
                buffer = show().asFloatBuffer();
                shownFloats = new WeakReference<>(buffer);
            }
            return buffer.duplicate();
        } finally {
            owner.exit();
        }
    }

    /** Copies out: {@code length} floats that begin at {@code from}. */
    public void get(long from, float[] target, int offset, int length) {
        check(from, target, offset, length);
        owner.enter();
        try {
            valid.run();
            tidegate.copyOut(address + from * Float.BYTES, target, offset, length);
        } finally {
            owner.exit();
        }
    }

    /** Copies in: {@code length} floats that go to {@code from} and after. */
    public void put(long from, float[] source, int offset, int length) {
        check(from, source, offset, length);
        owner.enter();
        try {
            valid.run();
            tidegate.copyIn(address + from * Float.BYTES, source, offset, length);
        } finally {
            owner.exit();
        }
    }

    /** All buffers hold on to this one, and while it is reachable the memory lives. */
    private ByteBuffer show() {
        ByteBuffer buffer = shown.get();
        if (buffer == null) {
            if (count > Integer.MAX_VALUE / Float.BYTES) {
                throw new IllegalStateException(count + " floats are more than a buffer can show (" + Integer.MAX_VALUE / Float.BYTES
                    + "); copy parts of them instead.");
            }
            buffer = tidegate.view(address, count * Float.BYTES).order(ByteOrder.nativeOrder());
            owner.keepFor(buffer);
            shown = new WeakReference<>(buffer);
        }
        return buffer;
    }

    private void check(long from, float[] array, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, array.length);
        Objects.checkFromIndexSize(from, (long) length, count);
    }
}
