/* The norms that gradients are clipped by. */
package org.tidegate;

/** The norm of all gradients together: what {@link Update#clipNorm} limits, and what {@link Metrics#gradientNorm} reports. */
public enum GradientNorm {
    /** The Euclidean norm, the root of the sum of the squares. */
    L2,
    /** The sum of the magnitudes. */
    L1,
    /** The greatest magnitude. */
    MAX
}
