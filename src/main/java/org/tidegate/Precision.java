/* The numbers of a frozen model's weights. */
package org.tidegate;

/** In what numbers a {@link FrozenModel} keeps the weights that it multiplies by; sums, states and activations are floats in all of them. */
public enum Precision {
    /** The numbers that were trained. */
    FLOAT32,
    /** Half the memory, which is quicker to read: 8 bits of each weight's fraction are kept. */
    BFLOAT16,
    /**
     * A quarter of the memory: 8-bit integers with a scale for each column of a weight, and one for each row that is multiplied, found as it
     * comes.
     */
    INT8
}
