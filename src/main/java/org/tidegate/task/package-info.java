/**
 * The frame of all tasks: what a task knows, who learns, who answers.
 *
 * <ul>
 * <li>A {@link org.tidegate.task.Reading} is all that a task knows besides its network: vocabularies, labels, scales, and how data become
 *     rows of a batch. Immutable, and shared by all threads.
 * <li>A {@link org.tidegate.task.Trainable} learns: the network, the optimizer, the state of the training, the file. One thread at a time.
 * <li>{@link org.tidegate.task.Answers} answer over one frozen model, for any number of threads at once: each call borrows one of the
 *     {@link org.tidegate.task.Workers}. A {@link org.tidegate.task.TaskStream} keeps a worker, and with it its state, until it is closed.
 * <li>A {@link org.tidegate.task.TaskFormat} is the task's door: how a file becomes either. {@link org.tidegate.task.Tasks} finds all doors on
 *     the class path, so that a task may live in any module.
 * </ul>
 *
 * <p>Most tasks learn from separate examples ({@link org.tidegate.task.ExampleReading} and its kin); a language model and a forecaster learn
 * from one long stream ({@link org.tidegate.task.TrainingSource}). What is measured comes as {@link org.tidegate.task.Figures}, with the same
 * first keys in every task. Builders share their settings: {@link org.tidegate.task.RecurrentBuilder}, {@link org.tidegate.task.WordBuilder}.
 *
 * <p>The tasks stand in packages of their own below this one, and none names another.
 */
package org.tidegate.task;
