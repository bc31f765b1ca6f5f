package org.tidegate.audio;

import java.util.Objects;

/**
 * A recording of speech and its transcript.
 *
 * @param name for messages: its file, and the line of the list that names it
 * @param audio the signal
 * @param text the transcript; "" if nothing is spoken
 * @param speaker the speaker's name; recordings of "" count as one speaker's
 */
public record Recording(String name, Audio audio, String text, String speaker) {
    /**
     * A recording.
     *
     * @param name for messages
     * @param audio the signal
     * @param text the transcript
     * @param speaker the speaker's name
     * @throws NullPointerException if an argument is null
     */
    public Recording {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(audio, "audio");
        Objects.requireNonNull(text, "text");
        Objects.requireNonNull(speaker, "speaker");
    }

    /**
     * {@return the recording at another sample rate}
     *
     * @param rate the sample rate in Hz
     */
    public Recording at(int rate) {
        return rate == audio.rate() ? this : new Recording(name, audio.at(rate), text, speaker);
    }
}
