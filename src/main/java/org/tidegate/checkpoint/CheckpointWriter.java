package org.tidegate.checkpoint;

import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import org.tidegate.Model;
import org.tidegate.Optimizer;
import org.tidegate.Tensor;

/** Writes a model's file, which a {@link Checkpoint} reads. Neither the model nor the optimizer may train while it is written. */
public final class CheckpointWriter {
    private final SafetensorsWriter writer = new SafetensorsWriter();

    /**
     * A file with the spec and the parameters of a model.
     *
     * @param model the model, which stays the caller's
     */
    public CheckpointWriter(Model model) {
        // PyTorch's loaders expect this key.
        writer.metadata("format", "pt");
        writer.metadata(Checkpoint.VERSION, Checkpoint.CURRENT);
        writer.metadata(Checkpoint.SPEC, model.spec());
        for (Tensor parameter : model.parameters()) {
            writer.tensor(parameter.name(), parameter::get, parameter.shape());
        }
    }

    /**
     * Adds the slots and the number of steps of an optimizer.
     *
     * @param optimizer of the same model
     * @return this writer
     */
    public CheckpointWriter optimizer(Optimizer optimizer) {
        writer.metadata(Checkpoint.OPTIMIZER_STEP, Long.toString(optimizer.updates()));
        for (Tensor slot : optimizer.slots()) {
            writer.tensor(Checkpoint.OPTIMIZER + slot.name(), slot::get, slot.shape());
        }
        return this;
    }

    /**
     * Adds a string to {@code __metadata__}.
     *
     * @param key the key
     * @param value its value
     * @return this writer
     */
    public CheckpointWriter metadata(String key, String value) {
        writer.metadata(key, value);
        return this;
    }

    /**
     * Adds an extra tensor of one dimension under the prefix {@code training.}; the array is read when the file is written.
     *
     * @param name without the prefix
     * @param values the elements
     * @return this writer
     */
    public CheckpointWriter extra(String name, float... values) {
        writer.tensor(Checkpoint.TRAINING + name, FloatBuffer.wrap(values), values.length);
        return this;
    }

    /**
     * Writes the file atomically.
     *
     * @param file the file
     * @throws IOException if it cannot be written; a file that was there before is then unchanged
     */
    public void write(Path file) throws IOException {
        writer.write(file);
    }
}
