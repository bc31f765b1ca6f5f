/* The recurrent cells. */
package org.tidegate;

/** A recurrent cell, by its name in the spec. */
public enum Cell {
    /** h = tanh(W_ih x + b_ih + W_hh h + b_hh), the vanilla RNN. */
    RNN("rnn"),
    /** The vanilla RNN with relu. */
    RNN_RELU("rnn_relu"),
    /** The vanilla RNN with the logistic sigmoid. */
    RNN_SIGMOID("rnn_sigmoid"),
    /** Long short-term memory; gates i f g o. */
    LSTM("lstm"),
    /** An LSTM whose hidden state is projected to fewer columns; needs {@link Attribute#projection}. */
    LSTM_PROJECTED("lstm_projected"),
    /** Gated recurrent unit, reset gate after the product, as PyTorch has it; gates r z n. */
    GRU("gru"),
    /** Gated recurrent unit, reset gate before the product, as first published. */
    GRU_RESET_BEFORE("gru_reset_before"),
    /**
     * Minimal gated recurrent unit, h = (1 - z) h + z n, whose gates z n see only x; n without tanh. Feng et al., "Were RNNs All We Needed?"
     * (arXiv 2410.01201).
     */
    MIN_GRU("min_gru"),
    /** Minimal LSTM, h = (f h + i g) / (f + i), whose gates i f g see only x; g without tanh, no cell state. Feng et al., as above. */
    MIN_LSTM("min_lstm");

    private final String spec;

    Cell(String spec) {
        this.spec = spec;
    }

    /** {@return its name in the spec} */
    public String spec() {
        return spec;
    }
}
