package org.tidegate.task;

import java.util.Locale;

/** How a decoder looks back at the words that the encoder read. */
public enum Attention {
    /** Not at all: all it knows of the sentence is the encoder's last state. */
    NONE,
    /** After each step, scores q·k (Luong et al. 2015); the decoder is as wide as the encoder's both directions then. */
    DOT,
    /** After each step, scores q·k ÷ √H. */
    SCALED_DOT,
    /** After each step, scores q·W k with a learned W (Luong et al. 2015). */
    GENERAL,
    /** After each step, scores v·tanh(W q + U k). */
    ADDITIVE,
    /** Before each step, which reads what was found: additive scores inside the recurrence (Bahdanau et al. 2015). */
    BAHDANAU;

    /** Its name as the graph's score. */
    String score() {
        return this == BAHDANAU ? ADDITIVE.score() : name().toLowerCase(Locale.ROOT);
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
