package org.tidegate.task.lm;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.tidegate.metrics.Bootstrap;
import org.tidegate.task.Evaluation;
import org.tidegate.task.Figures;
import org.tidegate.task.Fingerprint;
import org.tidegate.text.Vocabulary;

/**
 * The evaluation of a language model on a text, read as one stream from its first token to its last.
 *
 * @param targets the number of predicted tokens: all but the first
 * @param unknown the number of them that are not in the vocabulary and were predicted as {@code <unk>}
 * @param characters the number of characters (code points) of the text that they stand for
 * @param loss the mean loss, nats per token
 * @param perplexity e to the loss
 * @param bitsPerCharacter the loss of the whole text in bits, divided by its characters
 * @param figures all figures
 */
public record LanguageModelEvaluation(long targets, long unknown, long characters, double loss, double perplexity,
        double bitsPerCharacter, Figures figures) implements Evaluation {
    /**
     * {@return the evaluation of a text whose tokens but the first were predicted at a mean loss, by a model of any kind}
     *
     * @param reading the vocabulary
     * @param text the text
     * @param ids its tokens, two or more
     * @param loss nats per token
     * @param figures those of every task; the others are added
     */
    public static LanguageModelEvaluation of(LanguageModelReading reading, String text, int[] ids, double loss, Figures.Builder figures) {
        return of(reading, text, ids, loss, new Bootstrap(), figures);
    }

    /** As the public one; parts has the nats and the tokens of parts of the text, for the interval. */
    static LanguageModelEvaluation of(LanguageModelReading reading, String text, int[] ids, double loss, Bootstrap parts, Figures.Builder figures) {
        long targets = ids.length - 1;
        long unknown = IntStream.of(ids).skip(1).filter(id -> id == reading.vocabulary().unknownId()).count();
        double unknownShare = (double) unknown / targets;
        String first = unknown == 0 ? "" : firstUnknown(reading.vocabulary(), text);
        long characters = charactersAfterFirst(reading.vocabulary(), text, ids[0]);
        double perplexity = Math.exp(loss);
        double bitsPerCharacter = loss / Math.log(2) * targets / characters;
        figures.put("perplexity", perplexity, String.format(Locale.ROOT, "%.3f", perplexity))
                .interval("perplexity", parts.interval(sums -> Math.exp(sums[0] / sums[1])))
                .put("bits_per_character", bitsPerCharacter)
                .put("unit", reading.target())
                .put("characters", characters)
                .put("unknown", unknown)
                .put("unknown_share", unknownShare, String.format(Locale.ROOT, "%.1f %%", 100 * unknownShare))
                .put("unknown_targets", unknown, "");
        if (unknown > 0) {
            figures.put("first_unknown", first);
        }
        if (reading.vocabulary().unit() == Vocabulary.Unit.BPE) {
            figures.measure("vocabulary", Fingerprint.of(reading.vocabulary().size(), "tokens",
                    Stream.of(reading.vocabulary().toJson().toString().getBytes(StandardCharsets.UTF_8))));
        } else {
            figures.measure("unknown " + reading.target() + "s", unknown);
        }
        return new LanguageModelEvaluation(targets, unknown, characters, loss, perplexity, bitsPerCharacter, figures.build());
    }

    private static String firstUnknown(Vocabulary vocabulary, String text) {
        List<String> found = new ArrayList<>();
        int[] tokens = {0};
        vocabulary.unit().split(text, (start, end) -> {
            String token = text.substring(start, end);
            if (tokens[0]++ > 0 && found.isEmpty() && vocabulary.id(token) < vocabulary.specials()) {
                found.add(token);
            }
        });
        return String.join("", found);
    }

    private static long charactersAfterFirst(Vocabulary vocabulary, String text, int first) {
        if (vocabulary.unit() == Vocabulary.Unit.BPE) {
            long whole = vocabulary.settled(first) == 0 ? 0 : vocabulary.decode(first).codePoints().count();
            return text.codePoints().count() - whole;
        }
        int[] firstEnd = {-1};
        vocabulary.unit().split(text, (start, end) -> firstEnd[0] = firstEnd[0] < 0 ? end : firstEnd[0]);
        return text.codePointCount(firstEnd[0], text.length());
    }
}
