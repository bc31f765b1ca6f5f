/* How parameters are drawn. */
package org.tidegate;

import java.util.Locale;

/** The law by which a node's parameters begin. */
public enum Initializer {
    /** PyTorch's: uniform within 1/sqrt of the size. */
    UNIFORM,
    /** Xavier's (Glorot's) uniform law. */
    XAVIER,
    /** Orthogonal recurrent matrices. */
    ORTHOGONAL,
    /** The standard normal law. */
    NORMAL,
    /** All zero. */
    ZERO;

    /** {@return its name in the spec} */
    public String spec() {
        return name().toLowerCase(Locale.ROOT);
    }
}
