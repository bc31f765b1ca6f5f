package org.tidegate.task.classify;

import java.util.List;
import org.tidegate.metrics.ClassScore;
import org.tidegate.metrics.ConfusionMatrix;
import org.tidegate.task.Evaluation;
import org.tidegate.task.Figures;

/**
 * The evaluation of a classifier on labelled texts.
 *
 * @param classes the counts of each label
 * @param accuracy the share of texts whose most likely label is theirs; where a text may have several, of those with all labels right and
 *     no other (the exact-match ratio)
 * @param loss the mean negative log probability of the true class, nats per text; where a text may have several labels the mean binary
 *     cross entropy, nats per label of a text
 * @param figures all figures
 */
public record ClassifierEvaluation(List<ClassScore> classes, double accuracy, double loss, Figures figures) implements Evaluation {
    /**
     * Takes a copy of the counts.
     *
     * @param classes the counts of each label
     * @param accuracy the share of texts whose most likely label is theirs; where a text may have several, of those with all labels right
     *     and no other (the exact-match ratio)
     * @param loss the mean negative log probability of the true class, nats per text; where a text may have several labels the mean binary
     *     cross entropy, nats per label of a text
     * @param figures all figures
     */
    public ClassifierEvaluation {
        classes = List.copyOf(classes);
    }

    /**
     * {@return the confusion matrix}
     *
     * @throws IllegalStateException if a text may have several labels: which was taken for which is not known then
     */
    public ConfusionMatrix confusion() {
        return figures.confusion().orElseThrow(() -> new IllegalStateException("where a text may have several labels there is no confusion"
                + " matrix; ask for the classes"));
    }
}
