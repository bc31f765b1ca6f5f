package org.tidegate.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.tidegate.Precision;

/** What {@code tidegate evaluate} was asked: on which data, and how. */
final class Evaluations {
    private final List<Path> data;
    private final AnswerOptions options;
    private final Screen screen;

    Evaluations(List<Path> data, AnswerOptions options, Screen screen) {
        this.data = List.copyOf(data);
        this.options = options;
        this.screen = screen;
    }

    /** The files to measure on. */
    List<Path> data() {
        return data;
    }

    /** The beams of a search, if --beam was given. */
    OptionalInt beam() {
        return options.beam();
    }

    /** Where a picture goes, if --chart was given. */
    Optional<Path> chart() {
        return options.chart();
    }

    /** Numbers of the weights. */
    Precision precision() {
        return options.precision;
    }

    /** Threads of the native core. */
    int threads() {
        return options.threads;
    }

    /** Where the figures for people go. */
    Screen screen() {
        return screen;
    }

    /** As {@link Predictions#refuse}. */
    void refuse(String... names) {
        options.refuse(names);
    }
}
