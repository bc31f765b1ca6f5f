package org.tidegate.cli;

import java.util.OptionalInt;
import org.tidegate.decode.BeamSearch;

/** How sequences of words are searched for on the command line. */
final class Searches {
    private Searches() {}

    /** A search with the beams that were asked for, greedy without; ranked by the mean log probability of a word. */
    static BeamSearch of(OptionalInt beam, int top) {
        int width = beam.orElse(top);
        if (width < top) {
            throw new IllegalArgumentException("--top " + top + " needs as many beams, not --beam " + width
                    + "; leave --beam out or give more");
        }
        return BeamSearch.of(width).lengthNormalization(1).best(top);
    }
}
