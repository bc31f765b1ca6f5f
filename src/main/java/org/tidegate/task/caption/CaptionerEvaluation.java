package org.tidegate.task.caption;

import org.tidegate.task.Evaluation;
import org.tidegate.task.Figures;

/**
 * The evaluation of a captioner on captioned images.
 *
 * @param exact the share of images whose caption is exactly right
 * @param wordErrorRate insertions, deletions and substitutions ÷ words of the references; may be above 1
 * @param loss the mean loss, nats per word of the references and their end tokens
 * @param figures all figures
 */
public record CaptionerEvaluation(double exact, double wordErrorRate, double loss, Figures figures) implements Evaluation {}
