/* What one call works on. */
package org.tidegate;

import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.util.Objects;
import org.tidegate.internal.ExclusiveUse;
import org.tidegate.internal.NativeBatch;

/**
 * Sequences and the inputs over them, in direct buffers that a session reads without another copy. Fill one again and again: its memory
 * grows to the largest batch and then stays.
 *
 * <p>It belongs to one thread at a time: a call that comes while another thread fills the batch, or its session reads it, is an
 * {@link IllegalStateException} and changes nothing. A call that fails leaves what was given before, or takes its axis or input as not
 * given. To keep together the calls that fill it and the one that reads it is up to the threads that share it.
 *
 * <p><b>Packed rows.</b> An axis has N sequences, which may differ in length. Their steps are stored without padding, sorted by decreasing
 * length (equal lengths keep their order): step 0 of all sequences, then step 1 of those that have one, and so on; {@link #row} says
 * where step t of sequence s lies. With equal lengths the rows are simply {@code [T, N]}; of one sequence alone they are its steps. An
 * input that has one row for each sequence keeps the caller's order.
 *
 * <p>The lengths of a derived axis (windows over the steps, {@link ModelBuilder#frames}) follow from those of its source: {@link #length},
 * {@link #row} and inputs on it are there once these are given, and they are of whole sequences; of a stream {@link Session#lengths} knows.
 *
 * <p>Give the lengths of an axis first, then the inputs on it. What is given stays until it is given anew or {@link #clear()} is called;
 * lengths given anew drop the inputs on their axis.
 */
public final class Batch {
    private final Graph graph;
    private final BatchAxis[] axes;
    private final BatchInput[] inputs;
    private final NativeBatch nativeBatch;
    private final ExclusiveUse use = new ExclusiveUse("batch");

    Batch(Graph graph) {
        this.graph = graph;
        axes = new BatchAxis[graph.axes().size()];
        for (int i = 0; i < axes.length; i++) {
            axes[i] = new BatchAxis(graph.axes().get(i));
        }
        for (BatchAxis axis : axes) {
            if (axis.info().isDerived()) {
                axes[axis.info().source()].addDerived(axis);
            }
        }
        inputs = new BatchInput[graph.values().size()];
        int count = 0;
        for (Value value : graph.values()) {
            if (value.input()) {
                inputs[value.index()] = new BatchInput(value, axes[graph.axis(value.axis().orElseThrow())]);
                count++;
            }
        }
        nativeBatch = new NativeBatch(axes.length, count);
    }

    /**
     * Gives the lengths of an axis's sequences in the caller's order.
     *
     * @param axis the name of the axis
     * @param lengths the length of each sequence, 1 or more
     * @return this batch
     * @throws IllegalArgumentException if there is no such axis, no sequence, or a length is less than 1
     */
    public Batch lengths(String axis, int... lengths) {
        return lengths(axis, lengths, lengths.length);
    }

    /**
     * As {@link #lengths(String, int...)}, with the first N elements of an array that is used again.
     *
     * @param axis the name of the axis
     * @param lengths the length of each sequence, 1 or more
     * @param sequences N, the number of sequences
     * @return this batch
     */
    public Batch lengths(String axis, int[] lengths, int sequences) {
        if (sequences > lengths.length) {
            throw new IllegalArgumentException(sequences + " sequences, but only " + lengths.length + " lengths were given.");
        }
        use.enter();
        try {
            forget(axis).set(lengths, sequences);
            return this;
        } finally {
            use.exit();
        }
    }

    /**
     * Gives an axis N sequences of T steps each.
     *
     * @param axis the name of the axis
     * @param sequences N
     * @param steps T
     * @return this batch
     */
    public Batch equalLengths(String axis, int sequences, int steps) {
        use.enter();
        try {
            forget(axis).setEqual(sequences, steps);
            return this;
        } finally {
            use.exit();
        }
    }

    /**
     * Forgets all lengths and inputs; the memory stays.
     *
     * @return this batch
     */
    public Batch clear() {
        use.enter();
        try {
            for (BatchAxis axis : axes) {
                axis.clear();
            }
            for (BatchInput input : inputs) {
                if (input != null) {
                    input.clear();
                }
            }
            return this;
        } finally {
            use.exit();
        }
    }

    /**
     * {@return the number of sequences N of an axis}
     *
     * @param axis the name of the axis
     */
    public int sequences(String axis) {
        use.enter();
        try {
            return axis(axis).sequences();
        } finally {
            use.exit();
        }
    }

    /**
     * {@return the length T of an axis's longest sequence}
     *
     * @param axis the name of the axis
     */
    public int steps(String axis) {
        use.enter();
        try {
            return axis(axis).steps();
        } finally {
            use.exit();
        }
    }

    /**
     * {@return the length of one sequence}
     *
     * @param axis the name of the axis
     * @param sequence its number, in the caller's order
     */
    public int length(String axis, int sequence) {
        use.enter();
        try {
            return axis(axis).length(sequence);
        } finally {
            use.exit();
        }
    }

    /**
     * {@return the number of packed rows R of an axis: all steps of all sequences}
     *
     * @param axis the name of the axis
     */
    public int rows(String axis) {
        use.enter();
        try {
            return axis(axis).rows();
        } finally {
            use.exit();
        }
    }

    /**
     * {@return how many sequences have that step: the number of rows that step t owns}
     *
     * @param axis the name of the axis
     * @param step t, from 0
     */
    public int active(String axis, int step) {
        use.enter();
        try {
            return axis(axis).active(step);
        } finally {
            use.exit();
        }
    }

    /**
     * {@return the packed row of a sequence's step}
     *
     * @param axis the name of the axis
     * @param sequence its number, in the caller's order
     * @param step from 0 to the sequence's length − 1
     */
    public int row(String axis, int sequence, int step) {
        use.enter();
        try {
            return axis(axis).row(sequence, step);
        } finally {
            use.exit();
        }
    }

    /**
     * The ids of an input, to be written: one for each row. Its axis's lengths must have been given.
     *
     * @param input the name of the input
     * @return the batch's own buffer from 0 to the number of rows; valid until lengths are given that need more room
     * @throws IllegalArgumentException if there is no such input or it takes floats
     */
    public IntBuffer writableIds(String input) {
        use.enter();
        try {
            BatchInput target = input(input);
            IntBuffer rows = target.shownIds();
            target.give();
            return rows;
        } finally {
            use.exit();
        }
    }

    /**
     * {@return the floats of an input, to be written: {@code [rows, columns]}; else as {@link #writableIds(String)}}
     *
     * @param input the name of the input
     */
    public FloatBuffer writableReals(String input) {
        use.enter();
        try {
            BatchInput target = input(input);
            FloatBuffer rows = target.shownReals();
            target.give();
            return rows;
        } finally {
            use.exit();
        }
    }

    /**
     * Gives an input its ids, one for each row in the order of the rows.
     *
     * @param input the name of the input
     * @param rows an id for each row
     * @return this batch
     */
    public Batch ids(String input, int... rows) {
        use.enter();
        try {
            BatchInput target = input(input);
            IntBuffer buffer = target.ids();
            checkCount(input, "ids", rows.length, target.count());
            buffer.put(0, rows);
            target.give();
            return this;
        } finally {
            use.exit();
        }
    }

    /**
     * Gives an input its floats, {@code [rows, columns]} in the order of the rows.
     *
     * @param input the name of the input
     * @param rows {@code [rows, columns]}
     * @return this batch
     */
    public Batch reals(String input, float... rows) {
        use.enter();
        try {
            BatchInput target = input(input);
            FloatBuffer buffer = target.reals();
            checkCount(input, "floats", rows.length, target.count());
            buffer.put(0, rows);
            target.give();
            return this;
        } finally {
            use.exit();
        }
    }

    /**
     * Gives a per-step input the ids {@code [N][T]} of its sequences. What stands after a sequence's length is padding and not read.
     *
     * @param input the name of the input
     * @param sequences {@code [N][T]}
     * @return this batch
     * @throws IllegalArgumentException if a sequence is missing or too short
     */
    public Batch ids(String input, int[][] sequences) {
        use.enter();
        try {
            BatchInput target = perStep(input, sequences.length);
            IntBuffer buffer = target.ids();
            target.clear(); // until the last sequence is in
            for (int s = 0; s < sequences.length; s++) {
                int[] sequence = sequences[s];
                int length = target.axis().length(s);
                checkLength(input, s, sequence.length, length);
                for (int t = 0; t < length; t++) {
                    buffer.put(target.axis().row(s, t), sequence[t]);
                }
            }
            target.give();
            return this;
        } finally {
            use.exit();
        }
    }

    /**
     * Gives a per-step input the floats {@code [N][T][C]} of its sequences; else as {@link #ids(String, int[][])}.
     *
     * @param input the name of the input
     * @param sequences {@code [N][T][C]}
     * @return this batch
     */
    public Batch reals(String input, float[][][] sequences) {
        use.enter();
        try {
            BatchInput target = perStep(input, sequences.length);
            FloatBuffer buffer = target.reals();
            target.clear(); // until the last sequence is in
            for (int s = 0; s < sequences.length; s++) {
                float[][] sequence = sequences[s];
                int length = target.axis().length(s);
                checkLength(input, s, sequence.length, length);
                for (int t = 0; t < length; t++) {
                    float[] row = sequence[t];
                    if (row.length != target.columns()) {
                        throw new IllegalArgumentException("Input '" + input + "': step " + t + " of sequence " + s + " has " + row.length
                            + " columns, expected " + target.columns() + ".");
                    }
                    buffer.put(target.axis().row(s, t) * row.length, row);
                }
            }
            target.give();
            return this;
        } finally {
            use.exit();
        }
    }

    /** For one call of a session, which ends with {@link #takeBack}: says natively what was given. */
    NativeBatch lend(Graph reader) {
        if (!graph.isLike(reader)) {
            throw new IllegalArgumentException("The batch was made for another model; make one with newBatch() of the session's model.");
        }
        use.enter();
        nativeBatch.begin();
        for (int i = 0; i < axes.length; i++) {
            if (axes[i].isGiven() && !axes[i].info().isDerived()) {
                axes[i].name(nativeBatch, i);
            }
        }
        for (BatchInput input : inputs) {
            if (input != null && input.isGiven()) {
                input.name(nativeBatch);
            }
        }
        nativeBatch.end();
        return nativeBatch;
    }

    /** The number of sequences of an axis, for a step: all of length 1. The batch must be lent. */
    int streams(String axis) {
        for (BatchAxis each : axes) {
            if (each.isGiven() && !each.info().isDerived() && each.steps() != 1) {
                throw new IllegalArgumentException("A step takes sequences of length 1; axis '" + each.name() + "' of this batch has up to "
                    + each.steps() + " steps. Use forward.");
            }
        }
        return axis(axis).root().sequences(); // a window may have no row yet
    }

    void takeBack() {
        use.exit();
    }

    private BatchAxis axis(String name) {
        return axes[graph.axis(Objects.requireNonNull(name, "axis"))];
    }

    private BatchInput input(String name) {
        return inputs[graph.input(Objects.requireNonNull(name, "input")).index()];
    }

    private BatchInput perStep(String name, int sequences) {
        BatchInput input = input(name);
        if (!input.isPerStep()) {
            throw new IllegalArgumentException("Input '" + name + "' has one row for each sequence, not one for each step.");
        }
        if (sequences != input.axis().sequences()) {
            throw new IllegalArgumentException("Input '" + name + "' was given " + sequences + " sequences; axis '" + input.axis().name()
                + "' has " + input.axis().sequences() + ".");
        }
        return input;
    }

    private BatchAxis forget(String name) {
        BatchAxis axis = axis(name);
        if (axis.info().isDerived()) {
            throw new IllegalArgumentException("The lengths of axis '" + name + "' follow from those of '"
                + axes[graph.rootAxis(graph.axis(name))].name() + "'; give these.");
        }
        for (BatchInput input : inputs) {
            if (input != null && input.axis().follows(axis)) {
                input.clear();
            }
        }
        return axis;
    }

    private static void checkCount(String input, String what, int given, int expected) {
        if (given != expected) {
            throw new IllegalArgumentException("Input '" + input + "' was given " + given + " " + what + ", expected " + expected + ".");
        }
    }

    private static void checkLength(String input, int sequence, int given, int expected) {
        if (given < expected) {
            throw new IllegalArgumentException(
                "Input '" + input + "': sequence " + sequence + " has " + given + " steps, but its length is " + expected + ".");
        }
    }
}
