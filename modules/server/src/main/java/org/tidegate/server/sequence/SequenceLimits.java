/* How many sequences, and for how long. */
package org.tidegate.server.sequence;

import java.time.Duration;

/**
 * The limits of a model's sequences.
 *
 * @param most that may be open at once
 * @param idle how long one is kept of which no step comes
 */
public record SequenceLimits(int most, Duration idle) {
    /** 10,000 of them, each kept for a minute. */
    public static final SequenceLimits DEFAULT = new SequenceLimits(10_000, Duration.ofMinutes(1));
}
