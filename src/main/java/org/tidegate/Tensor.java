/* A named array in native memory. */
package org.tidegate;

import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.function.LongSupplier;
import org.tidegate.checkpoint.SafetensorsFile;
import org.tidegate.checkpoint.TensorTarget;
import org.tidegate.internal.Floats;
import org.tidegate.internal.NativeHandle;
import org.tidegate.internal.NativeTensor;

/**
 * A view of floats that belong to a model (a parameter), a session (an output, a gradient) or an optimizer (a slot). Nothing is copied
 * to make one. Reading and writing it follows its owner's rules: not after the owner is closed, and for what a session or an optimizer
 * owns not while another thread uses that.
 *
 * <p>A parameter may be read and set while sessions run its model: they, and who reads it, then meet some of the old floats and some of the
 * new ones. Set parameters between the calls of the sessions.
 */
public final class Tensor {
    private static final LongSupplier ALWAYS = new LongSupplier() { // no lambda: it would be among the first of a program that starts
        @Override
        public long getAsLong() {
            return 0;
        }
    };

    private final String name;
    private final long[] shape;
    private final boolean trainable;
    private final Floats floats;
    private final LongSupplier clock;
    private final WeakReference<Thread> askedBy = new WeakReference<>(Thread.currentThread());
    private volatile long validAt;

    private Tensor(NativeTensor tensor, NativeHandle owner, LongSupplier clock) {
        name = tensor.name();
        shape = tensor.shape();
        trainable = tensor.trainable();
        floats = tensor.floats(owner, new Validity());
        this.clock = clock;
        validAt = clock.getAsLong();
    }

    /** A view that is valid as long as its owner is open. */
    static Tensor of(NativeTensor tensor, NativeHandle owner) {
        return new Tensor(tensor, owner, ALWAYS);
    }

    /**
     * A view that is valid until the clock moves. An earlier view of the same memory and shape serves the thread again that asked for it;
     * that of another thread stays outdated.
     */
    static Tensor of(NativeTensor tensor, NativeHandle owner, LongSupplier clock, Tensor earlier) {
        if (earlier == null || !earlier.askedBy.refersTo(Thread.currentThread()) || !tensor.isShownBy(earlier.floats)
                || tensor.dim(0) != earlier.shape[0]) {
            return new Tensor(tensor, owner, clock);
        }
        earlier.validAt = clock.getAsLong();
        return earlier;
    }

    /** {@return its name: for a parameter the node's and PyTorch's, as in {@code h.weight_ih_l0}} */
    public String name() {
        return name;
    }

    /** {@return its dimensions, one or two; the last is the fastest} */
    public long[] shape() {
        return shape.clone();
    }

    /** {@return the number of floats} */
    public long size() {
        return floats.count();
    }

    /** {@return whether training changes it: false where its node says {@code trainable=false}} */
    public boolean trainable() {
        return trainable;
    }

    /**
     * {@return the floats themselves, to be read and written in place} The buffer keeps the memory alive while it is reachable, even after
     * the owner is closed; but a session's outputs and gradients move when a later forward call needs more room, so ask again after each.
     *
     * @throws IllegalStateException if the owner is closed or busy, the view is outdated, or there are more floats than a buffer can show
     */
    public FloatBuffer buffer() {
        return floats.buffer();
    }

    /** {@return the floats as bytes in the machine's order; see {@link #buffer()}} */
    public ByteBuffer byteBuffer() {
        return floats.bytes();
    }

    /** {@return a copy of all floats} */
    public float[] toArray() {
        float[] copy = new float[Math.toIntExact(size())];
        get(0, copy, 0, copy.length);
        return copy;
    }

    /**
     * Copies {@code length} floats from position {@code from} on into the target.
     *
     * @param from the index of the first element
     * @param target receives them
     * @param offset the index in target of the first one
     * @param length how many
     */
    public void get(long from, float[] target, int offset, int length) {
        floats.get(from, target, offset, length);
    }

    /**
     * Copies {@code length} floats of the source to position {@code from} and after.
     *
     * @param from the index of the first element
     * @param source has them
     * @param offset the index in source of the first one
     * @param length how many
     */
    public void set(long from, float[] source, int offset, int length) {
        floats.put(from, source, offset, length);
    }

    /**
     * Sets all floats.
     *
     * @param source has them
     * @throws IllegalArgumentException if the source has another length
     */
    public void set(float... source) {
        if (source.length != size()) {
            throw new IllegalArgumentException(this + " holds " + size() + " floats, but " + source.length + " were given.");
        }
        set(0, source, 0, source.length);
    }

    /** Receives the tensor of its name and shape from a file. */
    TensorTarget target() {
        return new TensorTarget(name, shape, new SafetensorsFile.Target() {
            @Override
            public void copy(long to, float[] source, int offset, int length) {
                set(to, source, offset, length);
            }
        });
    }

    /** The name and the shape. */
    @Override
    public String toString() {
        return "'" + name + "' " + Arrays.toString(shape);
    }

    private final class Validity implements Runnable {
        @Override
        public void run() {
            if (clock.getAsLong() != validAt) {
                throw new IllegalStateException(
                    "This view of '" + name + "' is from before the session's last forward call; ask the session for a new one.");
            }
        }
    }
}
