/**
 * From ids to batches: the split into training and held-out text, the parallel streams of a language model, and the prefetcher that
 * fills the next batch while the native core works on this one.
 * Words whose tags are known come from a {@link org.tidegate.data.ConlluFile}.
 * Numbers that were measured over time are a {@link org.tidegate.data.Series}, scaled by a {@link org.tidegate.data.Scaler}.
 */
package org.tidegate.data;
