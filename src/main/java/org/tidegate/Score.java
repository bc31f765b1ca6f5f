/* How well a query fits a key. */
package org.tidegate;

import java.util.Locale;

/** What an attention's softmax is over: how a query q of Q columns fits a key k of H columns. */
public enum Score {
    /** q . k; needs Q = H (Luong, Pham and Manning, EMNLP 2015). */
    DOT,
    /** q . k / sqrt(H); needs Q = H. */
    SCALED_DOT,
    /** q . (W k), with a learned weight W {@code [Q, H]}. */
    GENERAL,
    /** v . tanh(W_q q + W_k k), with learned weights (Bahdanau, Cho and Bengio, ICLR 2015). */
    ADDITIVE;

    /** {@return its name in the spec} */
    public String spec() {
        return name().toLowerCase(Locale.ROOT);
    }
}
