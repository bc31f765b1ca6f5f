/* The slots and the step count of an optimizer. */
package org.tidegate;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.tidegate.checkpoint.Checkpoint;
import org.tidegate.checkpoint.CheckpointWriter;
import org.tidegate.internal.NativeOptimizer;
import org.tidegate.internal.NativeTensor;

/**
 * Changes a model's parameters by their gradients. It keeps slots, each shaped like the parameters (for Adam the running averages), and
 * counts its steps; both must be stored for a training that is to be resumed. It belongs to one thread at a time: a call
 * that comes while another thread trains with it is an {@link IllegalStateException} and changes nothing.
 */
public final class Optimizer implements AutoCloseable {
    private final NativeOptimizer nativeOptimizer = new NativeOptimizer();
    private final Model model;
    private final String text;

    Optimizer(Model model, String text) {
        this.model = model;
        this.text = Objects.requireNonNull(text, "text");
        Failure.check(nativeOptimizer.create(model.nativeModel(), text));
    }

    /** {@return the model that it trains} */
    public Model model() {
        return model;
    }

    /** {@return the text that it was made from} */
    public String text() {
        return text;
    }

    /** {@return how many steps it has made} */
    public long updates() {
        return nativeOptimizer.step();
    }

    /**
     * Sets the number of steps made, when a training resumes.
     *
     * @param updates how many, 0 or more
     * @throws IllegalArgumentException if it is negative
     */
    public void setUpdates(long updates) {
        Failure.check(nativeOptimizer.step(updates));
    }

    /**
     * {@return all slots of all parameters, slot by slot in the order of the parameters; named as in {@code exp_avg.h.weight_ih_l0}} Views,
     * which belong to the optimizer and may be read and written.
     */
    public List<Tensor> slots() {
        NativeTensor tensor = new NativeTensor();
        List<Tensor> tensors = new ArrayList<>();
        nativeOptimizer.handle().enter();
        try {
            int slots = nativeOptimizer.slots();
            int parameters = model.parameterNames().size();
            for (int slot = 0; slot < slots; slot++) {
                for (int parameter = 0; parameter < parameters; parameter++) {
                    Failure.check(nativeOptimizer.slot(slot, parameter, tensor));
                    tensors.add(Tensor.of(tensor, nativeOptimizer.handle()));
                }
            }
            return tensors;
        } finally {
            nativeOptimizer.handle().exit();
        }
    }

    /**
     * Adds the slots and the number of steps to a file of the model, which
     * {@link Model#save(java.nio.file.Path, java.util.function.Consumer)} writes.
     *
     * @param writer of the file
     * @throws IllegalStateException if the optimizer is closed, or another thread uses it
     */
    public void writeTo(CheckpointWriter writer) {
        writer.optimizer(updates());
        slots().forEach(slot -> writer.slot(slot.name(), slot::get, slot.shape()));
    }

    /**
     * Reads the slots and the number of steps from a file. Names, shapes and types are checked before the first is read.
     *
     * @param checkpoint the file, which holds an optimizer of the same kind
     * @throws org.tidegate.checkpoint.CheckpointException if it holds none, or one of another kind; the optimizer is then unchanged
     * @throws IOException if the file cannot be read
     * @throws IllegalStateException if the optimizer is closed, or another thread uses it
     */
    public void readFrom(Checkpoint checkpoint) throws IOException {
        nativeOptimizer.handle().enter();
        try {
            setUpdates(checkpoint.readOptimizer(text, slots().stream().map(Tensor::target).toList()));
        } finally {
            nativeOptimizer.handle().exit();
        }
    }

    /** Closes the optimizer; again is harmless. */
    @Override
    public void close() {
        nativeOptimizer.handle().close();
    }

    NativeOptimizer nativeOptimizer() {
        return nativeOptimizer;
    }
}
