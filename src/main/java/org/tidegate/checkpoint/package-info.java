/**
 * Model files: safetensors, read by its own rules and written atomically.
 *
 * <p>{@link org.tidegate.checkpoint.SafetensorsFile} reads and {@link org.tidegate.checkpoint.SafetensorsWriter} writes any such file.
 * {@link org.tidegate.checkpoint.Checkpoint} is what a model's file holds: the spec, the parameters under PyTorch's names, and what a
 * resumed training needs. A file is written under a temporary name beside its place, forced to the disk and renamed, so that at any
 * moment the old file or the new one is there, whole.
 */
package org.tidegate.checkpoint;
