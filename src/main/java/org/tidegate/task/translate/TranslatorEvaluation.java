package org.tidegate.task.translate;

import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.tidegate.metrics.Bleu;
import org.tidegate.task.Evaluation;
import org.tidegate.task.Figures;

/**
 * The evaluation of a translator on sentence pairs.
 *
 * @param bleu corpus BLEU-4 over words and punctuation marks in lower case; unknown words never match
 * @param loss the mean loss, nats per word of the reference translations and their end tokens
 * @param figures all figures
 */
public record TranslatorEvaluation(Bleu bleu, double loss, Figures figures) implements Evaluation {
    static TranslatorEvaluation of(Bleu bleu, double loss, Figures.Builder figures) {
        return new TranslatorEvaluation(bleu, loss, figures
                .put("bleu", bleu.score(), String.format(Locale.ROOT, "%.2f", bleu.score())).interval("bleu", bleu.interval())
                .put("brevity_penalty", bleu.brevityPenalty()).put("length_ratio", bleu.lengthRatio())
                .table("ngrams", List.of("n", "precision"), IntStream.rangeClosed(1, Bleu.ORDER)
                        .mapToObj(n -> List.<Object>of(n, bleu.precision(n))).toList())
                .build());
    }
}
