package org.tidegate.bench;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** A line of the comparison with what was found: ours first, then our baseline where there is one, then the peers. */
record Outcome(Row row, List<Entry> entries, double floorSeconds) {

    /** Ourselves. */
    Entry ours() {
        return entries.get(0);
    }

    /** Ourselves at the baseline's work. */
    Optional<Entry> baseline() {
        return row.baseline() == null ? Optional.empty() : Optional.of(entries.get(1));
    }

    /** The peers, timed or not. */
    List<Entry> peers() {
        return entries.subList(row.baseline() == null ? 1 : 2, entries.size());
    }

    /** The peer of that name, if it was timed. */
    Optional<Entry> peer(String name) {
        return peers().stream().filter(entry -> entry.isTimed() && entry.name().equals(name)).findFirst();
    }

    /** The fastest peer. */
    Optional<Entry> best() {
        return peers().stream().filter(Entry::isTimed).min(Comparator.comparingDouble(entry -> entry.times().median()));
    }

    /** How many times faster we are than that entry, by the medians. */
    double ratio(Entry other) {
        return other.times().median() / ours().times().median();
    }

    /** The floor's part of our time; NaN where no floor was measured. */
    double partOfFloor() {
        return floorSeconds / ours().times().median();
    }
}
