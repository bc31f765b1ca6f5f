package org.tidegate.cli;

import java.util.OptionalInt;
import org.tidegate.decode.BeamSearch;

/** The beam search of the command line. */
final class Searches {
    private Searches() {}

    /** A beam search of the requested size, greedy without one; ranked by the mean log probability of a word. */
    static BeamSearch of(OptionalInt beam, int top) {
        int width = beam.orElse(top);
        if (width < top) {
            throw new IllegalArgumentException("--top " + top + " needs as many beams, not --beam " + width
                    + "; leave --beam out or give more");
        }
        return BeamSearch.of(width).lengthNormalization(1).best(top);
    }
}
