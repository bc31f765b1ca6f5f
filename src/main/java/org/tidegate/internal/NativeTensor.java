/* tg_tensor for the package root. */
package org.tidegate.internal;

import org.tidegate.internal.abi.tg_tensor;

/**
 * Where a native call writes what it says of a tensor; used again and again. The call and the reading of what it wrote must be one use of
 * the tensor's owner, to whom the name belongs as well.
 */
public final class NativeTensor {
    final tg_tensor struct;

    public NativeTensor() {
        struct = new tg_tensor(1);
    }

    public String name() {
        return struct.name();
    }

    /** The number of dimensions, 1 or 2. */
    public int rank() {
        return struct.rank();
    }

    public long dim(int index) {
        return struct.dims(index);
    }

    /** The dimensions, in an array of the caller's own. */
    public long[] shape() {
        long[] shape = new long[rank()];
        for (int i = 0; i < shape.length; i++) {
            shape[i] = dim(i);
        }
        return shape;
    }

    public boolean trainable() {
        return struct.trainable() != 0;
    }

    public boolean hasData() {
        return struct.data() != 0;
    }

    /** Whether floats show exactly this tensor's memory. */
    public boolean isShownBy(Floats floats) {
        return floats.isAt(struct.data(), count());
    }

    /** A view of the memory, which belongs to owner; valid throws where the view is outdated, and is asked while owner is in use. */
    public Floats floats(NativeHandle owner, Runnable valid) {
        return new Floats(owner, struct.data(), count(), valid);
    }

    private long count() {
        return struct.dims(0) * struct.dims(1);
    }
}
