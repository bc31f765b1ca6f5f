/* tg_session_step for the package root: one call over memory that is used again. */
package org.tidegate.internal;

import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import org.bytedeco.javacpp.Pointer;
import org.tidegate.internal.abi.tg_feed;
import org.tidegate.internal.abi.tg_tensor;
import org.tidegate.internal.abi.tidegate;

/**
 * Steps of one session, with a view of one output. What it needs is set up once: a step writes its input, makes one native call, and looks
 * whether the output still stands where it stood.
 */
public final class NativeStep {
    private final NativeSession session;
    private final int output;
    private final tg_feed feed = new tg_feed(Structs.memory(tg_feed.class, 1));
    private final tg_tensor tensor;
    private final ByteBuffer tensorMemory;
    private final int rowsAt;
    private final int columnsAt;
    private final int dataAt;
    private ByteBuffer data = ByteBuffer.allocate(0);
    private IntBuffer ids;
    private FloatBuffer reals;
    private int count = -1; // elements of the input that the feed names
    private long shownAddress;
    private long shownRows;
    private FloatBuffer shown;

    /** Steps that feed one input, unless they are given a batch, and show one output. */
    public NativeStep(NativeSession session, int input, int output) {
        this.session = session;
        this.output = output;
        feed.value(input);
        tensorMemory = ByteBuffer.allocateDirect(Pointer.sizeof(tg_tensor.class)).order(ByteOrder.nativeOrder());
        tensor = new tg_tensor(new Pointer(tensorMemory));
        rowsAt = Pointer.offsetof(tg_tensor.class, "dims");
        columnsAt = rowsAt + Long.BYTES;
        dataAt = Pointer.offsetof(tg_tensor.class, "data");
    }

    /** Where the next step's ids are to be written, from 0 on. */
    public IntBuffer ids(int elements) {
        if (elements != count) {
            room(elements);
        }
        return ids;
    }

    /** Where the next step's reals are to be written, from 0 on. */
    public FloatBuffer reals(int elements) {
        if (elements != count) {
            room(elements);
        }
        return reals;
    }

    /** A step over what was written. */
    public int run() {
        return run(feed, 1);
    }

    /** A step over the inputs of a batch. */
    public int run(NativeBatch batch) {
        return run(batch.feeds, batch.feedsCount);
    }

    /** The output of the last step; the caller must have entered the session. */
    public FloatBuffer output() {
        long address = tensorMemory.getLong(dataAt);
        long rows = tensorMemory.getLong(rowsAt);
        if (address != shownAddress || rows != shownRows) {
            show(address, rows);
        }
        shown.clear();
        return shown;
    }

    /** Lets go of the view, so that the memory can be freed when nobody else shows it. */
    public void forget() {
        shown = null;
        shownAddress = 0;
    }

    private int run(tg_feed feeds, int feedsCount) {
        session.gate.read();
        try {
            return tidegate.tg_session_step(session.pointer, feeds, feedsCount, output, tensor);
        } finally {
            session.gate.readDone();
        }
    }

    private void room(int elements) {
        if (elements > data.capacity() / Integer.BYTES) {
            data = ByteBuffer.allocateDirect(Math.multiplyExact(Integer.BYTES, elements)).order(ByteOrder.nativeOrder());
            ids = data.asIntBuffer();
            reals = data.asFloatBuffer();
            feed.data(new Pointer((Buffer) data));
        }
        feed.count(elements);
        count = elements;
    }

    private void show(long address, long rows) {
        shown = new Floats(session.handle(), address, rows * tensorMemory.getLong(columnsAt)).buffer();
        shownAddress = address;
        shownRows = rows;
    }
}
