package org.tidegate.task;

import org.tidegate.metrics.Bleu;

/**
 * How well a model translates.
 *
 * @param bleu corpus BLEU-4 over lower-cased words and punctuation marks; what the model does not know never matches
 * @param sentences how many were translated
 * @param loss nats per word of the reference translations and their ends
 */
public record TranslatorEvaluation(Bleu bleu, int sentences, double loss) {}
