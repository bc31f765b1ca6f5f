/* Many streams over one model. */
package org.tidegate;

import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.util.Objects;
import org.tidegate.internal.ExclusiveUse;
import org.tidegate.internal.NativeBatch;
import org.tidegate.internal.NativeStreams;

/**
 * Streams of one frozen model that step together: the clients of a server, of which other ones have something to say at each call. A stream
 * is a number. Between its steps it is its recurrent state and some 40 bytes; a {@link Session} would be several KB. What a step shows of a
 * stream has the bits of a session of its own, whoever steps with it.
 *
 * <pre>{@code
 * try (Streams streams = model.newStreams("scores", 10_000)) {
 *     long ann = streams.open();
 *     long bob = streams.open();
 *     FloatBuffer scores = streams.step(new long[] {ann, bob}, new int[] {17, 4});  // [2, columns]
 *     byte[] kept = streams.state(ann).toBytes();                                   // goes on in another process
 *     streams.close(ann);
 * }
 * }</pre>
 *
 * <p><b>Threads.</b> Any thread may call anything at any time. Steps come one at a time: a step while another thread is in one is an
 * {@link IllegalStateException} and changes nothing, as both would show their output in one buffer. Opening and closing wait for no
 * step. For steps on several cores at once let each thread have streams of its own over the one model, or {@link #setThreads}.
 *
 * <p><b>Numbers.</b> A number is never given twice in a process: one that was closed, or is of other streams, is an
 * {@link IllegalArgumentException}. All is checked before anything runs, and after a step that failed the streams are as they were.
 */
public final class Streams implements AutoCloseable {
    private final FrozenModel model;
    private final int capacity;
    private final Value input; // the first per step; null if there is none
    private final Value output;
    private final int mostRows; // of a stream in a step
    private final boolean derived;
    private final NativeStreams nativeStreams = new NativeStreams();
    private final ExclusiveUse use = new ExclusiveUse("step of many streams");
    private int shown; // the streams of the last step

    Streams(FrozenModel model, Value output, int capacity) {
        this.model = model;
        this.capacity = capacity;
        this.output = output;
        Failure.check(nativeStreams.create(model.nativeModel(), output.index(), capacity));
        Graph graph = model.graph();
        input = graph.values().stream().filter(v -> v.input() && v.rows() == Value.Rows.PER_STEP).findFirst().orElse(null);
        int axis = graph.axis(output.axis().orElseThrow());
        mostRows = output.rows() == Value.Rows.PER_STEP ? Math.toIntExact(graph.mostRows(axis)) : 1;
        derived = output.rows() == Value.Rows.PER_STEP && graph.axes().get(axis).isDerived();
    }

    /** {@return the model that they run} */
    public FrozenModel model() {
        return model;
    }

    /** {@return how many may be open at once} */
    public int capacity() {
        return capacity;
    }

    /** {@return how many are open} */
    public int count() {
        int[] count = new int[1];
        Failure.check(nativeStreams.count(count));
        return count[0];
    }

    /**
     * How many threads a step may use; 1 when created. They change no bit.
     *
     * @param threads how many
     * @throws IllegalArgumentException if it is less than 1 or absurdly large
     * @throws IllegalStateException while a step runs
     */
    public void setThreads(int threads) {
        Failure.check(nativeStreams.threads(threads));
    }

    /**
     * {@return the number of a new stream, at its beginning}
     *
     * @throws IllegalStateException if {@link #capacity} streams are open
     */
    public long open() {
        long[] stream = new long[1];
        Failure.check(nativeStreams.open(stream));
        return stream[0];
    }

    /**
     * {@return the number of a new stream that goes on from a state: of {@link #state}, perhaps in another process, or of a session's
     * {@link Session#state}}
     *
     * @param state of one sequence, copied; the empty state is the beginning
     * @throws IllegalArgumentException if it is of another model or of several sequences ({@link State#select} takes one of them)
     * @throws IllegalStateException if {@link #capacity} streams are open, or the state belongs to no model
     */
    public long open(State state) {
        if (state.isEmpty() && !state.hasModel()) {
            return open();
        }
        long[] stream = new long[1];
        Failure.check(nativeStreams.open(state.toBytes(), stream));
        return stream[0];
    }

    /**
     * Closes a stream, also one that another thread's step is at work on: that step then still shows its output.
     *
     * @param stream its number
     * @throws IllegalArgumentException if there is no such stream, as when it was closed before
     */
    public void close(long stream) {
        Failure.check(nativeStreams.close(stream));
    }

    /**
     * {@return the state in which the stream's last step ended, a copy; the empty state where it has made none}
     *
     * @param stream its number
     * @throws IllegalArgumentException if there is no such stream
     * @throws IllegalStateException while a step is at work on it
     */
    public State state(long stream) {
        byte[][] bytes = new byte[1][];
        Failure.check(nativeStreams.state(stream, bytes));
        return State.read(bytes[0]);
    }

    /**
     * One step of some streams: feeds the graph's first input with an id for each. Streams that step together again, in the same order, are
     * quickest: their states are not copied.
     *
     * @param streams their numbers, in any order, each once
     * @param ids an id for each, in that order
     * @return the output {@code [streams, columns]}, in a buffer that the next step writes again. Steps of no more streams than before
     *     return the same buffer, at position 0 and limited to the rows, and allocate nothing. On a derived axis (windows over the steps)
     *     it has the rows that were completed, stream after stream; {@link #rows} says how many each has
     * @throws IllegalArgumentException if a number is none of an open stream or given twice, there is another number of ids, one is out of
     *     range, or the input takes floats
     * @throws IllegalStateException if another thread is in a step
     */
    public FloatBuffer step(long[] streams, int[] ids) {
        use.enter();
        try {
            takeNumbers(streams);
            checkKind(true);
            nativeStreams.ids(ids.length).put(0, ids);
            return run(streams.length, ids.length);
        } finally {
            use.exit();
        }
    }

    /**
     * As {@link #step(long[], int[])} for a first input of reals: {@code [streams, columns]}, a row for each.
     *
     * @param streams their numbers
     * @param rows {@code [streams, columns]}
     * @return the output, as {@link #step(long[], int[])}
     */
    public FloatBuffer step(long[] streams, float[] rows) {
        use.enter();
        try {
            takeNumbers(streams);
            checkKind(false);
            nativeStreams.reals(rows.length).put(0, rows);
            return run(streams.length, rows.length);
        } finally {
            use.exit();
        }
    }

    /**
     * As {@link #step(long[], int[])}, both from the buffer's position to its limit, which stay as they are.
     *
     * @param streams their numbers
     * @param ids an id for each
     * @return the output, as {@link #step(long[], int[])}
     */
    public FloatBuffer step(LongBuffer streams, IntBuffer ids) {
        use.enter();
        try {
            int count = takeNumbers(streams);
            checkKind(true);
            int elements = ids.remaining(); // once: another thread may move its limit
            nativeStreams.ids(elements).put(0, ids, ids.position(), elements);
            return run(count, elements);
        } finally {
            use.exit();
        }
    }

    /**
     * As {@link #step(long[], float[])}, both from the buffer's position to its limit, which stay as they are.
     *
     * @param streams their numbers
     * @param rows {@code [streams, columns]}
     * @return the output, as {@link #step(long[], int[])}
     */
    public FloatBuffer step(LongBuffer streams, FloatBuffer rows) {
        use.enter();
        try {
            int count = takeNumbers(streams);
            checkKind(false);
            int elements = rows.remaining();
            nativeStreams.reals(elements).put(0, rows, rows.position(), elements);
            return run(count, elements);
        } finally {
            use.exit();
        }
    }

    /**
     * As {@link #step(long[], int[])} for a graph with several inputs, and for rows that are written in place: each input that the output
     * follows from, also those per sequence, must be given. The batch is read where it is.
     *
     * @param streams their numbers, from the buffer's position to its limit
     * @param batch one step of as many sequences
     * @return the output, as {@link #step(long[], int[])}
     * @throws IllegalArgumentException if an input is not given or a sequence is longer than one step, or as {@link #step(long[], int[])}
     */
    public FloatBuffer step(LongBuffer streams, Batch batch) {
        use.enter();
        try {
            int count = takeNumbers(streams);
            NativeBatch lent = batch.lend(model.graph());
            try {
                batch.streams(output.axis().orElseThrow());
                Failure.check(nativeStreams.step(count, lent, floats(count)));
                return shown(count);
            } finally {
                batch.takeBack();
            }
        } finally {
            use.exit();
        }
    }

    /**
     * {@return how many rows of the last step's output are of one of its streams} 1, but where the output is on a derived axis.
     *
     * @param number the stream's place in that step, from 0 on
     * @throws IndexOutOfBoundsException if it had fewer streams
     */
    public int rows(int number) {
        use.enter();
        try {
            Objects.checkIndex(number, shown);
            return nativeStreams.rows(number);
        } finally {
            use.exit();
        }
    }

    /** {@return the bytes of native memory of all of them, open or not: it stays at the most that were open and stepped} */
    public long bytes() {
        long[] bytes = new long[1];
        Failure.check(nativeStreams.bytes(bytes));
        return bytes[0];
    }

    /** Closes them all; again is harmless. Calls in progress end normally, and the model stays open. */
    @Override
    public void close() {
        nativeStreams.handle().close();
    }

    private void takeNumbers(long[] streams) {
        checkCount(streams.length);
        nativeStreams.numbers(streams.length).put(0, streams);
    }

    private int takeNumbers(LongBuffer streams) {
        int count = streams.remaining();
        checkCount(count);
        nativeStreams.numbers(count).put(0, streams, streams.position(), count);
        return count;
    }

    private void checkCount(int count) {
        if (count < 1 || count > capacity) {
            throw new IllegalArgumentException("A step of " + count + " streams; expected 1 to " + capacity + ".");
        }
    }

    private void checkKind(boolean ids) {
        if (input == null || ids != (input.kind() != Value.Kind.REAL)) {
            throw new IllegalArgumentException(input == null ? "The graph has no input per step."
                : "A step was given " + (ids ? "ids" : "floats") + "; the graph's first input '" + input.name() + "' takes "
                    + (ids ? "floats" : "ids") + ". To feed other inputs, step over a Batch.");
        }
    }

    private FloatBuffer run(int count, int elements) {
        Failure.check(nativeStreams.step(count, input.index(), elements, floats(count)));
        return shown(count);
    }

    private int floats(int count) {
        return Math.toIntExact(Math.multiplyExact(Math.multiplyExact((long) count, mostRows), output.columns()));
    }

    private FloatBuffer shown(int count) {
        shown = count;
        int rows = count;
        if (derived) {
            rows = 0;
            for (int i = 0; i < count; i++) {
                rows += nativeStreams.rows(i);
            }
        }
        return nativeStreams.output().limit(Math.toIntExact(rows * output.columns()));
    }
}
