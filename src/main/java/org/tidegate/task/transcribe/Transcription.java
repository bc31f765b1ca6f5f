package org.tidegate.task.transcribe;

import java.util.List;

/**
 * The transcription of a recording.
 *
 * @param text the text
 * @param logProbability the log probability in nats, as of {@link org.tidegate.decode.CtcDecoder}
 * @param seconds the time of each letter from the beginning of the recording; empty after a beam search, whose text sums over many paths
 */
public record Transcription(String text, double logProbability, List<Double> seconds) {
    /**
     * Takes a copy of the times.
     *
     * @param text the text
     * @param logProbability the log probability in nats, as of {@link org.tidegate.decode.CtcDecoder}
     * @param seconds the time of each letter from the beginning of the recording; empty after a beam search, whose text sums over many
     *     paths
     */
    public Transcription {
        seconds = List.copyOf(seconds);
    }
}
