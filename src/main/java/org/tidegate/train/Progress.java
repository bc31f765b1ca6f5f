package org.tidegate.train;

import java.time.Duration;

/**
 * Where a training stands after a step.
 *
 * @param step how many steps were made, those before a resume included
 * @param steps how many there are in all
 * @param epoch how many passes over the data were made
 * @param epochs how many there are in all
 * @param loss the mean loss of the last steps (about 50), per target; NaN before the first step
 * @param learningRate the rate of this step
 * @param gradientNorm the global norm of this step's gradients before clipping
 * @param targetsPerSecond targets trained on per second since the start or the resume
 * @param charactersPerTarget characters that a target stands for: 1 for characters, the mean length with its space for words;
 *     NaN where targets are no text
 * @param elapsed time spent in this run and those that it resumes
 * @param remaining estimated time to the end
 */
public record Progress(long step, long steps, double epoch, double epochs, double loss, double learningRate, double gradientNorm,
        double targetsPerSecond, double charactersPerTarget, Duration elapsed, Duration remaining) {

    /** Whether the targets are text, so that figures by the character mean something. */
    public boolean isText() {
        return !Double.isNaN(charactersPerTarget);
    }

    /** The loss in bits per character of the text. */
    public double bitsPerCharacter() {
        return loss / Math.log(2) / charactersPerTarget;
    }

    /** Characters of the text trained on per second. */
    public double charactersPerSecond() {
        return targetsPerSecond * charactersPerTarget;
    }
}
