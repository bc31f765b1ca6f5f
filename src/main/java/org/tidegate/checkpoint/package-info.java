/**
 * Model files: safetensors, read by its own rules and written atomically.
 *
 * <p>{@link org.tidegate.checkpoint.SafetensorsFile} reads and {@link org.tidegate.checkpoint.SafetensorsWriter} writes any such file.
 * A {@link org.tidegate.checkpoint.Checkpoint} is a model's file: the spec, the parameters under PyTorch's names, and the state of its
 * training, written by a {@link org.tidegate.checkpoint.CheckpointWriter}. They deal in texts, names, shapes and floats; the package root
 * turns them into models and optimizers.
 *
 * <p>Files are written atomically ({@link org.tidegate.checkpoint.AtomicFile}), so that at any time there is the old file or the new one,
 * complete.
 */
package org.tidegate.checkpoint;
