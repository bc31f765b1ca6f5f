/**
 * The frame of all tasks: what a task knows, its training, its inference.
 *
 * <ul>
 * <li>A {@link org.tidegate.task.Reading} is all that a task knows besides its network: vocabularies, labels, scales, and how data become
 *     rows of a batch. Immutable, and shared by all threads.
 * <li>A {@link org.tidegate.task.Trainable} is a model in training: the network, the optimizer, the state of the training. One thread at
 *     a time.
 * <li>{@link org.tidegate.task.Answers} are inference with one frozen model, for any number of threads at once: each call borrows one of
 *     the {@link org.tidegate.task.Workers}. A {@link org.tidegate.task.TaskStream} keeps a worker, and with it the recurrent state, until
 *     it is closed; or the state alone, and borrows a worker for each call.
 * <li>A {@link org.tidegate.task.TaskFormat} is the task's file format: how a file becomes either. {@link org.tidegate.task.Tasks} finds
 *     all formats on the class path, so that a task may be in any module.
 * </ul>
 *
 * <p>Most tasks train on separate examples ({@link org.tidegate.task.ExampleReading} and its kin); a language model and a forecaster on one
 * long stream ({@link org.tidegate.task.TrainingSource}). Evaluations are {@link org.tidegate.task.Figures}, with the same first keys in
 * every task. Builders share their settings: {@link org.tidegate.task.RecurrentBuilder}, {@link org.tidegate.task.WordBuilder}.
 *
 * <p>The tasks are in packages of their own below this one, and none uses another.
 */
package org.tidegate.task;
