/* tg_session for the package root. */
package org.tidegate.internal;

import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.function.LongSupplier;
import org.tidegate.internal.abi.Pointer;
import org.tidegate.internal.abi.tg_metrics;
import org.tidegate.internal.abi.tg_seed;
import org.tidegate.internal.abi.tg_session;
import org.tidegate.internal.abi.tg_step;
import org.tidegate.internal.abi.tidegate;

/**
 * A native session. Create it empty, then {@link #create}: methods that return int return a status number. Those whose results are read
 * afterwards are to be called, and read, in one use: between {@code handle().enter()} and {@code exit()}.
 */
public final class NativeSession implements LongSupplier {
    final tg_session pointer = new tg_session();
    private tg_metrics metrics; // made when first needed: there may be thousands of sessions that only step
    private tg_step step;
    private final long[] number = new long[1];
    private long changes;
    TrainingGate gate;
    ArrayBlockingQueue<StepInput> inputs; // the model's; null: each step object has one of its own
    private NativeHandle handle;

    /** Makes the session over a model. */
    public int create(NativeModel model, boolean training, long seed) {
        return create(model, training ? tidegate.TG_TRAIN : tidegate.TG_INFER, seed, null);
    }

    /** Makes one that infers and keeps only these values after a call. */
    public int createKeeping(NativeModel model, int... values) {
        inputs = model.inputs;
        return create(model, tidegate.TG_INFER, 0, values);
    }

    private int create(NativeModel model, int mode, long seed, int[] kept) {
        gate = model.gate;
        model.handle().enter();
        try {
            int status = tryToCreate(model, mode, seed, kept);
            if (status == tidegate.TG_OUT_OF_MEMORY && NativeMemory.freed()) {
                status = tryToCreate(model, mode, seed, kept);
            }
            if (status == tidegate.TG_OK) {
                handle = NativeHandle.exclusive("session", model.handle(), new Destruction(pointer));
                NativeMemory.made();
            }
            return status;
        } finally {
            model.handle().exit();
        }
    }

    private int tryToCreate(NativeModel model, int mode, long seed, int[] kept) {
        return kept == null ? tidegate.tg_session_create(model.pointer, mode, seed, pointer)
            : tidegate.tg_session_create_keeping(model.pointer, kept, kept.length, pointer);
    }

    private record Destruction(tg_session owned) implements Runnable {
        @Override
        public void run() {
            tidegate.tg_session_destroy(owned);
        }
    }

    public NativeHandle handle() {
        return handle;
    }

    public int threads(int threads) {
        handle.enter();
        try {
            return tidegate.tg_session_threads(pointer, threads);
        } finally {
            handle.exit();
        }
    }

    /** To be called in a use, which ends after {@link #loss()} and the like have been read. */
    public int forward(NativeBatch batch) {
        gate.read();
        try {
            countChange();
            makeMetrics();
            int status = tidegate.tg_session_forward(pointer, batch.struct, metrics);
            return mayRepeat(status) ? tidegate.tg_session_forward(pointer, batch.struct, metrics) : status;
        } finally {
            gate.readDone();
        }
    }

    /** Backward with the gradients of outputs given: value numbers and their data, direct and in the machine's byte order. */
    public int backward(int[] values, FloatBuffer[] gradients) {
        handle.enter();
        try {
            gate.read();
            try {
                if (values.length == 0) {
                    return tidegate.tg_session_backward(pointer, null, 0);
                }
                tg_seed seeds = new tg_seed(values.length);
                for (int i = 0; i < values.length; i++) {
                    seeds.position(i).value(values[i]).data(new Pointer(gradients[i])).count(gradients[i].remaining());
                }
                return tidegate.tg_session_backward(pointer, seeds.position(0), values.length);
            } finally {
                gate.readDone();
                Reference.reachabilityFence(gradients); // the structs hold only addresses
            }
        } finally {
            handle.exit();
        }
    }

    /** The whole step with a batch, the update alone without one: both change the parameters. Else as {@link #forward}. */
    public int train(NativeBatch batch, NativeOptimizer optimizer, double learningRate, double clipNorm, double clipValue, int norm) {
        optimizer.handle().enter();
        try {
            gate.write();
            try {
                makeMetrics();
                if (step == null) {
                    step = new tg_step(1);
                }
                step.learning_rate(learningRate).clip_norm(clipNorm).clip_value(clipValue).norm(norm);
                if (batch == null) {
                    return tidegate.tg_session_update(pointer, optimizer.pointer, step, metrics);
                }
                countChange();
                int status = tidegate.tg_session_train(pointer, batch.struct, optimizer.pointer, step, metrics);
                return mayRepeat(status) ? tidegate.tg_session_train(pointer, batch.struct, optimizer.pointer, step, metrics) : status;
            } finally {
                gate.writeDone();
            }
        } finally {
            optimizer.handle().exit();
        }
    }

    private void makeMetrics() {
        if (metrics == null) {
            metrics = new tg_metrics(1);
        }
    }

    /** Whether memory ran out in a call that lost nothing, and some was freed since. */
    boolean mayRepeat(int status) {
        return status == tidegate.TG_OUT_OF_MEMORY && NativeMemory.freed() && tidegate.tg_session_repeatable(pointer) != 0;
    }

    /** How many calls moved or changed the session's values, read in a use: when it moves, what was shown of them is outdated. */
    @Override
    public long getAsLong() {
        return changes;
    }

    void countChange() {
        changes++;
    }

    /** The loss of the last call, read in its use. */
    public double loss() {
        return metrics.loss();
    }

    /** As {@link #loss()}. */
    public long targets() {
        return metrics.targets();
    }

    /** As {@link #loss()}. */
    public double gradientNorm() {
        return metrics.gradient_norm();
    }

    public int zeroGradients() {
        handle.enter();
        try {
            return tidegate.tg_session_zero_gradients(pointer);
        } finally {
            handle.exit();
        }
    }

    /** To be called in a use, which ends after the tensor has been read. */
    public int output(int value, NativeTensor tensor) {
        return tidegate.tg_session_output(pointer, value, tensor.struct);
    }

    /** To be called in a use, which ends after the tensor has been read. */
    public int outputGradient(int value, NativeTensor tensor) {
        return tidegate.tg_session_output_gradient(pointer, value, tensor.struct);
    }

    /** To be called in a use, which ends after the tensor has been read. */
    public int parameterGradient(int index, NativeTensor tensor) {
        return tidegate.tg_session_parameter_gradient(pointer, index, tensor.struct);
    }

    /** To be called in a use, which ends after the tensor has been read. */
    public int gradients(NativeTensor tensor) {
        return tidegate.tg_session_gradients(pointer, tensor.struct);
    }

    public int carry(boolean carry) {
        handle.enter();
        try {
            return tidegate.tg_session_carry(pointer, carry ? 1 : 0);
        } finally {
            handle.exit();
        }
    }

    public int reset() {
        handle.enter();
        try {
            return tidegate.tg_session_reset(pointer);
        } finally {
            handle.exit();
        }
    }

    /** The lengths of an axis's sequences in the last call; {@code lengths[0]} receives them. */
    public int lengths(int axis, int[][] lengths) {
        handle.enter();
        try {
            int[] count = new int[1];
            int status = tidegate.tg_session_lengths(pointer, axis, (int[]) null, 0, count);
            if (status != tidegate.TG_OK) {
                return status;
            }
            lengths[0] = new int[count[0]];
            return count[0] == 0 ? status : tidegate.tg_session_lengths(pointer, axis, lengths[0], count[0], count);
        } finally {
            handle.exit();
        }
    }

    /** Makes the sequences of an axis those that are chosen among the ones it has. */
    public int select(int axis, int[] chosen) {
        handle.enter();
        try {
            countChange();
            int status = tidegate.tg_session_select(pointer, axis, chosen, chosen.length);
            return status == tidegate.TG_OUT_OF_MEMORY && NativeMemory.freed()
                ? tidegate.tg_session_select(pointer, axis, chosen, chosen.length) : status;
        } finally {
            handle.exit();
        }
    }

    /** Forgets lengths, values, gradients and the carried state. */
    public int clear() {
        handle.enter();
        try {
            countChange();
            return tidegate.tg_session_clear(pointer);
        } finally {
            handle.exit();
        }
    }

    /** Copies the carried state out as bytes; {@code state[0]} receives them. */
    public int state(byte[][] state) {
        handle.enter();
        try {
            int status = tidegate.tg_session_state_bytes(pointer, number);
            if (status != tidegate.TG_OK) {
                return status;
            }
            ByteBuffer copy = ByteBuffer.allocateDirect(Math.toIntExact(number[0]));
            status = tidegate.tg_session_save_state(pointer, new Pointer(copy), number[0]);
            state[0] = new byte[copy.capacity()];
            copy.get(state[0]);
            return status;
        } finally {
            handle.exit();
        }
    }

    /** Puts a state back that came as bytes. */
    public int state(byte[] state) {
        ByteBuffer copy = ByteBuffer.allocateDirect(Math.max(1, state.length)).put(state).rewind();
        handle.enter();
        try {
            return tidegate.tg_session_load_state(pointer, new Pointer(copy), state.length);
        } finally {
            handle.exit();
        }
    }

    /** Puts a state of that many sequences back. */
    public int state(float[] state, int sequences) {
        FloatBuffer copy = DirectMemory.floats(state.length).put(state).rewind();
        handle.enter();
        try {
            return tidegate.tg_session_set_state(pointer, new Pointer(copy), state.length, sequences);
        } finally {
            handle.exit();
        }
    }

    public long random() {
        handle.enter();
        try {
            return tidegate.tg_session_random(pointer);
        } finally {
            handle.exit();
        }
    }

    public int random(long position) {
        handle.enter();
        try {
            return tidegate.tg_session_set_random(pointer, position);
        } finally {
            handle.exit();
        }
    }

    public long bytes() {
        handle.enter();
        try {
            return tidegate.tg_session_bytes(pointer);
        } finally {
            handle.exit();
        }
    }
}
