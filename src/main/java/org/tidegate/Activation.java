/* The activations. */
package org.tidegate;

import java.util.Locale;

/** An elementwise function of the activation node. */
public enum Activation {
    /** The hyperbolic tangent. */
    TANH,
    /** max(0, x). */
    RELU,
    /** 1 / (1 + exp(-x)). */
    SIGMOID;

    /** {@return its name in the spec} */
    public String spec() {
        return name().toLowerCase(Locale.ROOT);
    }
}
