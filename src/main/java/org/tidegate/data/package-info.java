/**
 * Readers of data files, and batching.
 *
 * <p>Readers are strict; their errors name file, line and column: {@link org.tidegate.data.TsvFile},
 * {@link org.tidegate.data.ConlluFile} and {@link org.tidegate.data.IdxFile}. A time series is a {@link org.tidegate.data.Series},
 * standardised by a {@link org.tidegate.data.Scaler}.
 *
 * <p>Batches are numbered, and each is a function of the seed and its number: {@link org.tidegate.data.ExampleBatches} of separate
 * examples, {@link org.tidegate.data.TextStreams} and {@link org.tidegate.data.SeriesStreams} of long streams. The
 * {@link org.tidegate.data.Prefetcher} fills the next one while the native core works on this one. {@link org.tidegate.data.Split}
 * holds out a part of a text.
 */
package org.tidegate.data;
