package org.tidegate.cli;

import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.tidegate.Precision;

/** The arguments that predicting and evaluating share. */
abstract class ModelUse {
    private final AnswerOptions options;
    private final Screen screen;

    ModelUse(AnswerOptions options, Screen screen) {
        this.options = options;
        this.screen = screen;
    }

    /** The beam size, if --beam was given. */
    final OptionalInt beam() {
        return options.beam();
    }

    /** The probability from which on a text has a label, if --threshold was given. */
    final OptionalDouble threshold() {
        return options.threshold();
    }

    /** The file of the picture, if --chart was given. */
    final Optional<Path> chart() {
        return options.chart();
    }

    /** The precision of the weights. */
    final Precision precision() {
        return options.precision;
    }

    /** Threads of the native core. */
    final int threads() {
        return options.threads;
    }

    /** Where output for people goes. */
    final Screen screen() {
        return screen;
    }

    /**
     * Fails if the user gave one of these options, for which the task has no use.
     *
     * @throws IllegalArgumentException naming the option
     */
    void refuse(String... names) {
        options.refuse(names);
    }
}
