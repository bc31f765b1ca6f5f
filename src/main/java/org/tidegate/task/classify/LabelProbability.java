package org.tidegate.task.classify;

/**
 * One answer of a {@link Classifier}.
 *
 * @param label the class
 * @param probability how likely the model finds it; those of all classes sum up to 1
 */
public record LabelProbability(String label, double probability) {}
