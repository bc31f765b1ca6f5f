package org.tidegate.cli;

import java.nio.file.Path;
import java.util.List;

/** The arguments of {@code tidegate evaluate}: the data and how to measure. */
final class Evaluations extends ModelUse {
    private final List<Path> data;

    Evaluations(List<Path> data, AnswerOptions options, Screen screen) {
        super(options, screen);
        this.data = List.copyOf(data);
    }

    /** The files to measure on. */
    List<Path> data() {
        return data;
    }
}
