/**
 * Filling in the missing word of a sentence (the cloze task). {@link org.tidegate.task.fill.FillIn} is trained on sentences, and
 * {@link org.tidegate.task.fill.FillInAnswers} give the most likely words for the gap of a {@link org.tidegate.task.fill.Cloze}.
 */
package org.tidegate.task.fill;
