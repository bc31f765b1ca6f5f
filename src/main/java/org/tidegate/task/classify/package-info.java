/**
 * Text classification: a class for a text, or any number of labels. {@link org.tidegate.task.classify.Classifier} is trained on
 * {@link org.tidegate.task.classify.LabelledText}s, which {@link org.tidegate.task.classify.LabelledColumns} read from files, and
 * {@link org.tidegate.task.classify.ClassifierAnswers} give each class its probability.
 */
package org.tidegate.task.classify;
