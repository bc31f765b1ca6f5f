/**
 * What answers are judged by: {@link org.tidegate.metrics.EditDistance} and {@link org.tidegate.metrics.Bleu} of sequences,
 * {@link org.tidegate.metrics.ClassScore} the precision, recall and F1 of a class.
 */
package org.tidegate.metrics;
