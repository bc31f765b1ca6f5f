/**
 * From files to numbers, and from numbers to batches.
 *
 * <p>Readers are strict; what they refuse they name by file, line and column: {@link org.tidegate.data.TsvFile},
 * {@link org.tidegate.data.ConlluFile} and {@link org.tidegate.data.IdxFile}. Numbers that were measured over time are a
 * {@link org.tidegate.data.Series}, scaled by a {@link org.tidegate.data.Scaler}.
 *
 * <p>Batches are numbered, and each is a function of the seed and its number: {@link org.tidegate.data.ExampleBatches} of separate
 * examples, {@link org.tidegate.data.TextStreams} and {@link org.tidegate.data.SeriesStreams} of long streams. The
 * {@link org.tidegate.data.Prefetcher} fills the next one while the native core works on this one. {@link org.tidegate.data.Split}
 * holds a part of a text out.
 */
package org.tidegate.data;
