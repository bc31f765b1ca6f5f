package org.tidegate.task;

import java.util.List;
import java.util.Optional;

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
     * {@return the mean loss on examples in {@link Reading#lossUnit}, with the weights in this object's precision} By default it is that of the network.
     * Those whose right answer has no loss ({@link ExampleReading#hasLoss}) are left out.
     *
     * @param examples the examples, at least one
     * @throws IllegalArgumentException if there are no examples, one cannot be read, or none has a target that counts
     */
    public double loss(List<E> examples) {
        return with(worker -> {
            checkKnown(examples);
            return new ExampleLoss<>(reading(), examples).of(worker.session(), worker.batch(), Optional.empty());
        });
    }

    /**
     * {@return the mean loss of examples as {@link #loss(List)}, as a score tells it}
     *
     * @param examples the examples, at least one
     * @param score of no examples yet
     * @throws IllegalArgumentException as {@link #loss(List)}
     */
    protected final double loss(List<E> examples, ExampleReading.Score<E> score) {
        return with(worker -> {
            checkKnown(examples);
            return score.loss(new ExampleLoss<>(reading(), examples).of(worker.session(), worker.batch(), Optional.of(score)));
        });
    }

    /**
     * Checks that the model can give a part of the right answers at least: a label, a tag, a letter, a word.
     *
     * @param examples the examples
     * @throws IllegalArgumentException if it can give none of them; the message names the first
     */
    protected final void checkKnown(List<E> examples) {
        ExampleLoss.checkKnown(reading(), examples);
    }

    /**
     * {@return a builder that holds the figures of every task} With {@code unknown_targets}, how many labels, tags, letters or words of the
     * right answers the model cannot give, and {@code first_unknown} where there is one; they count as wrong.
     *
     * @param examples the examples
     * @param loss the mean loss
     */
    protected final Figures.Builder figures(List<E> examples, double loss) {
        Unknown unknown = Unknown.in(reading(), examples);
        Figures.Builder figures = figures(examples.size(), loss).put("unknown_targets", unknown.count(), unknown.count() == 0 ? ""
                : unknown.description() + ": not in training, counted as wrong");
        return unknown.count() == 0 ? figures : figures.put("first_unknown", unknown.first(), "");
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
