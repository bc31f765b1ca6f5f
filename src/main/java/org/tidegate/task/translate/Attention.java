package org.tidegate.task.translate;

import java.util.Optional;
import org.tidegate.Score;

/** The attention of a translator's decoder over the encoder's outputs. */
public enum Attention {
    /** No attention: the decoder has only the encoder's final states. */
    NONE(null),
    /** After each step, by {@link Score#DOT}; needs a decoder as wide as both directions of the encoder. */
    DOT(Score.DOT),
    /** After each step, by {@link Score#SCALED_DOT}; needs a decoder as wide as both directions of the encoder. */
    SCALED_DOT(Score.SCALED_DOT),
    /** After each step, by {@link Score#GENERAL} (Luong et al. 2015). */
    GENERAL(Score.GENERAL),
    /** After each step, by {@link Score#ADDITIVE}. */
    ADDITIVE(Score.ADDITIVE),
    /** Before each step, whose input is the context: {@link Score#ADDITIVE} inside the recurrence (Bahdanau et al. 2015). */
    BAHDANAU(Score.ADDITIVE);

    private final Score score;

    Attention(Score score) {
        this.score = score;
    }

    /** {@return the score function; empty for {@link #NONE}} */
    public Optional<Score> score() {
        return Optional.ofNullable(score);
    }
}
