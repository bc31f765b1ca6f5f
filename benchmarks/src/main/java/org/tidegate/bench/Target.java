package org.tidegate.bench;

import java.util.Locale;
import java.util.Optional;

/**
 * A ratio that a line is to reach.
 *
 * @param against {@link #BEST}, {@link #BASELINE}, {@link #FLOOR} or a peer's name
 * @param ratio times faster; of the floor the part of it
 */
record Target(String against, double ratio) {
    static final String BEST = "best";
    static final String BASELINE = "ours";
    static final String FLOOR = "floor";
    /** What equal functions differ by from run to run. */
    private static final double NOISE = 0.98;

    /** What was reached; nothing where it was not measured. */
    Optional<Double> reached(Outcome outcome) {
        return switch (against) {
            case BEST -> outcome.best().map(outcome::ratio);
            case BASELINE -> outcome.baseline().map(outcome::ratio);
            case FLOOR -> Optional.of(outcome.partOfFloor()).filter(part -> !part.isNaN());
            default -> outcome.peer(against).map(outcome::ratio);
        };
    }

    /** "best 1.40 reached", "floor 0.90 missed (0.84)"; empty where it was not measured. */
    String verdict(Outcome outcome) {
        return reached(outcome).map(value -> {
            String goal = String.format(Locale.ROOT, "%s %.2f ", against, ratio);
            if (value >= ratio) {
                return goal + "reached";
            }
            return goal + String.format(Locale.ROOT, "%s (%.2f)", value >= ratio * NOISE ? "within noise" : "missed", value);
        }).orElse("");
    }
}
