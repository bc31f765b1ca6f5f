package org.tidegate.task.voice;

import org.tidegate.json.JsonObject;

/**
 * How the probabilities of chunks become spans of speech. Speech begins with a chunk that reaches the threshold. It ends where a silence
 * begins: with a chunk below the lower threshold, if {@code shortestSilence} goes by before another one reaches the threshold. There are
 * two thresholds, so that a probability between them changes nothing. Speech that is shorter than {@code shortestSpeech} is left out. The
 * others are lengthened by {@code padding} at both ends, as far as they do not meet and what was heard when they ended allows.
 *
 * <p>Immutable. Durations count whole chunks, and are never rounded down.
 *
 * @param threshold the probability with which speech begins, above 0 and up to 1
 * @param endThreshold the probability below which it ends, from 0 to {@code threshold}
 * @param shortestSpeech in milliseconds, 0 for none
 * @param shortestSilence in milliseconds, 0 for none
 * @param padding in milliseconds
 */
public record SpeechRules(double threshold, double endThreshold, int shortestSpeech, int shortestSilence, int padding) {
    /** Threshold 0.5, below 0.35 it ends; at least 250 ms of speech and 100 ms of silence, 30 ms of padding. */
    public static final SpeechRules USUAL = new SpeechRules(0.5, 0.35, 250, 100, 30);

    /** Of a duration, in milliseconds: a minute, far above what makes sense. */
    private static final int MOST = 60_000;
    private static final int MILLIS = 1000;

    /**
     * Checks the numbers.
     *
     * @param threshold the probability with which speech begins, above 0 and up to 1
     * @param endThreshold the probability below which it ends, from 0 to {@code threshold}
     * @param shortestSpeech in milliseconds, 0 for none
     * @param shortestSilence in milliseconds, 0 for none
     * @param padding in milliseconds
     * @throws IllegalArgumentException if one is out of range
     */
    public SpeechRules {
        if (!(threshold > 0 && threshold <= 1)) {
            throw new IllegalArgumentException("the threshold of speech is " + threshold + "; expected a probability above 0 and up to 1");
        }
        if (!(endThreshold >= 0 && endThreshold <= threshold)) {
            throw new IllegalArgumentException("speech ends below the probability " + endThreshold + "; expected 0 to the threshold "
                    + threshold);
        }
        check("the shortest speech", shortestSpeech);
        check("the shortest silence", shortestSilence);
        check("the padding", padding);
    }

    private static void check(String what, int millis) {
        if (millis < 0 || millis > MOST) {
            throw new IllegalArgumentException(what + " lasts " + millis + " ms; expected 0 to " + MOST);
        }
    }

    static SpeechRules of(JsonObject json) {
        json.only("threshold", "end_threshold", "shortest_speech_ms", "shortest_silence_ms", "padding_ms");
        return new SpeechRules(json.number("threshold"), json.number("end_threshold"), json.integer("shortest_speech_ms"),
                json.integer("shortest_silence_ms"), json.integer("padding_ms"));
    }

    JsonObject toJson() {
        return JsonObject.builder().put("threshold", threshold).put("end_threshold", endThreshold).put("shortest_speech_ms", shortestSpeech)
                .put("shortest_silence_ms", shortestSilence).put("padding_ms", padding).build();
    }

    /**
     * {@return rules with another threshold; the probability below which speech ends keeps its distance, but is not below 0}
     *
     * @param other above 0 and up to 1
     */
    public SpeechRules threshold(double other) {
        return new SpeechRules(other, Math.max(0, other - (threshold - endThreshold)), shortestSpeech, shortestSilence, padding);
    }

    /**
     * {@return rules with another probability below which speech ends}
     *
     * @param other from 0 to the threshold
     */
    public SpeechRules endThreshold(double other) {
        return new SpeechRules(threshold, other, shortestSpeech, shortestSilence, padding);
    }

    /**
     * {@return rules that leave out other short speech} With 0 a stream tells of speech as soon as it begins.
     *
     * @param millis in milliseconds
     */
    public SpeechRules shortestSpeech(int millis) {
        return new SpeechRules(threshold, endThreshold, millis, shortestSilence, padding);
    }

    /**
     * {@return rules that bridge other short silences}
     *
     * @param millis in milliseconds
     */
    public SpeechRules shortestSilence(int millis) {
        return new SpeechRules(threshold, endThreshold, shortestSpeech, millis, padding);
    }

    /**
     * {@return rules with another padding}
     *
     * @param millis in milliseconds
     */
    public SpeechRules padding(int millis) {
        return new SpeechRules(threshold, endThreshold, shortestSpeech, shortestSilence, millis);
    }

    /** A duration in samples, rounded up. */
    static long samples(int millis, int rate) {
        return ((long) millis * rate + MILLIS - 1) / MILLIS;
    }
}
