package org.tidegate.train;

import java.nio.file.Path;

/** A listener of a training's events. Called on the training's thread, between two steps; an exception thrown here ends the training. */
public interface TrainingListener {

    /**
     * The training starts, or is resumed ({@code progress.step() > 0}).
     *
     * @param progress the progress before the first step
     */
    default void started(Progress progress) {}

    /**
     * A step was completed.
     *
     * @param progress the progress after the step
     */
    default void stepped(Progress progress) {}

    /**
     * A point was added to the history, after validation.
     *
     * @param point the point
     */
    default void measured(HistoryPoint point) {}

    /**
     * The run, or the best model so far, was saved.
     *
     * @param file the file
     */
    default void saved(Path file) {}

    /**
     * The training ended.
     *
     * @param result the result
     */
    default void ended(TrainingResult result) {}
}
