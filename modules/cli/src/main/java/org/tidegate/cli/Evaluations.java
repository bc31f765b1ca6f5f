package org.tidegate.cli;

import java.nio.file.Path;
import java.util.List;

/** What {@code tidegate evaluate} was asked: on which data, and how. */
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
