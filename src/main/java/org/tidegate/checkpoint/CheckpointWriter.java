package org.tidegate.checkpoint;

import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Path;

/** Writes a model's file, which a {@link Checkpoint} reads. The tensors must not change while it is written. */
public final class CheckpointWriter {
    private final SafetensorsWriter writer = new SafetensorsWriter();

    /**
     * A file of a model, without its parameters.
     *
     * @param spec the model's spec
     */
    public CheckpointWriter(String spec) {
        // PyTorch's loaders expect this key.
        writer.metadata("format", "pt");
        writer.metadata(Checkpoint.VERSION, Checkpoint.CURRENT);
        writer.metadata(Checkpoint.SPEC, spec);
    }

    /**
     * Adds a parameter of the model. Its elements are read when the file is written.
     *
     * @param name its name
     * @param elements gives the elements
     * @param shape its dimensions, outermost first
     * @return this writer
     * @throws IllegalArgumentException if the name is taken or reserved
     */
    public CheckpointWriter parameter(String name, SafetensorsWriter.Source elements, long... shape) {
        writer.tensor(name, elements, shape);
        return this;
    }

    /**
     * Adds the number of steps of an optimizer, whose slots are added by {@link #slot}.
     *
     * @param steps how many it has made, 0 or more
     * @return this writer
     */
    public CheckpointWriter optimizer(long steps) {
        writer.metadata(Checkpoint.OPTIMIZER_STEP, Long.toString(steps));
        return this;
    }

    /**
     * Adds a slot of the optimizer under the prefix {@code optimizer.}. Its elements are read when the file is written.
     *
     * @param name without the prefix
     * @param elements gives the elements
     * @param shape its dimensions, outermost first
     * @return this writer
     * @throws IllegalArgumentException if the name is taken
     */
    public CheckpointWriter slot(String name, SafetensorsWriter.Source elements, long... shape) {
        writer.tensor(Checkpoint.OPTIMIZER + name, elements, shape);
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
     * Adds an extra tensor under the prefix {@code training.}. Its elements are read when the file is written.
     *
     * @param name without the prefix
     * @param elements gives the elements
     * @param shape its dimensions, outermost first
     * @return this writer
     */
    public CheckpointWriter extra(String name, SafetensorsWriter.Source elements, long... shape) {
        writer.tensor(Checkpoint.TRAINING + name, elements, shape);
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
