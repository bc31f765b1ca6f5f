/* tg_batch for the package root: the structs that one call reads, in memory that is used again. */
package org.tidegate.internal;

import java.nio.Buffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.util.Objects;
import org.tidegate.internal.abi.Pointer;
import org.tidegate.internal.abi.tg_axis_lengths;
import org.tidegate.internal.abi.tg_batch;
import org.tidegate.internal.abi.tg_feed;
import org.tidegate.internal.abi.tidegate;

/** A native batch over direct buffers. Between {@link #begin()} and a call, name what it holds; nothing is copied. */
public final class NativeBatch {
    final tg_batch struct;
    final tg_feed feeds;
    int feedsCount;
    private final tg_axis_lengths axes;
    private int axesCount;

    /** A batch of at most that many axes and inputs. */
    public NativeBatch(int maximumAxes, int maximumFeeds) {
        struct = new tg_batch(1);
        axes = new tg_axis_lengths(Math.max(1, maximumAxes));
        feeds = new tg_feed(Math.max(1, maximumFeeds));
        struct.axes(axes).feeds(feeds);
    }

    /** Forgets what was named. */
    public void begin() {
        axesCount = 0;
        feedsCount = 0;
    }

    /** Names the lengths of an axis: an address that {@link #address} made. */
    public void axis(int axis, int sequences, Address lengths) {
        axes.position(axesCount++).axis(axis).sequences(sequences).lengths(lengths.pointer);
    }

    /** Names the data of an input. */
    public void feed(int value, Address data, long count) {
        feeds.position(feedsCount++).value(value).data(data.pointer).count(count);
    }

    /** Ends the naming. */
    public void end() {
        axes.position(0);
        feeds.position(0);
        struct.axes_count(axesCount).feeds_count(feedsCount);
    }

    /**
     * Where packed rows lie: lengths [N] to rank [N] and offset [T+1]; all direct, from position 0, and in the machine's byte order. The
     * offsets fit or are refused.
     *
     * @throws IndexOutOfBoundsException if lengths or rank have no room for that many sequences
     */
    public static int packRows(IntBuffer lengths, int sequences, IntBuffer rank, LongBuffer offset) {
        Objects.checkFromIndexSize(0, sequences, Math.min(lengths.capacity(), rank.capacity()));
        return tidegate.tg_pack_rows(lengths, sequences, rank, offset, offset.capacity());
    }

    /** The address of a direct buffer, which it keeps alive. */
    public static Address address(Buffer direct) {
        if (direct instanceof IntBuffer ints) {
            return new Address(new Pointer(ints), direct);
        }
        return new Address(new Pointer((FloatBuffer) direct), direct);
    }

    /** An address that native code may read. */
    public static final class Address {
        final Pointer pointer;
        final Buffer kept;

        private Address(Pointer pointer, Buffer kept) {
            this.pointer = pointer;
            this.kept = kept;
        }
    }
}
