package org.tidegate.train;

import java.util.List;

/**
 * The result of a training.
 *
 * @param outcome why it ended
 * @param progress its progress at the end
 * @param history its points, those before a resume included
 * @param bestLoss the best validation loss, NaN without validation
 * @param bestStep the number of completed steps at the best validation loss, 0 without validation
 * @param keptStep the number of completed steps of the weights that it left behind, {@link Training#keep}
 */
public record TrainingResult(Outcome outcome, Progress progress, List<HistoryPoint> history, double bestLoss, long bestStep, long keptStep) {

    /** Why a training ended. */
    public enum Outcome {
        /** All steps were completed. */
        FINISHED,
        /** It was asked to stop; it can be resumed. */
        STOPPED,
        /** Early stopping: the patience was exhausted without a better validation loss. */
        EARLY
    }
}
