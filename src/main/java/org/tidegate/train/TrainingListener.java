package org.tidegate.train;

import java.nio.file.Path;

/** Watches a training. Called on the training's own thread, between two steps; an exception thrown here ends the training. */
public interface TrainingListener {

    /** The training starts, or goes on after a resume ({@code progress.step() > 0}). */
    default void started(Progress progress) {}

    /** A step was made. */
    default void stepped(Progress progress) {}

    /** A point of the history was reached: the loss since the last one, and the validation's. */
    default void measured(HistoryPoint point) {}

    /** The run, or the best model so far, was saved to this file. */
    default void saved(Path file) {}

    /** The training ended. */
    default void ended(TrainingResult result) {}
}
