package org.tidegate.train;

/**
 * A point of a training's history.
 *
 * @param step how many steps were made
 * @param epoch how many passes over the data were made
 * @param trainLoss mean training loss since the last point, per target
 * @param validationLoss loss on the validation data per target; NaN if there is none
 * @param learningRate the rate of the last step
 * @param seconds time spent training so far
 */
public record HistoryPoint(long step, double epoch, double trainLoss, double validationLoss, double learningRate, double seconds) {}
