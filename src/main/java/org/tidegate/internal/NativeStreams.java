/* tg_streams for the package root. */
package org.tidegate.internal;

import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import org.tidegate.internal.abi.Pointer;
import org.tidegate.internal.abi.tg_feed;
import org.tidegate.internal.abi.tg_streams;
import org.tidegate.internal.abi.tidegate;

/**
 * Many streams of one frozen model. Create it empty, then {@link #create}: methods that return int return a status number. Steps, with the
 * buffers that they use, are for one thread at a time; the caller sees to that.
 */
public final class NativeStreams {
    private final tg_streams pointer = new tg_streams();
    private final tg_feed feed = new tg_feed(1);
    private final StepInput input = new StepInput();
    private LongBuffer numbers = LongBuffer.allocate(0);
    private Pointer numbersPointer;
    private IntBuffer rows = IntBuffer.allocate(0);
    private Pointer rowsPointer;
    private FloatBuffer result = FloatBuffer.allocate(0);
    private Pointer resultPointer;
    private NativeHandle handle;

    /** Makes room for so many streams that show a value of a model. */
    public int create(NativeModel model, int value, int capacity) {
        model.handle().enter();
        try {
            int status = tidegate.tg_streams_create(model.pointer, value, capacity, pointer);
            if (status == tidegate.TG_OUT_OF_MEMORY && NativeMemory.freed()) {
                status = tidegate.tg_streams_create(model.pointer, value, capacity, pointer);
            }
            if (status == tidegate.TG_OK) {
                tg_streams owned = pointer;
                handle = NativeHandle.shared("pool of streams", model.handle(), () -> tidegate.tg_streams_destroy(owned));
                NativeMemory.made();
            }
            return status;
        } finally {
            model.handle().exit();
        }
    }

    public NativeHandle handle() {
        return handle;
    }

    public int threads(int threads) {
        handle.enter();
        try {
            return tidegate.tg_streams_threads(pointer, threads);
        } finally {
            handle.exit();
        }
    }

    /** Opens a stream; {@code stream[0]} receives its number. */
    public int open(long[] stream) {
        handle.enter();
        try {
            int status = tidegate.tg_streams_open(pointer, stream);
            return status == tidegate.TG_OUT_OF_MEMORY && NativeMemory.freed() ? tidegate.tg_streams_open(pointer, stream) : status;
        } finally {
            handle.exit();
        }
    }

    /** Opens one that goes on from a state that came as bytes. */
    public int open(byte[] state, long[] stream) {
        Pointer copy = new Pointer(ByteBuffer.allocateDirect(Math.max(1, state.length)).put(state).rewind());
        handle.enter();
        try {
            int status = tidegate.tg_streams_open_state(pointer, copy, state.length, stream);
            return status == tidegate.TG_OUT_OF_MEMORY && NativeMemory.freed()
                ? tidegate.tg_streams_open_state(pointer, copy, state.length, stream) : status;
        } finally {
            handle.exit();
        }
    }

    public int close(long stream) {
        handle.enter();
        try {
            return tidegate.tg_streams_close(pointer, stream);
        } finally {
            handle.exit();
        }
    }

    /** Copies the state of a stream out as bytes; {@code state[0]} receives them. */
    public int state(long stream, byte[][] state) {
        handle.enter();
        try {
            for (long[] size = new long[1];;) {
                int status = tidegate.tg_streams_state_bytes(pointer, stream, size);
                if (status != tidegate.TG_OK) {
                    return status;
                }
                long before = size[0];
                ByteBuffer copy = ByteBuffer.allocateDirect(Math.toIntExact(before));
                status = tidegate.tg_streams_save_state(pointer, stream, new Pointer(copy), before);
                boolean grew = status != tidegate.TG_OK && tidegate.tg_streams_state_bytes(pointer, stream, size) == tidegate.TG_OK
                    && size[0] != before; // its first step came between
                if (!grew) {
                    state[0] = new byte[copy.capacity()];
                    copy.get(state[0]);
                    return status;
                }
            }
        } finally {
            handle.exit();
        }
    }

    /** How many are open; {@code count[0]} receives it. */
    public int count(int[] count) {
        handle.enter();
        try {
            return tidegate.tg_streams_count(pointer, count);
        } finally {
            handle.exit();
        }
    }

    /** The bytes of native memory; {@code bytes[0]} receives them. */
    public int bytes(long[] bytes) {
        handle.enter();
        try {
            return tidegate.tg_streams_bytes(pointer, bytes);
        } finally {
            handle.exit();
        }
    }

    /** Where the numbers of the next step's streams are to be written, from 0 on. */
    public LongBuffer numbers(int count) {
        if (count > numbers.capacity()) {
            LongBuffer more = DirectMemory.of(Long.BYTES, count).asLongBuffer();
            IntBuffer moreRows = DirectMemory.of(Integer.BYTES, count).asIntBuffer();
            numbersPointer = Pointer.to(more);
            rowsPointer = Pointer.to(moreRows);
            numbers = more; // only now: where memory is short the four still belong together
            rows = moreRows;
        }
        return numbers;
    }

    /** Where the next step's ids are to be written, from 0 on. */
    public IntBuffer ids(int count) {
        input.room(count);
        return input.ids();
    }

    /** Where the next step's reals are to be written, from 0 on. */
    public FloatBuffer reals(int count) {
        input.room(count);
        return input.reals();
    }

    /** A step of so many streams over elements that were written for an input; the output has room for so many floats. */
    public int step(int count, int value, int elements, int floats) {
        feed.value(value).data(input.pointer()).count(elements);
        return step(count, feed, 1, floats);
    }

    /** A step over the inputs of a batch. */
    public int step(int count, NativeBatch batch, int floats) {
        return step(count, batch.feeds, batch.feedsCount, floats);
    }

    /** The output of the last step, from its beginning. */
    public FloatBuffer output() {
        return result.clear();
    }

    /** How many rows stream number i of the last step has there. */
    public int rows(int i) {
        return rows.get(i);
    }

    private int step(int count, tg_feed feeds, int feedsCount, int floats) {
        if (floats > result.capacity()) {
            FloatBuffer more = DirectMemory.floats(floats);
            resultPointer = new Pointer(more);
            result = more;
        }
        handle.enter();
        try {
            int status = tidegate.tg_streams_step(pointer, numbersPointer, count, feeds, feedsCount, resultPointer, floats, rowsPointer);
            return status == tidegate.TG_OUT_OF_MEMORY && NativeMemory.freed()
                ? tidegate.tg_streams_step(pointer, numbersPointer, count, feeds, feedsCount, resultPointer, floats, rowsPointer) : status;
        } finally {
            handle.exit();
        }
    }
}
