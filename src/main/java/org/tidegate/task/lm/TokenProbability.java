package org.tidegate.task.lm;

/**
 * A candidate for the next token.
 *
 * @param token its text
 * @param probability the model's probability; those of all tokens sum to 1
 */
public record TokenProbability(String token, double probability) {}
