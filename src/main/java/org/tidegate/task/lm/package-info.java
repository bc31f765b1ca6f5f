/**
 * Language modelling: predicts the next character or word of a text. {@link org.tidegate.task.lm.LanguageModel} is trained on a text,
 * {@link org.tidegate.task.lm.LanguageModelAnswers} generate and measure text, and a {@link org.tidegate.task.lm.LanguageModelStream}
 * carries its state on from turn to turn.
 */
package org.tidegate.task.lm;
