package org.tidegate.onnx.export;

import org.tidegate.Value;

/**
 * A value of the network in the graph.
 *
 * @param tensor the name of the tensor that carries it
 * @param value what it is; of one-hot values the tensor has the ids
 */
record Flow(String tensor, Value value) {
    /** Whether it has a row for each step. */
    boolean perStep() {
        return value.rows() == Value.Rows.PER_STEP;
    }

    /** The dimensions of its rows: batch and time, or batch. */
    int rowDims() {
        return perStep() ? 2 : 1;
    }

    int columns() {
        return Math.toIntExact(value.columns());
    }
}
