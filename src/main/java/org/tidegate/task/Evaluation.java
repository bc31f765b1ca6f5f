package org.tidegate.task;

/** How good a model is. */
public interface Evaluation {
    /** All figures, in the order in which people read them; {@code task}, {@code examples}, {@code loss}, {@code loss_unit} and
     * {@code precision} are among those of every task. */
    Figures figures();
}
