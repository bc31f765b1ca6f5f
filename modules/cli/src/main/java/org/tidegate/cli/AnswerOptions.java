package org.tidegate.cli;

import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.tidegate.Precision;
import picocli.CommandLine.Option;

/** The options of commands that use a model. */
final class AnswerOptions {
    /** More hypotheses gain nothing, and these still take seconds only. */
    private static final int MOST_BEAMS = 1000;

    @Option(names = "--beam", paramLabel = "N",
            description = "Search with so many beams, where the task searches; 1: always the likeliest.")
    private Integer beam;

    @Option(names = "--chart", paramLabel = "FILE.png", description = "Draw the answer, where the task has a picture of it.")
    private Path chart;

    @Option(names = "--threshold", paramLabel = "P",
            description = "The probability from which on a text has a label, where it may have several, or a sound is speech (0.5).")
    private Double threshold;

    @Option(names = "--precision", defaultValue = "float32", paramLabel = "P",
            description = "Numbers of the weights: float32, bfloat16 or int8 (${DEFAULT-VALUE}).")
    Precision precision;

    @Option(names = "--threads", paramLabel = "N", description = "Threads of the native core (all processors: ${DEFAULT-VALUE}).")
    int threads = Runtime.getRuntime().availableProcessors();

    OptionalInt beam() {
        return beam == null ? OptionalInt.empty() : OptionalInt.of(beam);
    }

    Optional<Path> chart() {
        return Optional.ofNullable(chart);
    }

    OptionalDouble threshold() {
        return threshold == null ? OptionalDouble.empty() : OptionalDouble.of(threshold);
    }

    /** Checks the values before any work. */
    void check() {
        if (beam != null && (beam < 1 || beam > MOST_BEAMS)) {
            throw new IllegalArgumentException("--beam " + beam + "; expected 1 to " + MOST_BEAMS);
        }
        if (threshold != null && !(threshold >= 0 && threshold <= 1)) {
            throw new IllegalArgumentException("--threshold " + threshold + "; expected a probability, 0 to 1");
        }
        if (chart != null) {
            OutputFile.checkPicture("--chart", chart);
        }
    }

    void refuse(String... names) {
        for (String name : names) {
            if (name.equals("--beam") && beam != null || name.equals("--chart") && chart != null
                    || name.equals("--threshold") && threshold != null) {
                throw useless(name);
            }
        }
    }

    /** The message for an option that the task has no use for. */
    static IllegalArgumentException useless(String name) {
        return new IllegalArgumentException("a model of this task has no use for " + name + "; leave it out");
    }
}
