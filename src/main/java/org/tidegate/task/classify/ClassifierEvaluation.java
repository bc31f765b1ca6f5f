package org.tidegate.task.classify;

import org.tidegate.metrics.ConfusionMatrix;
import org.tidegate.task.Evaluation;
import org.tidegate.task.Figures;

/**
 * The evaluation of a classifier on labelled texts.
 *
 * @param confusion the confusion matrix; its accuracy is the share of texts whose most likely class is theirs
 * @param loss the mean negative log probability of the true class, nats per text
 * @param figures all figures
 */
public record ClassifierEvaluation(ConfusionMatrix confusion, double loss, Figures figures) implements Evaluation {
    /** {@return the accuracy, the share of texts whose most likely class is theirs} */
    public double accuracy() {
        return confusion.accuracy();
    }
}
