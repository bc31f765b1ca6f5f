package org.tidegate.task.classify;

import java.util.Set;
import org.tidegate.metrics.ClassScore;

/** The accuracy, or where a text may have several labels the micro F1. A label that training did not have is answered wrong. */
final class LabelFigure {
    private final boolean multiLabel;
    private long count;
    private long given;
    private long correct;

    LabelFigure(boolean multiLabel) {
        this.multiLabel = multiLabel;
    }

    /** Counts an answer to a text: the ids of its labels that the model has, and of those that were given. */
    void add(LabelledText text, Set<Integer> truth, Set<Integer> answer) {
        count += text.labels().size();
        given += answer.size();
        correct += answer.stream().filter(truth::contains).count();
    }

    /** The figure of all answers so far; 0 if there are none. */
    double value() {
        return multiLabel ? new ClassScore("all", count, given, correct).f1() : count == 0 ? 0 : (double) correct / count;
    }
}
