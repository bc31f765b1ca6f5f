package org.tidegate.onnx.graph;

/** A part of a dimension: so many columns, or a row axis. A dimension is the product of its factors; without any it is 1. */
sealed interface Factor {
    /** Columns. */
    record Columns(int size) implements Factor {}

    /** Rows. */
    record Rows(RowAxis axis) implements Factor {}
}
