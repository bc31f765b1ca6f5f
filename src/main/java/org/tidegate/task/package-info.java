/**
 * One door for each task: a network, how an example becomes a batch, and how an answer is read off.
 *
 * <ul>
 * <li>{@link org.tidegate.task.lm.LanguageModel} learns from running text and continues a prompt.
 * <li>{@link org.tidegate.task.Classifier}: a text to a class. {@link org.tidegate.task.Tagger}: each word of a sentence to a tag.
 *     {@link org.tidegate.task.FillIn}: the missing word.
 * <li>{@link org.tidegate.task.translate.Translator}: a sentence to a sentence. {@link org.tidegate.task.caption.Captioner}: an image to
 *     words. {@link org.tidegate.task.Transcriber}: sound to letters.
 * <li>{@link org.tidegate.task.forecast.Forecaster}: numbers to the numbers that follow.
 * </ul>
 *
 * <p>What models share is {@link org.tidegate.task.TaskModel}: the network, the training, the file. A task that learns from separate
 * examples extends {@link org.tidegate.task.ExampleModel} and says how long an example is and how some of them become a batch.
 *
 * <p>The classes that support one task begin with its name, or with what it reads: Speech… and Letters are the transcriber's.
 */
package org.tidegate.task;
