package org.tidegate.task;

import java.util.stream.IntStream;
import org.tidegate.text.Vocabulary;

/**
 * How well a language model predicts a text that is read as one stream from its first token to its last.
 *
 * @param targets how many tokens were predicted: all but the first
 * @param unknown how many of them are not in the vocabulary and were predicted as {@code <unk>}
 * @param characters how many characters (code points) of the text they stand for
 * @param loss the mean loss, nats per token
 */
public record LanguageModelEvaluation(long targets, long unknown, long characters, double loss) {

    /** That of a text whose tokens but the first were predicted at a mean loss. */
    static LanguageModelEvaluation of(Vocabulary vocabulary, String text, int[] ids, double loss) {
        long unknown = IntStream.of(ids).skip(1).filter(id -> id == vocabulary.unknownId()).count();
        return new LanguageModelEvaluation(ids.length - 1, unknown, charactersAfterFirst(vocabulary, text), loss);
    }

    /** e to the loss. */
    public double perplexity() {
        return Math.exp(loss);
    }

    /** The loss of the whole text in bits, by its characters. */
    public double bitsPerCharacter() {
        return loss / Math.log(2) * targets / characters;
    }

    /** The share of the predicted tokens that are unknown. */
    public double unknownShare() {
        return (double) unknown / targets;
    }

    private static long charactersAfterFirst(Vocabulary vocabulary, String text) {
        int[] firstEnd = {-1};
        vocabulary.unit().split(text, (start, end) -> firstEnd[0] = firstEnd[0] < 0 ? end : firstEnd[0]);
        return text.codePointCount(firstEnd[0], text.length());
    }
}
