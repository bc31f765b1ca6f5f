/* The numbers of a frozen model's weights. */
package org.tidegate;

/**
 * In what numbers a {@link FrozenModel} keeps its weights: the matrices that rows are multiplied by, in every layer, and the tables whose
 * rows are looked up, embeddings and the weights of one-hot inputs. An embedding that an output layer is tied to is kept once for both.
 * Vectors (biases, gains, peepholes) and the transitions of a conditional random field stay floats, as sums, states and activations do.
 */
public enum Precision {
    /** The numbers that were trained. */
    FLOAT32,
    /** Half the memory, which is quicker to read: 8 bits of each weight's fraction are kept. */
    BFLOAT16,
    /**
     * A quarter of the memory: 8-bit integers with a scale for each column of a weight and each row of a table, and one for each row that
     * is multiplied, found as it comes.
     */
    INT8
}
