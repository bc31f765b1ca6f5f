package org.tidegate.train;

import java.io.IOException;
import java.nio.file.Path;
import java.util.OptionalDouble;
import org.tidegate.Batch;

/** The task that a {@link Trainer} trains: its batches, its validation, its files. Called on the training's thread only. */
public interface TrainingTask {

    /** {@return the number of batches of an epoch, at least 1; the same for every epoch} */
    long stepsPerEpoch();

    /**
     * {@return the batch of a step} Steps are requested in order. The batch may be overwritten by the next request.
     *
     * @param step from 0 on, over all epochs
     */
    Batch batch(long step);

    /**
     * {@return whether the recurrent state is reset before a step}
     *
     * @param step from 0 on, over all epochs
     */
    boolean forgetsState(long step);

    /** {@return the mean number of characters of a target; NaN, the default, where targets are no text} */
    default double charactersPerTarget() {
        return Double.NaN;
    }

    /**
     * {@return by which part of their validation loss later parameters must be better than those before the first step, to be kept instead}
     * 0, the default, where the first ones are random and of no use; they are then not validated. What few held-out targets find a little
     * better than a fitted start is so by chance.
     */
    default double startMargin() {
        return 0;
    }

    /**
     * Puts those parameters into the model that are to be kept if no later ones are better than the first: of a fitted start the same,
     * fitted to the held-out data, too. Called after the first ones were validated; training goes on from those. Changes nothing by
     * default.
     */
    default void refitStart() {}

    /** {@return the validation loss per target; empty without validation data} */
    OptionalDouble validate();

    /**
     * {@return the figure of the last {@link #validate}, such as an accuracy; empty, the default, where the task has none}
     */
    default OptionalDouble figure() {
        return OptionalDouble.empty();
    }

    /**
     * Saves the run, so that it can be resumed.
     *
     * @param file the file to write
     * @param state of the run
     * @throws IOException if the file cannot be written
     */
    void save(Path file, TrainingState state) throws IOException;

    /**
     * Saves the run as {@link #save(Path, TrainingState)}, with the weights of the best validation as those of the model and the ones that it
     * has now only to resume. By default as if the best were not known.
     *
     * @param file the file to write
     * @param state of the run
     * @param best the weights of the best validation
     * @throws IOException if the file cannot be written
     */
    default void save(Path file, TrainingState state, Weights best) throws IOException {
        save(file, state);
    }

    /** The last validation was the best so far. Called before the model is saved or trained further. */
    default void best() {}

    /**
     * Saves the model alone, called when its validation loss is the best so far.
     *
     * @param file the file to write
     * @param state of the run
     * @throws IOException if the file cannot be written
     */
    void saveModel(Path file, TrainingState state) throws IOException;

    /**
     * Checks that a file can be saved, before the first step.
     *
     * @param file the file
     * @throws IOException if the file cannot be written
     */
    void checkWritable(Path file) throws IOException;
}
