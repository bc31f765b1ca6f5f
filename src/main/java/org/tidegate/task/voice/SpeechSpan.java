package org.tidegate.task.voice;

/**
 * A span of a recording in which somebody speaks.
 *
 * @param first its first sample
 * @param last the sample behind its last
 * @param rate the sample rate of the recording in Hz
 * @param probability the mean probability of the chunks in which speech was found, without the padding
 */
public record SpeechSpan(long first, long last, int rate, double probability) {
    /** {@return where it begins, in seconds} */
    public double start() {
        return (double) first / rate;
    }

    /** {@return where it ends, in seconds} */
    public double end() {
        return (double) last / rate;
    }
}
