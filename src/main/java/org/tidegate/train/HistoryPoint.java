package org.tidegate.train;

/**
 * A point of a training's history.
 *
 * @param step the number of completed steps
 * @param epoch the number of completed epochs, with its fraction
 * @param trainLoss the mean training loss since the last point, per target
 * @param validationLoss the validation loss per target; NaN if there is none
 * @param learningRate the learning rate of the last step
 * @param seconds the training time so far
 */
public record HistoryPoint(long step, double epoch, double trainLoss, double validationLoss, double learningRate, double seconds) {
    /** The length of {@link #row}. */
    static final int COLUMNS = 6;

    /** The point of a row. */
    static HistoryPoint of(double... row) {
        return new HistoryPoint((long) row[0], row[1], row[2], row[3], row[4], row[5]);
    }

    /** Its numbers in their order. */
    double[] row() {
        return new double[] {step, epoch, trainLoss, validationLoss, learningRate, seconds};
    }
}
