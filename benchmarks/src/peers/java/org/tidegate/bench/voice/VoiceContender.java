package org.tidegate.bench.voice;

import org.tidegate.bench.work.Contender;

/** A detector that hears some chunks in a call: {@link #output()} are the probabilities of the last call. */
abstract class VoiceContender implements Contender {
    private final String form;
    private final int chunks;

    VoiceContender(String form, int chunks) {
        this.form = form;
        this.chunks = chunks;
    }

    /** Whose form of use this is. */
    final String form() {
        return form;
    }

    /** Chunks of a call. */
    final int chunks() {
        return chunks;
    }
}
