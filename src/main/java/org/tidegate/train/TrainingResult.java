package org.tidegate.train;

import java.util.List;

/**
 * How a training ended.
 *
 * @param outcome why it ended
 * @param progress where it stood
 * @param history its points, those before a resume included
 * @param bestLoss the best validation loss, NaN if nothing was validated
 * @param bestStep how many steps had been made then, 0 if nothing was validated
 */
public record TrainingResult(Outcome outcome, Progress progress, List<HistoryPoint> history, double bestLoss, long bestStep) {

    /** Why a training ended. */
    public enum Outcome {
        /** All steps were made. */
        FINISHED,
        /** It was asked to stop; it can be resumed. */
        STOPPED,
        /** The validation loss had stopped falling. */
        EARLY
    }
}
