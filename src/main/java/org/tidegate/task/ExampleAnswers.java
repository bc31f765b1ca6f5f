package org.tidegate.task;

import java.util.List;

/**
 * Inference with a task whose data are separate examples.
 *
 * @param <E> an example
 * @param <R> what the task knows
 */
public abstract class ExampleAnswers<E, R extends ExampleReading<E>> extends Answers<R> {
    /**
     * Creates the answers of a task.
     *
     * @param reading what the task knows besides its network
     * @param workers owned by this object from now on, and closed with it
     */
    protected ExampleAnswers(R reading, Workers workers) {
        super(reading, workers);
    }

    /**
     * {@return the mean loss on examples in {@link Reading#lossUnit}, with the weights in this object's precision}
     *
     * @param examples the examples, at least one
     * @throws IllegalArgumentException if there are no examples, one cannot be measured, or none has a target that counts
     */
    public final double loss(List<E> examples) {
        return with(worker -> ExampleLoss.of(reading(), worker.session(), worker.batch(), examples));
    }

    /**
     * Measures the model on held-out examples.
     *
     * @param examples the examples, at least one
     * @return the evaluation
     * @throws IllegalArgumentException as {@link #loss}; the message names the example
     */
    public abstract Evaluation evaluate(List<E> examples);
}
