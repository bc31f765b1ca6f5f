/* The form of a model that serves. */
package org.tidegate;

import java.util.List;
import org.tidegate.internal.NativeModel;

/**
 * A model made for serving by {@link Model#freeze}: immutable, its weights packed once in the chosen {@link Precision}, shared by any number
 * of threads, each with {@link Session}s of its own. It owns what it needs: the model that it was made from may be trained further or closed.
 *
 * <pre>{@code
 * try (FrozenModel model = trained.freeze(Precision.INT8); Session session = model.newSession()) {
 *     FloatBuffer scores = session.step(token);  // valid until the next step; the state stays in the session
 *     State state = session.state();             // a value: store it, put it back, branch it
 * }
 * }</pre>
 *
 * <p>In each precision the answer for a sequence has the same bits alone, in any batch, with any neighbours, step by step and
 * for any number of threads, as long as the instruction set is the same.
 */
public final class FrozenModel extends Network {
    private final Precision precision;

    FrozenModel(NativeModel nativeModel, Precision precision) {
        super(nativeModel);
        this.precision = precision;
    }

    /** {@return the numbers in which it keeps its weights} */
    public Precision precision() {
        return precision;
    }

    /**
     * {@return room for streams that step together, each with a state of its own} The caller closes it.
     *
     * @param output the name of the value that a step shows, with rows for each sequence
     * @param capacity how many streams may be open at once, at most 2<sup>20</sup>; memory is taken as they are opened
     * @throws IllegalArgumentException if there is no such value, or it follows from inputs of two axes, from a state that an input gives
     *     (h0, c0), or from something that depends on other streams; the message names the node
     */
    public Streams newStreams(String output, int capacity) {
        return new Streams(this, value(output), capacity);
    }

    /** The precision and the size. */
    @Override
    public String toString() {
        return "FrozenModel of " + precision + (isClosed() ? ", closed" : ", " + bytes() + " bytes");
    }

    @Override
    List<String> parameterNames() {
        return List.of();
    }
}
