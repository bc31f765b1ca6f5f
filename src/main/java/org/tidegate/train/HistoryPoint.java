package org.tidegate.train;

import java.util.Arrays;

/**
 * A point of a training's history.
 *
 * @param step the number of completed steps
 * @param epoch the number of completed epochs, with its fraction
 * @param trainLoss the mean training loss since the last point, per target
 * @param validationLoss the validation loss per target; NaN if there is none
 * @param learningRate the learning rate of the last step
 * @param seconds the training time so far
 * @param figure the task's figure on the held-out data, an accuracy for instance; NaN if there is none
 */
public record HistoryPoint(long step, double epoch, double trainLoss, double validationLoss, double learningRate, double seconds,
        double figure) {
    /** The length of {@link #row} without a figure; with one it is longer by 1. */
    static final int COLUMNS = 6;

    /**
     * A point without a figure.
     *
     * @param step the number of completed steps
     * @param epoch the number of completed epochs, with its fraction
     * @param trainLoss the mean training loss since the last point, per target
     * @param validationLoss the validation loss per target; NaN if there is none
     * @param learningRate the learning rate of the last step
     * @param seconds the training time so far
     */
    public HistoryPoint(long step, double epoch, double trainLoss, double validationLoss, double learningRate, double seconds) {
        this(step, epoch, trainLoss, validationLoss, learningRate, seconds, Double.NaN);
    }

    /** The point of a row. */
    static HistoryPoint of(double... row) {
        return new HistoryPoint((long) row[0], row[1], row[2], row[3], row[4], row[5],
                row.length > COLUMNS ? row[COLUMNS] : Double.NaN);
    }

    /** Its numbers in their order. */
    double[] row() {
        double[] row = {step, epoch, trainLoss, validationLoss, learningRate, seconds, figure};
        return Double.isNaN(figure) ? Arrays.copyOf(row, COLUMNS) : row;
    }
}
