package org.tidegate.task;

import java.util.OptionalDouble;
import org.tidegate.Batch;

/** Where a training's batches come from, numbered, and how it is validated. */
public interface TrainingSource extends AutoCloseable {

    /** How many batches an epoch has, at least 1; the same for every epoch. */
    long stepsPerEpoch();

    /** Overwrites a batch with that of a step: a function of the step's number alone. Called on a thread of its own, step by step. */
    void fill(long step, Batch batch);

    /** Whether the recurrent state is forgotten before a step; always, unless a stream goes on from batch to batch. */
    default boolean forgetsState(long step) {
        return true;
    }

    /** How many characters of text a target stands for; NaN, the default, where targets are no text. */
    default double charactersPerTarget() {
        return Double.NaN;
    }

    /** The loss on held-out data; empty if there are none. Called on the training's thread. */
    OptionalDouble validate();

    /** Frees what validation holds. */
    @Override
    void close();
}
