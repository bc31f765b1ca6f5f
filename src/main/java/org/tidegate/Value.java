/* What flows along an edge of the graph. */
package org.tidegate;

import java.util.Optional;

/**
 * A value of the graph: what a node puts out.
 *
 * @param index its number in the model
 * @param name the node's name, or node and port as in {@code h.h_n}
 * @param kind what it carries
 * @param rows how many rows it has
 * @param axis the name of its axis; empty for {@link Rows#ONE}
 * @param columns its width: 1 for ids, the number of classes for one-hot values
 * @param input whether the caller feeds it through a {@link Batch}
 * @param loss whether its node is a loss, where backward starts
 */
public record Value(int index, String name, Kind kind, Rows rows, Optional<String> axis, long columns, boolean input, boolean loss) {

    /** What a value carries. */
    public enum Kind {
        /** Floats, {@code columns} of them a row. */
        REAL,
        /** One integer a row. */
        IDS,
        /** One integer a row that stands for a row of zeros and a single one. */
        ONE_HOT
    }

    /** How many rows a value has. */
    public enum Rows {
        /** The packed rows of its axis, R. */
        PER_STEP,
        /** One for each sequence of its axis, N, in the caller's order. */
        PER_SEQUENCE,
        /** One. */
        ONE
    }
}
