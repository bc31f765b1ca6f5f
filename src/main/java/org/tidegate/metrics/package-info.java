/**
 * Metrics of predictions: {@link org.tidegate.metrics.EditDistance} and {@link org.tidegate.metrics.Bleu} of sequences, the
 * {@link org.tidegate.metrics.Accuracy} and the {@link org.tidegate.metrics.ConfusionMatrix} of a classification with the precision, recall
 * and F1 of each class ({@link org.tidegate.metrics.ClassScore}), {@link org.tidegate.metrics.LabelCounts} where an example has several.
 */
package org.tidegate.metrics;
