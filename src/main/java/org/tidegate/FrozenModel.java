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
