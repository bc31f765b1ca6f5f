/**
 * One door for each task: a network, how an example becomes a batch, and how an answer is read off. {@link org.tidegate.task.LanguageModel}
 * trains on running text and continues a prompt.
 */
package org.tidegate.task;
