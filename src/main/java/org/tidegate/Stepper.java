/* The steps of a session: which input they feed and which output they show. */
package org.tidegate;

import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.util.List;
import org.tidegate.internal.NativeBatch;
import org.tidegate.internal.NativeSession;
import org.tidegate.internal.NativeStep;
import org.tidegate.internal.NativeTensor;

/**
 * Feeds the graph's first input per step and shows its last output, as {@link Session#step(int)} promises. The session opens it for each
 * step, which begins a use of the session; closing it ends the use.
 */
final class Stepper implements AutoCloseable {
    private final NativeSession session;
    private final NativeStep nativeStep;
    private final Value input; // null if the graph has none
    private final boolean takesIds;
    private final Value output;
    private final int mostRows; // that a step of a stream gives
    private final NativeTensor rows; // of the output; null where they are as many as the streams

    /** kept: the values that the session keeps; empty for all. */
    Stepper(Graph graph, NativeSession session, List<Value> kept) {
        this.session = session;
        input = firstInput(graph);
        takesIds = input != null && input.kind() != Value.Kind.REAL;
        output = Graph.lastOutput(kept.isEmpty() ? graph.values() : kept).orElse(null);
        if (output == null) {
            throw new IllegalStateException("The " + (kept.isEmpty() ? "graph" : "session") + " has no output to show after a step: nothing but"
                + " inputs and losses.");
        }
        int axis = graph.axis(output.axis().orElseThrow());
        mostRows = Math.toIntExact(graph.mostRows(axis));
        rows = graph.axes().get(axis).isDerived() ? new NativeTensor() : null;
        nativeStep = new NativeStep(session, input == null ? -1 : input.index(), output.index());
    }

    private static Value firstInput(Graph graph) {
        for (Value value : graph.values()) {
            if (value.input() && value.rows() == Value.Rows.PER_STEP) {
                return value;
            }
        }
        return null;
    }

    IntBuffer ids(int count) {
        if (!takesIds) {
            throw wrongInput("ids");
        }
        if (count < 1) {
            throw new IllegalArgumentException("A step of no ids; it needs one for each sequence.");
        }
        return nativeStep.ids(count);
    }

    /** Of {@code count} floats, which must be whole rows; {@link #rows} says of how many. */
    FloatBuffer reals(int count) {
        if (input == null || takesIds) {
            throw wrongInput("floats");
        }
        if (count < 1 || count % input.columns() != 0) {
            throw new IllegalArgumentException("A step of " + count + " floats; input '" + input.name() + "' needs rows of " + input.columns()
                + ", one for each sequence.");
        }
        return nativeStep.reals(count);
    }

    int rows(int count) {
        return (int) (count / input.columns());
    }

    /** A step of so many streams over what was written. */
    FloatBuffer run(int streams) {
        Failure.check(nativeStep.run(floats(streams)));
        return output();
    }

    FloatBuffer run(Batch batch, Graph graph) {
        NativeBatch lent = batch.lend(graph);
        try {
            int streams = batch.streams(output.axis().orElseThrow());
            Failure.check(nativeStep.run(lent, floats(streams)));
            return output();
        } finally {
            batch.takeBack();
        }
    }

    @Override
    public void close() {
        session.handle().exit();
    }

    private FloatBuffer output() {
        FloatBuffer shown = nativeStep.output();
        if (rows == null) {
            return shown;
        }
        Failure.check(session.output(output.index(), rows));
        return shown.limit(Math.toIntExact(rows.dim(0) * output.columns()));
    }

    private int floats(int streams) {
        return Math.toIntExact(Math.multiplyExact(Math.multiplyExact(streams, mostRows), output.columns()));
    }

    private IllegalArgumentException wrongInput(String given) {
        return new IllegalArgumentException(input == null ? "The graph has no input per step; it cannot step over " + given + "."
            : "A step was given " + given + "; the graph's first input '" + input.name() + "' takes " + (takesIds ? "ids" : "floats")
                + ". To feed other inputs, step over a Batch.");
    }
}
