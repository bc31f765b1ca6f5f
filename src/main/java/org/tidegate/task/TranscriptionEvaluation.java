package org.tidegate.task;

import org.tidegate.metrics.EditDistance;

/**
 * How much of what was said a {@link Transcriber} heard.
 *
 * @param recordings how many
 * @param exact how many texts are right to the letter
 * @param letters of the right texts, spaces counted
 * @param letterErrors the fewest insertions, deletions and substitutions that mend all letters
 * @param words of the right texts
 * @param wordErrors the same for words
 * @param unknown letters of the right texts that the model does not know, and so has wrong
 * @param seconds how long the recordings last
 */
public record TranscriptionEvaluation(int recordings, int exact, long letters, long letterErrors, long words, long wordErrors,
        long unknown, double seconds) {
    static final TranscriptionEvaluation NONE = new TranscriptionEvaluation(0, 0, 0, 0, 0, 0, 0, 0);

    /** The part of the texts that are right to the letter. */
    public double exactRate() {
        return (double) exact / recordings;
    }

    /** Letter errors by letters; may be above 1. */
    public double letterErrorRate() {
        return (double) letterErrors / letters;
    }

    /** Word errors by words; may be above 1. */
    public double wordErrorRate() {
        return (double) wordErrors / words;
    }

    TranscriptionEvaluation with(String right, String heard, long unknownLetters, double length) {
        return new TranscriptionEvaluation(recordings + 1, exact + (right.equals(heard) ? 1 : 0),
                letters + right.codePoints().count(), letterErrors + EditDistance.ofLetters(heard, right),
                words + EditDistance.words(right).size(), wordErrors + EditDistance.ofWords(heard, right),
                unknown + unknownLetters, seconds + length);
    }
}
