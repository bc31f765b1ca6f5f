/**
 * The training loop and what surrounds it: settings, learning-rate schedules, progress, early stopping.
 *
 * <p>The {@link org.tidegate.train.Trainer} knows no task. It takes numbered batches, makes one native call for each, and reports.
 * Everything that a resumed run needs is in a {@link org.tidegate.train.TrainingState}; a batch is a function of the step number, so a
 * run that stopped in the middle of an epoch goes on as if it never had.
 *
 * <p>Beside it stands what judges: {@link org.tidegate.train.EditDistance} and {@link org.tidegate.train.Bleu} measure sequences,
 * {@link org.tidegate.train.ClassScore} what became of a class,
 * {@link org.tidegate.train.GradientFlow} how far back the gradients of a layer reach.
 */
package org.tidegate.train;
