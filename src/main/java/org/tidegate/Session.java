/* One use of a model. */
package org.tidegate;

import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.util.List;
import java.util.Objects;
import org.tidegate.internal.NativeBatch;
import org.tidegate.internal.NativeSession;
import org.tidegate.internal.NativeTensor;

/**
 * Runs a model, frozen or not: owns the activations, the gradients and the recurrent state. It belongs to one thread at a time: a
 * call that comes while another thread is in one is an {@link IllegalStateException} and changes nothing. To keep together the calls that
 * belong together, as a forward call and the view of its output, is up to the threads that share it. Its memory grows to the largest batch
 * seen and then stays: steady work allocates nothing.
 *
 * <p>Outputs and gradients are views of the session's memory, valid until its next forward call.
 */
public final class Session implements AutoCloseable {
    private final NativeSession nativeSession = new NativeSession();
    private NativeTensor tensor; // made when first needed, as the stepper
    private final Network network;
    private final boolean training;
    private final List<Value> kept; // empty: all
    private final Tensor[] outputs;
    private final Tensor[] outputGradients;
    private Stepper stepper; // made when first needed

    Session(Network network, boolean training, long seed) {
        this.network = network;
        this.training = training;
        kept = List.of();
        outputs = new Tensor[network.values().size()];
        outputGradients = new Tensor[network.values().size()];
        Failure.check(nativeSession.create(network.nativeModel(), training, seed));
    }

    /** One that infers and keeps these values alone. */
    Session(Network network, List<Value> kept) {
        this.network = network;
        training = false;
        this.kept = kept;
        outputs = new Tensor[network.values().size()];
        outputGradients = new Tensor[0];
        Failure.check(nativeSession.createKeeping(network.nativeModel(), indices(kept)));
    }

    private static int[] indices(List<Value> values) {
        int[] indices = new int[values.size()];
        for (int i = 0; i < indices.length; i++) {
            indices[i] = values.get(i).index();
        }
        return indices;
    }

    /** {@return the model that it runs, frozen or not} */
    public Network network() {
        return network;
    }

    /** {@return whether it can train: dropout is on and a forward call is saved for backward} */
    public boolean isTraining() {
        return training;
    }

    /**
     * How many threads a call may use; 1 when created. It uses fewer where the process has fewer cores, by affinity or by the quota of its
     * control groups, and where other processes keep the cores busy.
     *
     * @param threads how many
     * @throws IllegalArgumentException if it is less than 1 or absurdly large
     */
    public void setThreads(int threads) {
        Failure.check(nativeSession.threads(threads));
    }

    /**
     * Evaluates the nodes downstream of the batch's inputs whose inputs are all known; the others keep their values, so that a decoder may
     * step many times over one encoded source. An axis whose lengths the batch gives loses its values first.
     *
     * @param batch the inputs, and the lengths of their axes
     * @return the losses of the call
     * @throws IllegalArgumentException if the batch does not fit the model: a label or id out of range, another number of sequences than
     *     the carried state has, a batch made for another model
     */
    public Metrics forward(Batch batch) {
        run(Objects.requireNonNull(batch, "batch"), null, null);
        return finish();
    }

    /**
     * One step of a stream: feeds the graph's first input with an id and evaluates what follows from it, starting from the state in which the
     * last call ended, whatever {@link #setCarry} says; {@link #reset} starts a new stream. It equals {@link #forward} over one sequence of length 1
     * with the state carried, bit for bit.
     *
     * <p>Inputs {@code per=sequence} that were given before (an initial state, a context) keep their values as long as the number of sequences
     * stays. A layer that reads from right to left sees no more than the step.
     *
     * @param id the id
     * @return the output {@code [N, columns]} of the graph's last node that is neither an input nor a loss, in a buffer that the next step
     *     writes again; {@link #output} shows the other values. Steady steps return the same buffer, at position 0, and allocate nothing.
     *     On a derived axis (windows over the steps) it has the rows that the step completed: none while a window lacks rows, so that nothing
     *     remains in the buffer. Of a session that keeps some values alone it is the last one of these
     * @throws IllegalArgumentException if the first input takes floats, or the id is out of range
     * @throws IllegalStateException if the output needs other inputs too (step over a {@link Batch} then), or the session trains
     */
    public FloatBuffer step(int id) {
        try (Stepper now = openStepper()) {
            now.ids(1).put(0, id);
            return now.run(1);
        }
    }

    /**
     * As {@link #step(int)} for N streams side by side, an id for each.
     *
     * @param ids an id for each stream
     * @return the output, as {@link #step(int)}
     */
    public FloatBuffer step(int[] ids) {
        try (Stepper now = openStepper()) {
            now.ids(ids.length).put(0, ids);
            return now.run(ids.length);
        }
    }

    /**
     * As {@link #step(int)} for a first input of reals: {@code [N, columns]}, a row for each stream.
     *
     * @param rows {@code [N, columns]}
     * @return the output, as {@link #step(int)}
     */
    public FloatBuffer step(float[] rows) {
        try (Stepper now = openStepper()) {
            now.reals(rows.length).put(0, rows);
            return now.run(now.rows(rows.length));
        }
    }

    /**
     * As {@link #step(float[])}, from the buffer's position to its limit, which stay as they are.
     *
     * @param rows {@code [N, columns]}
     * @return the output, as {@link #step(int)}
     */
    public FloatBuffer step(FloatBuffer rows) {
        try (Stepper now = openStepper()) {
            int count = rows.remaining(); // once: another thread may move its limit
            now.reals(count).put(0, rows, rows.position(), count);
            return now.run(now.rows(count));
        }
    }

    /**
     * As {@link #step(int[])}, from the buffer's position to its limit, which stay as they are.
     *
     * @param ids an id for each stream
     * @return the output, as {@link #step(int)}
     */
    public FloatBuffer step(IntBuffer ids) {
        try (Stepper now = openStepper()) {
            int count = ids.remaining(); // once: another thread may move its limit
            now.ids(count).put(0, ids, ids.position(), count);
            return now.run(count);
        }
    }

    /**
     * As {@link #step(int)} for a graph with several inputs: of each that the batch gives.
     *
     * @param batch one step of each sequence
     * @return the output, as {@link #step(int)}
     * @throws IllegalArgumentException if a sequence of the batch is longer than one step, or as {@link #forward}
     */
    public FloatBuffer step(Batch batch) {
        try (Stepper now = openStepper()) {
            return now.run(batch, network.graph());
        }
    }

    /**
     * Forward, backward and update in one call. Where the loss or the gradient norm is not finite the parameters stay as they were; see
     * {@link Metrics#isFinite()}.
     *
     * @param batch the inputs and the targets
     * @param optimizer of the same model
     * @param step learning rate and clipping
     * @return the losses and the gradient norm
     * @throws IllegalStateException if the session was not made for training
     * @throws IllegalArgumentException as {@link #forward}; or if the optimizer is another model's
     */
    public Metrics train(Batch batch, Optimizer optimizer, Update step) {
        run(Objects.requireNonNull(batch, "batch"), Objects.requireNonNull(optimizer, "optimizer"), step);
        return finish();
    }

    /**
     * Backward through the last forward call, from the graph's losses and the gradients given. Parameter gradients are added to what is
     * there; {@link #zeroGradients()} or an update clears them.
     *
     * @param gradients further gradients of outputs
     * @throws IllegalStateException without a forward call before, or if the session was not made for training
     * @throws IllegalArgumentException if a gradient's size is not its value's
     */
    public void backward(OutputGradient... gradients) {
        int[] values = new int[gradients.length];
        FloatBuffer[] data = new FloatBuffer[gradients.length];
        for (int i = 0; i < gradients.length; i++) {
            OutputGradient gradient = gradients[i];
            values[i] = network.graph().value(gradient.value()).index();
            data[i] = gradient.direct();
        }
        Failure.check(nativeSession.backward(values, data));
    }

    /**
     * Clips the gradients, steps the optimizer over the trainable parameters and clears the gradients. The metrics have the gradient norm
     * and the last forward call's loss. Where the norm is not finite the parameters stay as they were.
     *
     * @param optimizer of the same model
     * @param step learning rate and clipping
     * @return the gradient norm, and the loss of the last forward call
     * @throws IllegalStateException if the session was not made for training
     */
    public Metrics update(Optimizer optimizer, Update step) {
        run(null, Objects.requireNonNull(optimizer, "optimizer"), step);
        return finish();
    }

    /** Clears the parameter gradients. */
    public void zeroGradients() {
        Failure.check(nativeSession.zeroGradients());
    }

    /**
     * {@return a view of a real value after forward, {@code [rows, columns]}} A stream that completed no window gives 0 rows.
     *
     * @param value its name in the spec
     * @throws IllegalStateException if it was not evaluated
     * @throws IllegalArgumentException if there is no such value, or it holds ids
     */
    public Tensor output(String value) {
        int index = network.graph().value(value).index();
        nativeSession.handle().enter();
        try {
            Failure.check(nativeSession.output(index, tensor()));
            outputs[index] = Tensor.of(tensor, nativeSession.handle(), nativeSession, outputs[index]);
            return outputs[index];
        } finally {
            nativeSession.handle().exit();
        }
    }

    /**
     * {@return the length of each of an axis's sequences in the last call, in the caller's order; empty where it never had any} Of a derived
     * axis in a stream these are the rows that the call completed, which may be 0; {@link #output} has them, step by step and the longer
     * sequences first ({@link Batch} says how rows are packed).
     *
     * @param axis the name of the axis
     * @throws IllegalArgumentException if there is no such axis
     */
    public int[] lengths(String axis) {
        int[][] lengths = new int[1][];
        Failure.check(nativeSession.lengths(network.graph().axis(axis), lengths));
        return lengths[0];
    }

    /**
     * {@return a view of a value's gradient after backward, {@code [rows, columns]}} An input has one only if its node says
     * {@code gradient=true}.
     *
     * @param value its name in the spec
     * @throws IllegalStateException if none was computed since the last forward call
     */
    public Tensor outputGradient(String value) {
        int index = network.graph().value(value).index();
        nativeSession.handle().enter();
        try {
            Failure.check(nativeSession.outputGradient(index, tensor()));
            outputGradients[index] = Tensor.of(tensor, nativeSession.handle(), nativeSession, outputGradients[index]);
            return outputGradients[index];
        } finally {
            nativeSession.handle().exit();
        }
    }

    /**
     * {@return a view of a parameter's gradient, to be read and written in place}
     *
     * @param parameter its name
     * @throws IllegalArgumentException if there is no such parameter, or it is not trainable
     * @throws IllegalStateException if the session was not made for training
     */
    public Tensor parameterGradient(String parameter) {
        int index = network.parameterNames().indexOf(parameter);
        if (index < 0) {
            throw new IllegalArgumentException(
                "The model has no parameter '" + parameter + "'; it has " + String.join(", ", network.parameterNames()) + ".");
        }
        nativeSession.handle().enter();
        try {
            Failure.check(nativeSession.parameterGradient(index, tensor()));
            if (!tensor.hasData()) {
                throw new IllegalArgumentException("Parameter '" + parameter + "' has no gradient: its node says trainable=false.");
            }
            return Tensor.of(tensor, nativeSession.handle());
        } finally {
            nativeSession.handle().exit();
        }
    }

    /**
     * {@return a view of the gradients of all parameters in one piece, to be read and written in place between {@link #backward} and
     * {@link #update}} For an exchange with other processes: sessions of models of one spec have the same layout. The gradients lie in the
     * order of the parameters, each from a multiple of 16 floats on. What is between them, and in the place of a parameter that is not
     * trainable, is 0 and must stay 0; sums and multiples keep it so. The view is valid as long as the session is open.
     *
     * @throws IllegalStateException if the session was not made for training
     */
    public Tensor gradients() {
        nativeSession.handle().enter();
        try {
            Failure.check(nativeSession.gradients(tensor()));
            return Tensor.of(tensor, nativeSession.handle());
        } finally {
            nativeSession.handle().exit();
        }
    }

    /**
     * Whether a forward call starts from the state in which the last one ended (streams, truncated backpropagation: the gradient stops
     * there). It needs the same number of sequences. Off when created: then it starts from the nodes' h0 and c0, or zero.
     *
     * @param carry whether the state carries over
     */
    public void setCarry(boolean carry) {
        Failure.check(nativeSession.carry(carry));
    }

    /** Forgets the carried state. */
    public void reset() {
        Failure.check(nativeSession.reset());
    }

    /**
     * Other sequences for an axis, chosen among those that it has: for beams that branch, and for a batch that loses sequences. The state
     * that nodes on the axis carry and every value on it, fed or evaluated, are re-ordered with the lengths, so that nothing is computed
     * again: a source is encoded once, then repeated for the beams of a search. A frozen model goes on with the bits that a batch of these
     * sequences would have had from the start.
     *
     * <p>Values of other axes stay: as sequence s of one axis goes with sequence s of another, select both alike, or one where the other's
     * would be equal. Losses of the axis, its values of a {@link #step}, row numbers by which a gather reads it, and what was computed from
     * these are not evaluated any more. Calls of the same sizes allocate nothing.
     *
     * @param axis the name of the axis
     * @param chosen for each sequence of the axis from now on, the number of the sequence that it continues; repetitions are allowed
     * @throws IllegalArgumentException if there is no such axis or sequence, or none is chosen
     * @throws IllegalStateException if the axis has no sequences yet, if the state is of another number of sequences, or if the session
     *     trains
     */
    public void select(String axis, int... chosen) {
        Failure.check(nativeSession.select(network.graph().axis(axis), chosen));
    }

    /**
     * Forgets all lengths, values, gradients and the carried state, so that the session is as new for its next use. Its memory stays, and
     * so do {@link #setThreads}, {@link #setCarry} and the random position. The next step writes the buffer that the last one returned.
     */
    public void clear() {
        Failure.check(nativeSession.clear());
    }

    /** {@return a copy of the state in which the last call ended, or the empty state after a reset} */
    public State state() {
        byte[][] bytes = new byte[1][];
        Failure.check(nativeSession.state(bytes));
        return State.read(bytes[0]);
    }

    /**
     * Puts a state back; the empty state resets.
     *
     * @param state the state, copied
     * @throws IllegalArgumentException if it is of another graph, or of a frozen model with other parameters than this session's frozen
     *     model; or not of this model's size. The session keeps its state then
     */
    public void setState(State state) {
        if (state.hasModel()) {
            Failure.check(nativeSession.state(state.bytes()));
        } else if (state.isEmpty()) {
            reset();
        } else {
            Failure.check(nativeSession.state(state.toArray(), state.sequences()));
        }
    }

    /** {@return the position of the random numbers that drive dropout; every forward call of a training session moves it by one} */
    public long random() {
        return nativeSession.random();
    }

    /**
     * Sets the position of the random numbers, when a training resumes.
     *
     * @param position what {@link #random} returned
     */
    public void setRandom(long position) {
        Failure.check(nativeSession.random(position));
    }

    /** {@return the bytes of native memory that the session holds} */
    public long bytes() {
        return nativeSession.bytes();
    }

    /**
     * Closes the session; again is harmless.
     *
     * @throws IllegalStateException if another thread is using it
     */
    @Override
    public void close() {
        nativeSession.handle().close();
    }

    /** Forward without an optimizer, an update without a batch. If it succeeds the use of the session goes on until {@link #finish()}. */
    private void run(Batch batch, Optimizer optimizer, Update step) {
        nativeSession.handle().enter();
        boolean succeeded = false;
        try {
            NativeBatch lent = batch == null ? null : batch.lend(network.graph());
            try {
                Failure.check(optimizer == null ? nativeSession.forward(lent) : nativeSession.train(lent, optimizer.nativeOptimizer(),
                    step.learningRate(), step.clipNorm(), step.clipValue(), step.norm().ordinal()));
            } finally {
                if (batch != null) {
                    batch.takeBack();
                }
            }
            succeeded = true;
        } finally {
            if (!succeeded) {
                nativeSession.handle().exit();
            }
        }
    }

    // Not in run(): what is small enough to be inlined into the caller lets the compiler drop the object.
    private Metrics finish() {
        double loss = nativeSession.loss();
        long targets = nativeSession.targets();
        double gradientNorm = nativeSession.gradientNorm();
        nativeSession.handle().exit();
        return new Metrics(loss, targets, gradientNorm);
    }

    // To be called in a use.
    private NativeTensor tensor() {
        if (tensor == null) {
            tensor = new NativeTensor();
        }
        return tensor;
    }

    private Stepper openStepper() {
        nativeSession.handle().enter();
        if (stepper == null) {
            makeStepper();
        }
        return stepper;
    }

    private void makeStepper() {
        try {
            stepper = new Stepper(network.graph(), nativeSession, kept);
        } finally {
            if (stepper == null) {
                nativeSession.handle().exit();
            }
        }
    }
}
