package org.tidegate.task.voice;

/**
 * What a {@link VoiceStream} tells: that speech begins or ends. It comes later than the moment it tells of: once the speech has lasted as
 * long as the shortest speech, or the silence as long as the shortest silence, of the stream's {@link SpeechRules}.
 *
 * @param kind which of the two
 * @param sample the first sample of the speech, or the one behind its last, counted from the beginning of the stream at its rate
 * @param seconds the same in seconds
 * @param probability the mean probability of the chunks in which speech was found: so far, or of all
 */
public record VoiceEvent(Kind kind, long sample, double seconds, double probability) {
    /** What happens. */
    public enum Kind {
        /** Somebody begins to speak. */
        SPEECH_START,
        /** Nobody speaks any longer. */
        SPEECH_END
    }
}
