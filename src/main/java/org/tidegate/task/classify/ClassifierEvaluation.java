package org.tidegate.task.classify;

import org.tidegate.metrics.ConfusionMatrix;
import org.tidegate.task.Evaluation;
import org.tidegate.task.Figures;

/**
 * How well a classifier does on labelled texts.
 *
 * @param confusion what the texts of each class were answered with; its accuracy is the share of texts whose likeliest class is theirs
 * @param loss the mean negative log probability of the true class, nats per text
 * @param figures all figures
 */
public record ClassifierEvaluation(ConfusionMatrix confusion, double loss, Figures figures) implements Evaluation {
    /** The share of texts whose likeliest class is theirs. */
    public double accuracy() {
        return confusion.accuracy();
    }
}
