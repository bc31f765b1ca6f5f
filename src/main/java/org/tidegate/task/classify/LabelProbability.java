package org.tidegate.task.classify;

/**
 * An answer of a classifier.
 *
 * @param label the class
 * @param probability the model's probability; those of all classes sum to 1, unless a text may have several labels
 */
public record LabelProbability(String label, double probability) {}
