package org.tidegate.task;

/** The result of measuring a model on held-out data. */
public interface Evaluation {
    /**
     * {@return all figures, in the order for people} {@code task}, {@code examples}, {@code loss}, {@code loss_unit} and {@code precision}
     * are among those of every task.
     */
    Figures figures();
}
