package org.tidegate.task.transcribe;

import java.util.List;

/**
 * What was heard in a recording.
 *
 * @param logProbability in nats, as {@link org.tidegate.decode.CtcDecoder} has it
 * @param seconds when each letter of the text was heard, from the beginning of the recording; empty where a search over many paths
 *     found the text, for it has no single time
 */
public record Transcription(String text, double logProbability, List<Double> seconds) {
    /** The times are copied. */
    public Transcription {
        seconds = List.copyOf(seconds);
    }
}
