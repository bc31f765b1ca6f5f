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
    private static final System.Logger LOGGER = System.getLogger(Steps.class.getName());

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
        private int size;
        private int steps;
        private Throwable failure;
        private boolean lost;

        /** The rows, one after another; fewer or more than the steps where windows are completed. */
        float[] numbers() {
            return numbers.length == size ? numbers : Arrays.copyOf(numbers, size);
        }

        /** Why the sequence is as it was before, or lost; null if its steps ran. */
        Throwable failure() {
            return failure;
        }

        /** Whether the sequence has no state any more: it could not be put back to what it was before. */
        boolean isLost() {
            return lost;
        }

        private void add(FloatBuffer from, int at, int count) {
            if (count > numbers.length - size) {
                numbers = Arrays.copyOf(numbers, Math.max(Math.addExact(size, count), (int) Math.min(2L * size, Integer.MAX_VALUE - 8)));
            }
            from.get(at, numbers, size, count);
            size += count;
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
     * Runs the steps of some sequences, each as if alone. One that fails is as it was before, or else {@link Shown#isLost lost}; the others
     * go on.
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
            Throwable failure = chosen.length == 0 ? null : step(sequences, inputs, chosen, t, shown);
            boolean oneIsWrong = failure instanceof IllegalArgumentException && chosen.length > 1;
            for (int i = 0; failure != null && i < chosen.length; i++) {
                int one = chosen[i];
                Throwable own = oneIsWrong ? step(sequences, inputs, new int[] {one}, t, shown) : failure;
                if (own != null) {
                    shown.get(one).failure = own;
                    restore(sequences, one, before[one], shown.get(one));
                }
            }
        }
        return shown;
    }

    private void restore(long[] sequences, int one, State before, Shown shown) {
        if (shown.steps == 0) {
            return;
        }
        if (before == null) { // its only step ran, and what it showed could not be kept
            shown.lost = true;
            return;
        }
        try {
            streams.close(sequences[one]);
            sequences[one] = streams.open(before);
        } catch (RuntimeException | Error e) {
            shown.lost = true;
            LOGGER.log(System.Logger.Level.ERROR, "a sequence could not be put back to what it was before a step that failed", e);
        }
    }

    /** One step of those chosen; why it failed, or null. */
    private Throwable step(long[] sequences, List<I> inputs, int[] chosen, int step, List<Shown> shown) {
        try {
            feed(batch.clear(), Arrays.stream(chosen).mapToObj(inputs::get).toList(), step);
            FloatBuffer output = streams.step(LongBuffer.wrap(Arrays.stream(chosen).mapToLong(i -> sequences[i]).toArray()), batch);
            for (int i = 0; i < chosen.length; i++) {
                shown.get(chosen[i]).steps++;
            }
            int at = 0;
            for (int i = 0; i < chosen.length; i++) {
                int count = streams.rows(i) * columns;
                shown.get(chosen[i]).add(output, at, count);
                at += count;
            }
            return null;
        } catch (IllegalArgumentException e) {
            return e;
        } catch (RuntimeException | Error e) {
            LOGGER.log(System.Logger.Level.ERROR, "a step of sequences failed", e);
            return e;
        }
    }

    /** Ends all sequences; the model stays open. */
    @Override
    public final void close() {
        streams.close();
    }
}
