package org.tidegate.task;

import java.util.Objects;

/**
 * A sentence and its translation.
 *
 * @param source the sentence that is given
 * @param target what it shall become
 */
public record SentencePair(String source, String target) {

    /** Checks that both are there. */
    public SentencePair {
        Objects.requireNonNull(source, "source");
        Objects.requireNonNull(target, "target");
    }
}
