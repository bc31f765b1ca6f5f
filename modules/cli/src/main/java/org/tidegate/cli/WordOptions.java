package org.tidegate.cli;

import org.tidegate.task.WordBuilder;
import picocli.CommandLine.Option;

/** The options of the words that a network reads; their defaults are those of the task's builder. */
final class WordOptions {
    @Option(names = "--embedding", paramLabel = "N", description = "Columns of the embedding (${DEFAULT-VALUE}).")
    private int embedding;

    @Option(names = "--min-count", paramLabel = "N",
            description = "Know only what occurs at least so often in the training data (${DEFAULT-VALUE}).")
    private int minimumCount;

    /** Options with these defaults. */
    WordOptions(WordBuilder.Words defaults) {
        embedding = defaults.embedding();
        minimumCount = defaults.minimumCount();
    }

    /** Sets the options of a builder. */
    <B extends WordBuilder<B>> B put(B builder) {
        return builder.words(new WordBuilder.Words(embedding, minimumCount));
    }
}
