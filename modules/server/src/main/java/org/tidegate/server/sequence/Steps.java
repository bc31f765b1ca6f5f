/* The steps of a model's sequences. */
package org.tidegate.server.sequence;

import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.tidegate.Batch;
import org.tidegate.FrozenModel;
import org.tidegate.NodeSpec;
import org.tidegate.State;
import org.tidegate.Streams;
import org.tidegate.server.protocol.InferenceRequest;
import org.tidegate.server.protocol.InferenceTensor;

/**
 * Steps of many sequences at once, whose states are kept natively. Any thread may open and close sequences; one at a time steps.
 *
 * @param <I> what is read of a request: one step or several of one sequence
 */
public abstract class Steps<I> implements AutoCloseable {
    private final Streams streams;
    private final Batch batch;
    private final int columns;

    /**
     * Creates room for sequences.
     *
     * @param model stays the caller's, and open for as long as this
     * @param output the name of the value that a step shows
     * @param capacity how many may be open
     * @param threads that a step may use
     * @throws IllegalArgumentException if the model has no steps; the message names the node
     */
    protected Steps(FrozenModel model, String output, int capacity, int threads) {
        columns = Math.toIntExact(model.value(output).columns());
        batch = model.newBatch();
        checkForward(model);
        streams = model.newStreams(output, capacity);
        streams.setThreads(threads);
    }

    private static void checkForward(FrozenModel model) {
        for (NodeSpec node : model.nodes()) {
            if (node.op().equals("reverse") || node.attributes().containsKey("bidirectional")) {
                throw new IllegalArgumentException("its layer '" + node.name() + "' reads from the end of a sequence to its beginning");
            }
        }
    }

    /** What the steps of a sequence showed, or why they did not run. */
    static final class Shown {
        private float[] numbers = {};
        private IllegalArgumentException failure;

        /** The rows, one after another; fewer or more than the steps where windows are completed. */
        float[] numbers() {
            return numbers;
        }

        /** Why the sequence is as it was before; null if it is not. */
        IllegalArgumentException failure() {
            return failure;
        }

        private void add(FloatBuffer from, int at, int count) {
            int there = numbers.length;
            numbers = Arrays.copyOf(numbers, there + count);
            from.get(at, numbers, there, count);
        }
    }

    /**
     * Reads and checks a request.
     *
     * @throws org.tidegate.server.protocol.ProtocolException if it is wrong
     */
    protected abstract I read(InferenceRequest request);

    /** {@return how many steps a request has, at least 1} */
    protected abstract int count(I input);

    /**
     * Gives a batch one step of each of some sequences, in their order.
     *
     * @param target an empty batch
     * @param inputs of each sequence
     * @param step its number in the request, from 0 on
     */
    protected abstract void feed(Batch target, List<I> inputs, int step);

    /**
     * {@return the outputs that a request wants}
     *
     * @param request the request
     * @param input what was read of it
     * @param rows what its steps showed, row after row
     */
    protected abstract List<InferenceTensor> write(InferenceRequest request, I input, float[] rows);

    /** The number of a new sequence, at its beginning. */
    final long open() {
        return streams.open();
    }

    /** The number of a new sequence that goes on from a state; of another model an IllegalArgumentException. */
    final long open(byte[] state) {
        return streams.open(State.fromBytes(state));
    }

    final void end(long sequence) {
        streams.close(sequence);
    }

    final byte[] state(long sequence) {
        return streams.state(sequence).toBytes();
    }

    final long bytes() {
        return streams.bytes();
    }

    /**
     * Runs the steps of some sequences, each as if alone. One that fails is as it was before.
     *
     * @param sequences their numbers, each once; the number of one that failed may change
     */
    final List<Shown> run(long[] sequences, List<I> inputs) {
        List<Shown> shown = inputs.stream().map(input -> new Shown()).toList();
        State[] before = new State[sequences.length];
        int most = 0;
        for (int i = 0; i < sequences.length; i++) {
            most = Math.max(most, count(inputs.get(i)));
            before[i] = count(inputs.get(i)) > 1 ? streams.state(sequences[i]) : null;
        }
        for (int t = 0; t < most; t++) {
            int step = t;
            int[] chosen = IntStream.range(0, sequences.length)
                    .filter(i -> step < count(inputs.get(i)) && shown.get(i).failure == null).toArray();
            IllegalArgumentException failure = chosen.length == 0 ? null : step(sequences, inputs, chosen, t, shown);
            for (int i = 0; failure != null && i < chosen.length; i++) { // one of them is wrong
                int one = chosen[i];
                shown.get(one).failure = chosen.length == 1 ? failure : step(sequences, inputs, new int[] {one}, t, shown);
                if (shown.get(one).failure != null && t > 0) {
                    streams.close(sequences[one]);
                    sequences[one] = streams.open(before[one]);
                }
            }
        }
        return shown;
    }

    /** One step of those chosen; why it did not run, or null. */
    private IllegalArgumentException step(long[] sequences, List<I> inputs, int[] chosen, int step, List<Shown> shown) {
        FloatBuffer output;
        try {
            feed(batch.clear(), Arrays.stream(chosen).mapToObj(inputs::get).toList(), step);
            output = streams.step(LongBuffer.wrap(Arrays.stream(chosen).mapToLong(i -> sequences[i]).toArray()), batch);
        } catch (IllegalArgumentException e) {
            return e;
        }
        int at = 0;
        for (int i = 0; i < chosen.length; i++) {
            int count = streams.rows(i) * columns;
            shown.get(chosen[i]).add(output, at, count);
            at += count;
        }
        return null;
    }

    /** Ends all sequences; the model stays open. */
    @Override
    public final void close() {
        streams.close();
    }
}
