package org.tidegate.task;

import java.util.List;

/**
 * Answers of a task whose data are separate examples.
 *
 * @param <E> an example
 * @param <R> what the task knows
 */
public abstract class ExampleAnswers<E, R extends ExampleReading<E>> extends Answers<R> {
    /**
     * Answers of a task.
     *
     * @param workers belong to this object from now on, and are closed with it
     */
    protected ExampleAnswers(R reading, Workers workers) {
        super(reading, workers);
    }

    /**
     * The mean loss on examples in {@link Reading#lossUnit}, with the weights in this object's precision.
     *
     * @throws IllegalArgumentException if there is none, one cannot be measured, or nothing in them counts
     */
    public final double loss(List<E> examples) {
        return with(worker -> ExampleLoss.of(reading(), worker.session(), worker.batch(), examples));
    }

    /**
     * Measures the model on examples that it was not trained on.
     *
     * @throws IllegalArgumentException as {@link #loss}; the message says which example and why
     */
    public abstract Evaluation evaluate(List<E> examples);
}
