package org.tidegate.task.translate;

import java.util.Optional;
import org.tidegate.Score;

/** How a decoder looks back at the words that the encoder read. */
public enum Attention {
    /** Not at all: all it knows of the sentence is the encoder's last state. */
    NONE(null),
    /** After each step, by {@link Score#DOT}; the decoder is as wide as the encoder's both directions then. */
    DOT(Score.DOT),
    /** After each step, by {@link Score#SCALED_DOT}; the decoder is as wide as the encoder's both directions then. */
    SCALED_DOT(Score.SCALED_DOT),
    /** After each step, by {@link Score#GENERAL} (Luong et al. 2015). */
    GENERAL(Score.GENERAL),
    /** After each step, by {@link Score#ADDITIVE}. */
    ADDITIVE(Score.ADDITIVE),
    /** Before each step, which reads what was found: {@link Score#ADDITIVE} inside the recurrence (Bahdanau et al. 2015). */
    BAHDANAU(Score.ADDITIVE);

    private final Score score;

    Attention(Score score) {
        this.score = score;
    }

    /** How a state of the decoder is held against the words; empty for {@link #NONE}. */
    public Optional<Score> score() {
        return Optional.ofNullable(score);
    }
}
