/* What a reader of figures has to know about them. */
package org.tidegate.bench.serve;

import java.util.ArrayList;
import java.util.List;

/** Figures that are none, and figures that were taken though the load was not steady. */
final class Findings {
    private final List<String> faults = new ArrayList<>();
    private final List<String> unsteady = new ArrayList<>();

    /** Something that went wrong: the benchmark as a whole fails. */
    void fault(String what) {
        faults.add(what);
    }

    /** A figure that was taken before two windows agreed. */
    void unsteady(String name) {
        unsteady.add(name);
    }

    /** What went wrong so far. */
    List<String> faults() {
        return List.copyOf(faults);
    }

    /** The names of what was not steady since this was called before. */
    List<String> takeUnsteady() {
        List<String> names = List.copyOf(unsteady);
        unsteady.clear();
        return names;
    }
}
