package org.tidegate.task.lm;

/**
 * A token that may come next.
 *
 * @param token its text
 * @param probability how likely the model finds it; those of all tokens sum up to 1
 */
public record TokenProbability(String token, double probability) {}
