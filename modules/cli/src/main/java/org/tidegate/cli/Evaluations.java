package org.tidegate.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The arguments of {@code tidegate evaluate}: the data and how to measure. */
final class Evaluations extends ModelUse {
    private final List<Path> data;
    private final Optional<Path> other;

    Evaluations(List<Path> data, AnswerOptions options, Screen screen, Optional<Path> other) {
        super(options, screen);
        this.data = List.copyOf(data);
        this.other = other;
    }

    /** The model beside which this one is measured, on examples that both can read. */
    Optional<Path> other() {
        return other;
    }

    /** The files to measure on. */
    List<Path> data() {
        return data;
    }
}
