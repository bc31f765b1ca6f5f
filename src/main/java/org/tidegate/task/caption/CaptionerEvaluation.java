package org.tidegate.task.caption;

import org.tidegate.task.Evaluation;
import org.tidegate.task.Figures;

/**
 * How well images are captioned.
 *
 * @param exact the share of images whose caption is right in every word
 * @param wordErrorRate words to insert, delete or replace ÷ words of the right captions
 * @param loss nats per word of the right captions and their ends
 * @param figures all figures
 */
public record CaptionerEvaluation(double exact, double wordErrorRate, double loss, Figures figures) implements Evaluation {}
