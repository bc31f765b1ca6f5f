/* What is timed, by its sizes. */
package org.tidegate.bench.work;

import java.util.List;
import org.tidegate.Precision;

/**
 * A network and what is done with it: T steps of B sequences, I columns in and D*H out. D are the directions of recurrent layers and 1
 * of all others.
 */
public interface Work {
    Kind kind();

    /** The kind of layer, by its word in a spec: a cell or an op. */
    String network();

    /** Layers of that kind. */
    int layers();

    /** Directions D. */
    int directions();

    /** The columns I of a row that comes in. */
    int inputSize();

    /** The columns H of a row that comes out, in one direction. */
    int hiddenSize();

    /** The columns D*H of the output. */
    default int outputColumns() {
        return directions() * hiddenSize();
    }

    /** Steps T. */
    int steps();

    /** Sequences B. */
    int batch();

    /** Whether the lengths of the sequences are uniform in 1…T. */
    boolean ragged();

    /** The precision of the weights. */
    Precision precision();

    int threads();

    /** What has to be read and multiplied, one after the other. */
    List<Load> loads();

    /** Whether a peer can do it: asks the peer about a work of this kind. */
    boolean supportedBy(Peer peer);

    /** Its numbers; the same work has the same numbers. */
    Problem problem();

    /** Its sizes in a few words without blanks, for tables and for choosing rows. */
    String label();
}
