package org.tidegate.task;

/**
 * How well images are captioned.
 *
 * @param exact the share of images whose caption is right in every word
 * @param wordErrorRate words to insert, delete or replace ÷ words of the right captions
 * @param images how many images were captioned
 * @param loss nats per word of the right captions and their ends
 */
public record CaptionerEvaluation(double exact, double wordErrorRate, int images, double loss) {}
