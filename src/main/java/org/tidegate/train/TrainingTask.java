package org.tidegate.train;

import java.io.IOException;
import java.nio.file.Path;
import java.util.OptionalDouble;
import org.tidegate.Batch;

/** What a {@link Trainer} asks of the task that it trains. Called on the training's thread only. */
public interface TrainingTask {

    /** How many batches an epoch has, at least 1; the same for every epoch. */
    long stepsPerEpoch();

    /** The batch of a step. Steps are asked for one by one, in order. The batch is used up when the next one is asked for. */
    Batch batch(long step);

    /** Whether the recurrent state is forgotten before this step. */
    boolean forgetsState(long step);

    /** Characters of text that a target stands for; NaN, the default, where targets are no text. */
    default double charactersPerTarget() {
        return Double.NaN;
    }

    /** The loss on the validation data; empty if there are none. */
    OptionalDouble validate();

    /** Saves the run, so that it can be resumed from there. */
    void save(Path file, TrainingState state) throws IOException;

    /** Saves the model alone. */
    void saveModel(Path file, TrainingState state) throws IOException;

    /** Finds out whether a file can be saved there, before any work is done. */
    void checkWritable(Path file) throws IOException;
}
