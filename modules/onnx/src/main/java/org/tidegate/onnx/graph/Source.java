package org.tidegate.onnx.graph;

/**
 * A value of the network that is being built.
 *
 * @param reference its name in a spec: a node, or a port as in {@code h.h_n}
 * @param columns its width
 * @param rows what its rows are: the name of the axis whose steps they are, or {@link #SEQUENCES}
 * @param kind what it carries
 */
record Source(String reference, int columns, String rows, Kind kind) {
    /** A row for each sequence. */
    static final String SEQUENCES = "";

    /** What a value carries. */
    enum Kind {
        /** Reals. */
        REAL,
        /** Ids. */
        IDS,
        /** The lengths of the sequences: no value of the network. */
        LENGTHS,
        /** A state that the session carries: no value of the network. */
        STATE,
        /** The order of a batch: no value of the network. */
        ORDER
    }

    boolean perSequence() {
        return rows.equals(SEQUENCES);
    }
}
