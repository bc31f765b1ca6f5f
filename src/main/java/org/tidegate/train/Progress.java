package org.tidegate.train;

import java.time.Duration;

/**
 * The progress of a training after a step.
 *
 * @param step the number of completed steps, those before a resume included
 * @param steps the number of steps in total
 * @param epoch the number of completed epochs, with its fraction
 * @param epochs the number of epochs in total
 * @param loss the exponential running average of the training loss per target, with a time constant of 50 steps; NaN before the first step
 * @param learningRate the learning rate of this step
 * @param gradientNorm the global norm of this step's gradients before clipping
 * @param targetsPerSecond the throughput since the start or the resume, in targets per second
 * @param charactersPerTarget the mean number of characters of a target: 1 for characters, the length with its space for words; NaN where
 *     targets are no text
 * @param elapsed the training time of this run and those that it resumes
 * @param remaining the estimated time to the end
 */
public record Progress(long step, long steps, double epoch, double epochs, double loss, double learningRate, double gradientNorm,
        double targetsPerSecond, double charactersPerTarget, Duration elapsed, Duration remaining) {

    /** {@return whether the targets are text, so that the figures per character are defined} */
    public boolean isText() {
        return !Double.isNaN(charactersPerTarget);
    }

    /** {@return the loss in bits per character} */
    public double bitsPerCharacter() {
        return loss / Math.log(2) / charactersPerTarget;
    }

    /** {@return the throughput in characters per second} */
    public double charactersPerSecond() {
        return targetsPerSecond * charactersPerTarget;
    }
}
