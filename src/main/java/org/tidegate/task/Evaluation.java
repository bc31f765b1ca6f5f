package org.tidegate.task;

/**
 * How well a language model predicts a text that is read as one stream from its first token to its last.
 *
 * @param targets how many tokens were predicted: all but the first
 * @param unknown how many of them are not in the vocabulary and were predicted as {@code <unk>}
 * @param characters how many characters (code points) of the text they stand for
 * @param loss the mean loss, nats per token
 */
public record Evaluation(long targets, long unknown, long characters, double loss) {

    /** e to the loss. */
    public double perplexity() {
        return Math.exp(loss);
    }

    /** The loss of the whole text in bits, by its characters. */
    public double bitsPerCharacter() {
        return loss / Math.log(2) * targets / characters;
    }
}
