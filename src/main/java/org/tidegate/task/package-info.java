/**
 * One door for each task: a network, how an example becomes a batch, and how an answer is read off. {@link org.tidegate.task.LanguageModel}
 * trains on running text and continues a prompt.
 *
 * <p>What all of them share is {@link org.tidegate.task.TaskModel}: the network, the training, the file. A task that learns from separate
 * examples extends {@link org.tidegate.task.ExampleModel} and says how long an example is and how some of them become a batch.
 */
package org.tidegate.task;
