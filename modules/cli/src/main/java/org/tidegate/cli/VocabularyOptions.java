package org.tidegate.cli;

import java.util.Optional;
import org.tidegate.task.TextBuilder;
import org.tidegate.text.Vocabulary;
import org.tidegate.text.VocabularyBuilder;
import picocli.CommandLine.Option;

/** The option of a vocabulary's size. */
final class VocabularyOptions {
    @Option(names = "--vocabulary", paramLabel = "N", description = "The most tokens that it knows; all by default, and "
            + VocabularyBuilder.LEARNED + " with --unit bpe.")
    private Optional<Integer> size = Optional.empty();

    /** Sets the option of a builder, and what a token is. */
    <B extends TextBuilder<B>> B put(B builder, Vocabulary.Unit unit) {
        builder.unit(unit);
        return size.map(builder::maximumSize).orElse(builder);
    }

    /** Sets the option of a builder. */
    VocabularyBuilder put(VocabularyBuilder builder) {
        return size.map(builder::maximumSize).orElse(builder);
    }
}
