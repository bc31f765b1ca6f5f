package org.tidegate.task;

import java.util.OptionalDouble;
import org.tidegate.Batch;

/** The batches of a training, numbered by step, and its validation. */
public interface TrainingSource extends AutoCloseable {

    /** {@return the number of batches of an epoch, at least 1; the same for every epoch} */
    long stepsPerEpoch();

    /**
     * Overwrites a batch with that of a step, a function of the step's number alone. Called on a thread of its own, step by step.
     *
     * @param step the step, from 0 on
     * @param batch the batch to write
     */
    void fill(long step, Batch batch);

    /**
     * {@return whether the recurrent state is reset before a step} Always by default; a stream carries it from batch to batch.
     *
     * @param step the step, from 0 on
     */
    default boolean forgetsState(long step) {
        return true;
    }

    /** {@return the mean number of characters of text that a target stands for; NaN, the default, where targets are no text} */
    default double charactersPerTarget() {
        return Double.NaN;
    }

    /**
     * {@return by which part of their loss later parameters must be better than a fitted start; 0, the default, where the first ones are
     * random}
     * See {@link org.tidegate.train.TrainingTask#startMargin}.
     */
    default double startMargin() {
        return 0;
    }

    /** See {@link org.tidegate.train.TrainingTask#refitStart}. */
    default void refitStart() {}

    /** {@return the loss on held-out data; empty if there are none} Called on the training's thread. */
    OptionalDouble validate();

    /** {@return the task's figure ({@link Reading#figure}) of the last {@link #validate}; empty, the default, where it has none} */
    default OptionalDouble figure() {
        return OptionalDouble.empty();
    }

    /** Frees the memory of validation. */
    @Override
    void close();
}
