package org.tidegate.bench.work;

/**
 * Weights that a call reads and multiplies with.
 *
 * @param weights how many
 * @param reads how often a call has to read all of them from the caches; 0: so rarely beside its products that it does not matter
 * @param flops multiply-adds, each counted as two
 */
public record Load(double weights, double reads, double flops) {
}
