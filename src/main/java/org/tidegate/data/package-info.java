/**
 * From ids to batches: the split into training and held-out text, the parallel streams of a language model, and the prefetcher that
 * fills the next batch while the native core works on this one.
 */
package org.tidegate.data;
