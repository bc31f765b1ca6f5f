package org.tidegate.audio;

import java.util.Objects;

/**
 * A sound and what is said in it.
 *
 * @param name what it is called in messages: its file, and where that is named
 * @param text what is said; "" if nothing is
 * @param speaker who says it; recordings of "" count as one speaker's
 */
public record Recording(String name, Audio audio, String text, String speaker) {
    /** None of the parts may be null. */
    public Recording {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(audio, "audio");
        Objects.requireNonNull(text, "text");
        Objects.requireNonNull(speaker, "speaker");
    }

    /** The same with the sound at another rate. */
    public Recording at(int rate) {
        return rate == audio.rate() ? this : new Recording(name, audio.at(rate), text, speaker);
    }
}
