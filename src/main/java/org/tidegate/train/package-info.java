/**
 * The training loop: settings, learning-rate schedules, progress, early stopping.
 *
 * <p>The {@link org.tidegate.train.Trainer} knows no task. It takes numbered batches, makes one native call for each, and reports.
 * Everything that a resumed run needs is in a {@link org.tidegate.train.TrainingState}; a batch is a function of the step number, so a
 * run that stopped in the middle of an epoch goes on as if it never had.
 */
package org.tidegate.train;
