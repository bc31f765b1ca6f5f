/* tg_session_step for the package root: one call over memory that is used again. */
package org.tidegate.internal;

import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import org.tidegate.internal.abi.Pointer;
import org.tidegate.internal.abi.tg_feed;
import org.tidegate.internal.abi.tidegate;

/**
 * Steps of one session. A step writes its input and makes one native call, which copies the output: so the buffers are the JVM's, and no
 * view of native memory outlives the session.
 */
public final class NativeStep {
    private final NativeSession session;
    private final int output;
    private final tg_feed feed = new tg_feed(1);
    private StepInput input; // null between the steps of a session that borrows it
    private Pointer fed; // what the feed names, and how many elements of it
    private int elements;
    private FloatBuffer result = FloatBuffer.allocate(0);
    private Pointer resultPointer;

    /** Steps that feed one input, unless they are given a batch, and copy one output. */
    public NativeStep(NativeSession session, int input, int output) {
        this.session = session;
        this.output = output;
        feed.value(input);
    }

    /** Where the next step's ids are to be written, from 0 on. */
    public IntBuffer ids(int count) {
        return input(count).ids();
    }

    /** Where the next step's reals are to be written, from 0 on. */
    public FloatBuffer reals(int count) {
        return input(count).reals();
    }

    /** A step over what was written, whose output has so many floats. */
    public int run(int floats) {
        try {
            return run(feed, 1, floats);
        } finally {
            if (session.inputs != null && session.inputs.offer(input)) {
                input = null;
            }
        }
    }

    /** A step over the inputs of a batch. */
    public int run(NativeBatch batch, int floats) {
        return run(batch.feeds, batch.feedsCount, floats);
    }

    /** The output of the last step, from its beginning. */
    public FloatBuffer output() {
        return result.clear();
    }

    private int run(tg_feed feeds, int feedsCount, int floats) {
        if (floats != result.capacity()) {
            FloatBuffer other = DirectMemory.floats(floats);
            resultPointer = new Pointer(other);
            result = other; // only now: where memory is short the two still belong together
        }
        session.gate.read();
        try {
            session.countChange();
            int status = tidegate.tg_session_step(session.pointer, feeds, feedsCount, output, resultPointer, floats);
            return session.mayRepeat(status)
                ? tidegate.tg_session_step(session.pointer, feeds, feedsCount, output, resultPointer, floats) : status;
        } finally {
            session.gate.readDone();
        }
    }

    private StepInput input(int count) {
        if (input == null && session.inputs != null) {
            input = session.inputs.poll();
        }
        if (input == null) {
            input = new StepInput();
        }
        input.room(count);
        if (fed != input.pointer() || count != elements) {
            fed = input.pointer();
            elements = count;
            feed.data(fed).count(count);
        }
        return input;
    }
}
