package org.tidegate.task.voice;

/**
 * A span of a recording in which somebody speaks.
 *
 * @param firstSample its first sample, from 0
 * @param endSample the sample behind its last
 * @param rate the sample rate of the recording in Hz
 * @param probability the mean probability of the chunks in which speech was found, without the padding
 */
public record SpeechSpan(long firstSample, long endSample, int rate, double probability) {
    /** {@return where it begins, in seconds} */
    public double start() {
        return (double) firstSample / rate;
    }

    /** {@return where it ends, in seconds} */
    public double end() {
        return (double) endSample / rate;
    }
}
