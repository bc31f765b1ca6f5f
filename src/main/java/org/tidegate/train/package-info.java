/**
 * The training loop: settings, learning-rate schedules, progress, early stopping.
 *
 * <p>The {@link org.tidegate.train.Trainer} is independent of the task: it takes numbered batches from a
 * {@link org.tidegate.train.TrainingTask} and makes one native call for each. The state of a run is a
 * {@link org.tidegate.train.TrainingState}; a batch is a function of the step number, so a run that stopped in the middle of an epoch
 * resumes with the same bits.
 */
package org.tidegate.train;
