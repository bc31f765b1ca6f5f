/* The numbers of an input. */
package org.tidegate.server.network;

import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import org.tidegate.Batch;
import org.tidegate.Value;
import org.tidegate.server.protocol.Datatype;
import org.tidegate.server.protocol.InferenceTensor;

/** Rows of reals or of ids as a request has them; those of FP32 and INT32 are read where they are. */
final class Rows {
    private final FloatBuffer reals; // null of ids
    private final IntBuffer ids; // null of reals
    private final int columns;

    private Rows(FloatBuffer reals, IntBuffer ids, int columns) {
        this.reals = reals;
        this.ids = ids;
        this.columns = columns;
    }

    static Rows of(Value input, InferenceTensor tensor) {
        if (input.kind() == Value.Kind.REAL) {
            return new Rows(tensor.datatype() == Datatype.FP32 ? tensor.data().asFloatBuffer() : FloatBuffer.wrap(tensor.floats()), null,
                    (int) input.columns());
        }
        return new Rows(null, tensor.datatype() == Datatype.INT32 ? tensor.data().asIntBuffer() : IntBuffer.wrap(tensor.ints()), 1);
    }

    /** Where the rows of an input of a batch go to. */
    static final class Target {
        private final FloatBuffer reals;
        private final IntBuffer ids;

        Target(Batch batch, Value input) {
            boolean real = input.kind() == Value.Kind.REAL;
            reals = real ? batch.writableReals(input.name()) : null;
            ids = real ? null : batch.writableIds(input.name());
        }
    }

    /** Copies rows, from one on, to others. */
    void copy(int from, Target target, int to, int count) {
        if (reals != null) {
            target.reals.put(to * columns, reals, from * columns, count * columns);
        } else {
            target.ids.put(to, ids, from, count);
        }
    }
}
