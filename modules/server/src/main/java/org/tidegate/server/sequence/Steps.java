/* The steps of a model's sequences. */
package org.tidegate.server.sequence;

import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.tidegate.Batch;
import org.tidegate.FrozenModel;
import org.tidegate.NodeSpec;
import org.tidegate.State;
import org.tidegate.Streams;
import org.tidegate.server.protocol.Failures;
import org.tidegate.server.protocol.InferenceRequest;
import org.tidegate.server.protocol.InferenceTensor;
import org.tidegate.server.protocol.ProtocolException;

/**
 * Steps of many sequences at once, whose states are kept natively. Any thread may open and close sequences; one at a time steps.
 *
 * @param <I> what is read of a request: one step or several of one sequence
 */
public abstract class Steps<I> implements AutoCloseable {
    /** The steps of one request, at most: those of others wait while they run. */
    static final int MOST = 10_000;

    private static final System.Logger LOGGER = System.getLogger(Steps.class.getName());
    private static final byte[] NOTHING = {};

    private final Streams streams;
    private final Batch batch;
    private final int columns;
    private volatile long bytes; // asked for by the thread that steps: the streams refuse all others meanwhile

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
        bytes = streams.bytes();
    }

    private static void checkForward(FrozenModel model) {
        for (NodeSpec node : model.nodes()) {
            if (node.op().equals("reverse") || node.attributes().containsKey("bidirectional")) {
                throw new IllegalArgumentException("its layer '" + node.name() + "' reads from the end of a sequence to its beginning");
            }
        }
    }

    /** What is kept of a sequence between its requests. */
    static final class Kept {
        private volatile long stream;
        private volatile byte[] left; // of its requests

        private Kept(long stream, byte[] left) {
            this.stream = stream;
            this.left = left;
        }
    }

    /** What the steps of a sequence showed, or why they did not run. */
    static final class Shown {
        private float[] numbers = {};
        private int size;
        private int steps;
        private ProtocolException failure;
        private boolean lost;

        /** The rows, one after another; fewer or more than the steps where windows are completed. */
        float[] numbers() {
            return numbers.length == size ? numbers : Arrays.copyOf(numbers, size);
        }

        /** Why the sequence is as it was before, or lost; null if its steps ran. */
        ProtocolException failure() {
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

    /**
     * {@return how many steps a request has by what it says, at least 1}
     *
     * @param input what was read of it
     * @param left what those before it left over, as far as they have run
     */
    protected int size(I input, byte[] left) {
        return count(input);
    }

    /** {@return the bytes that are held of a request besides its own tensors} */
    protected long held(I input) {
        return 0;
    }

    /** {@return what is left over before the first request of a sequence, which it tells; nothing unless a room says otherwise} */
    protected byte[] begin(I first) {
        return NOTHING;
    }

    /** As {@link #size(Object, byte[])}, of a request of a sequence. */
    final int size(Kept sequence, I input) {
        return size(input, sequence.left);
    }

    /** Lets a sequence begin, before its first request runs; one that goes on from a state has begun. */
    final void begin(Kept sequence, I first) {
        if (sequence.left.length == 0) {
            sequence.left = begin(first);
        }
    }

    /**
     * {@return what there is to run of a request, where those before it have left something over; the request by itself unless a room says
     * otherwise}
     *
     * @param input what was read of it
     * @param left what {@link #left} gave for the request before it; nothing at the beginning
     * @throws IllegalArgumentException if it does not go with those before it; the message is for the client
     */
    protected I join(I input, byte[] left) {
        return input;
    }

    /** {@return what a joined request leaves over for the one after it, besides the network's state; nothing unless a room says otherwise} */
    protected byte[] left(I joined) {
        return NOTHING;
    }

    /**
     * Checks what came with a state: whether {@link #left} may have given it.
     *
     * @throws IllegalArgumentException if not
     */
    protected void checkLeft(byte[] left) {
        if (left.length > 0) {
            throw new IllegalArgumentException("the state is of a model of another kind, whose requests leave something over");
        }
    }

    /** {@return how many steps a joined request has} */
    protected abstract int count(I joined);

    /**
     * Gives a batch one step of each of some sequences, in their order.
     *
     * @param target an empty batch
     * @param joined of each sequence
     * @param step its number in the request, from 0 on
     */
    protected abstract void feed(Batch target, List<I> joined, int step);

    /**
     * {@return the outputs that a request wants}
     *
     * @param request the request
     * @param input what was read of it
     * @param rows what its steps showed, row after row
     */
    protected abstract List<InferenceTensor> write(InferenceRequest request, I input, float[] rows);

    /** A new sequence, at its beginning. */
    final Kept open() {
        return new Kept(streams.open(), NOTHING);
    }

    /** A new sequence that goes on from a state; of another model an IllegalArgumentException. */
    final Kept open(byte[] state) {
        ByteBuffer bytes = ByteBuffer.wrap(state);
        int size = bytes.remaining() < Integer.BYTES ? -1 : bytes.getInt();
        if (size < 0 || size > bytes.remaining()) {
            throw new IllegalArgumentException(state.length + " bytes that are no state of a sequence");
        }
        byte[] left = new byte[size];
        byte[] network = new byte[bytes.get(left).remaining()];
        bytes.get(network);
        checkLeft(left);
        return new Kept(streams.open(State.fromBytes(network)), left);
    }

    final void end(Kept sequence) {
        streams.close(sequence.stream);
    }

    /** What {@link #open(byte[])} goes on from: what is left of requests, after its size, and the network's state. */
    final byte[] state(Kept sequence) {
        byte[] network = streams.state(sequence.stream).toBytes();
        byte[] left = sequence.left;
        return ByteBuffer.allocate(Integer.BYTES + left.length + network.length).putInt(left.length).put(left).put(network).array();
    }

    /** The bytes of native memory of all sequences, as they were after the last steps. */
    final long bytes() {
        return bytes;
    }

    /** Refuses more steps than others can wait for. */
    static void checkSize(int steps) {
        if (steps > MOST) {
            throw new IllegalArgumentException("a request of a sequence has at most " + MOST + " steps; this one has " + steps
                    + ": send them in pieces, one request after another");
        }
    }

    /**
     * Runs the steps of some sequences, each as if alone. One that fails is as it was before, or else {@link Shown#isLost lost}; the others
     * go on.
     *
     * @param sequences each once
     */
    final List<Shown> run(List<Kept> sequences, List<I> inputs) {
        List<Going<I>> all = new ArrayList<>(sequences.size());
        int most = 0;
        for (int i = 0; i < sequences.size(); i++) {
            Going<I> one = new Going<>(sequences.get(i));
            prepare(one, inputs.get(i));
            all.add(one);
            most = Math.max(most, one.count);
        }
        for (int t = 0; t < most; t++) {
            int step = t;
            List<Going<I>> chosen = all.stream().filter(one -> step < one.count && one.shown.failure == null).toList();
            Throwable failure = chosen.isEmpty() ? null : step(chosen, t);
            if (failure == null) {
                continue;
            }
            boolean oneIsWrong = failure instanceof IllegalArgumentException && chosen.size() > 1;
            ProtocolException told = oneIsWrong ? null : told(failure);
            for (Going<I> one : chosen) {
                Throwable own = oneIsWrong ? step(List.of(one), t) : failure;
                if (own != null) {
                    one.shown.failure = oneIsWrong ? told(own) : told;
                    restore(one);
                }
            }
        }
        all.stream().filter(one -> one.shown.failure == null).forEach(one -> one.kept.left = one.left);
        return all.stream().map(one -> one.shown).toList();
    }

    /** A sequence whose request runs. */
    private static final class Going<I> {
        final Kept kept;
        final Shown shown = new Shown();
        I joined;
        byte[] left; // when it has run
        int count;
        State before; // null where it has one step alone

        Going(Kept kept) {
            this.kept = kept;
        }
    }

    private void prepare(Going<I> one, I input) {
        try {
            one.joined = join(input, one.kept.left);
            one.left = left(one.joined);
            int count = count(one.joined);
            checkSize(count);
            one.before = count > 1 ? streams.state(one.kept.stream) : null;
            one.count = count;
        } catch (RuntimeException | Error e) {
            one.shown.failure = told(e);
        }
    }

    /** The values of a request are tried as they run. */
    private static ProtocolException told(Throwable failure) {
        return Failures.ofRequest("a step of sequences", failure);
    }

    private void restore(Going<I> one) {
        if (one.shown.steps == 0) {
            return;
        }
        if (one.before == null) { // its only step ran, and what it showed could not be kept
            one.shown.lost = true;
            return;
        }
        try {
            streams.close(one.kept.stream);
            one.kept.stream = streams.open(one.before);
        } catch (RuntimeException | Error e) {
            one.shown.lost = true;
            LOGGER.log(System.Logger.Level.ERROR, "a sequence could not be put back to what it was before a step that failed", e);
        }
    }

    /** One step of those chosen; why it failed, or null. */
    private Throwable step(List<Going<I>> chosen, int step) {
        try {
            feed(batch.clear(), chosen.stream().map(one -> one.joined).toList(), step);
            FloatBuffer output = streams.step(LongBuffer.wrap(chosen.stream().mapToLong(one -> one.kept.stream).toArray()), batch);
            chosen.forEach(one -> one.shown.steps++);
            bytes = streams.bytes();
            int at = 0;
            for (int i = 0; i < chosen.size(); i++) {
                int count = streams.rows(i) * columns;
                chosen.get(i).shown.add(output, at, count);
                at += count;
            }
            return null;
        } catch (RuntimeException | Error e) {
            return e;
        }
    }

    /** Ends all sequences; the model stays open. */
    @Override
    public final void close() {
        streams.close();
    }
}
