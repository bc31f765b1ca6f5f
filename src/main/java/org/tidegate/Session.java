/* One use of a model. */
package org.tidegate;

import java.nio.FloatBuffer;
import java.util.Objects;
import java.util.function.LongSupplier;
import org.tidegate.internal.NativeBatch;
import org.tidegate.internal.NativeSession;
import org.tidegate.internal.NativeTensor;

/**
 * Runs a model: owns the activations, the gradients and the recurrent state. It belongs to one thread at a time. Its memory grows to the
 * largest batch seen and then stays: steady work allocates nothing.
 *
 * <p>Outputs and gradients are views of the session's memory, valid until its next forward call.
 */
public final class Session implements AutoCloseable {
    private final NativeSession nativeSession = new NativeSession();
    private final NativeTensor tensor = new NativeTensor();
    private final Model model;
    private final boolean training;
    private final Tensor[] outputs;
    private final Tensor[] outputGradients;
    private long passes;
    private final LongSupplier clock = () -> passes;

    Session(Model model, boolean training, long seed) {
        this.model = model;
        this.training = training;
        outputs = new Tensor[model.values().size()];
        outputGradients = new Tensor[model.values().size()];
        Failure.check(nativeSession.create(model.nativeModel(), training, seed));
    }

    /** The model that it runs. */
    public Model model() {
        return model;
    }

    /** Whether it can train: dropout is on and a forward call is saved for backward. */
    public boolean isTraining() {
        return training;
    }

    /**
     * How many threads a call may use; 1 when created.
     *
     * @throws IllegalArgumentException if it is less than 1 or absurdly large
     */
    public void threads(int threads) {
        Failure.check(nativeSession.threads(threads));
    }

    /**
     * Evaluates the nodes downstream of the batch's inputs whose inputs are all known; the others keep their values, so that a decoder may
     * step many times over one encoded source. An axis whose lengths the batch gives loses its values first.
     *
     * @throws IllegalArgumentException if the batch does not fit the model: a label or id out of range, another number of sequences than
     *     the carried state has, a batch made for another model
     */
    public Metrics forward(Batch batch) {
        run(batch, null, null);
        return metrics();
    }

    /**
     * Forward, backward and update in one call. Where the loss or the gradient norm is not finite the parameters stay as they were; see
     * {@link Metrics#isFinite()}.
     *
     * @throws IllegalStateException if the session was not made for training
     * @throws IllegalArgumentException as {@link #forward}; or if the optimizer is another model's
     */
    public Metrics train(Batch batch, Optimizer optimizer, Step step) {
        Objects.requireNonNull(optimizer, "optimizer");
        Objects.requireNonNull(step, "step");
        run(batch, optimizer, step);
        return metrics();
    }

    /**
     * Backward through the last forward call, from the graph's losses and the gradients given. Parameter gradients are added to what is
     * there; {@link #zeroGradients()} or an update clears them.
     *
     * @throws IllegalStateException without a forward call before, or if the session was not made for training
     * @throws IllegalArgumentException if a gradient's size is not its value's
     */
    public void backward(OutputGradient... gradients) {
        int[] values = new int[gradients.length];
        FloatBuffer[] data = new FloatBuffer[gradients.length];
        for (int i = 0; i < gradients.length; i++) {
            values[i] = model.graph().value(gradients[i].value()).index();
            data[i] = gradients[i].direct();
        }
        Failure.check(nativeSession.backward(values, data));
    }

    /**
     * Clips the gradients, steps the optimizer over the trainable parameters and clears the gradients. The metrics have the gradient norm
     * and the last forward call's loss. Where the norm is not finite the parameters stay as they were.
     *
     * @throws IllegalStateException if the session was not made for training
     */
    public Metrics update(Optimizer optimizer, Step step) {
        Failure.check(nativeSession.update(optimizer.nativeOptimizer(), step.learningRate(), step.clipNorm(), step.clipValue()));
        return metrics();
    }

    /** Clears the parameter gradients. */
    public void zeroGradients() {
        Failure.check(nativeSession.zeroGradients());
    }

    /**
     * A view of a real value after forward, {@code [rows, columns]}.
     *
     * @throws IllegalStateException if it was not evaluated
     * @throws IllegalArgumentException if there is no such value, or it holds ids
     */
    public Tensor output(String value) {
        int index = model.graph().value(value).index();
        nativeSession.handle().enter();
        try {
            Failure.check(nativeSession.output(index, tensor));
            outputs[index] = Tensor.of(tensor, nativeSession.handle(), clock, outputs[index]);
            return outputs[index];
        } finally {
            nativeSession.handle().exit();
        }
    }

    /**
     * A view of a value's gradient after backward, {@code [rows, columns]}. An input has one only if its node says {@code gradient=true}.
     *
     * @throws IllegalStateException if none was computed
     */
    public Tensor outputGradient(String value) {
        int index = model.graph().value(value).index();
        nativeSession.handle().enter();
        try {
            Failure.check(nativeSession.outputGradient(index, tensor));
            outputGradients[index] = Tensor.of(tensor, nativeSession.handle(), clock, outputGradients[index]);
            return outputGradients[index];
        } finally {
            nativeSession.handle().exit();
        }
    }

    /**
     * A view of a parameter's gradient, to be read and written in place.
     *
     * @throws IllegalArgumentException if there is no such parameter, or it is not trainable
     * @throws IllegalStateException if the session was not made for training
     */
    public Tensor parameterGradient(String parameter) {
        int index = model.parameterNames().indexOf(parameter);
        if (index < 0) {
            throw new IllegalArgumentException(
                "The model has no parameter '" + parameter + "'; it has " + String.join(", ", model.parameterNames()) + ".");
        }
        nativeSession.handle().enter();
        try {
            Failure.check(nativeSession.parameterGradient(index, tensor));
            if (!tensor.hasData()) {
                throw new IllegalArgumentException("Parameter '" + parameter + "' has no gradient: its node says trainable=false.");
            }
            return Tensor.of(tensor, nativeSession.handle());
        } finally {
            nativeSession.handle().exit();
        }
    }

    /**
     * Whether a forward call starts from the state in which the last one ended (streams, truncated backpropagation: the gradient stops
     * there). It needs the same number of sequences. Off when created: then it starts from the nodes' h0 and c0, or zero.
     */
    public void carry(boolean carry) {
        Failure.check(nativeSession.carry(carry));
    }

    /** Forgets the carried state. */
    public void reset() {
        Failure.check(nativeSession.reset());
    }

    /** A copy of the state in which the last forward call ended, or the empty state after a reset. */
    public State state() {
        float[][] values = new float[1][];
        Failure.check(nativeSession.state(values));
        long width = model.graph().stateWidth();
        return values[0].length == 0 ? State.of(0) : State.of(Math.toIntExact(values[0].length / width), values[0]);
    }

    /**
     * Puts a state back; the empty state resets.
     *
     * @throws IllegalArgumentException if it is not of this model's size
     */
    public void state(State state) {
        if (state.isEmpty()) {
            reset();
            return;
        }
        Failure.check(nativeSession.state(state.values(), state.sequences()));
    }

    /** The position of the random numbers that drive dropout; every forward call of a training session moves it by one. */
    public long random() {
        return nativeSession.random();
    }

    /** Sets the position of the random numbers, when a training resumes. */
    public void random(long position) {
        Failure.check(nativeSession.random(position));
    }

    /** The bytes of native memory that the session holds. */
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

    private void run(Batch batch, Optimizer optimizer, Step step) {
        NativeBatch lent = batch.lend(model.graph());
        try {
            nativeSession.handle().enter();
            try {
                int status = optimizer == null ? nativeSession.forward(lent) : nativeSession.train(lent, optimizer.nativeOptimizer(),
                    step.learningRate(), step.clipNorm(), step.clipValue());
                passes++;
                Failure.check(status);
            } finally {
                nativeSession.handle().exit();
            }
        } finally {
            batch.takeBack();
        }
    }

    // Not in run(): a caller small enough to be inlined lets the compiler drop the object.
    private Metrics metrics() {
        return new Metrics(nativeSession.loss(), nativeSession.targets(), nativeSession.gradientNorm());
    }
}
