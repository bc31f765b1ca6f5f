package org.tidegate.task;

import java.util.Objects;

/**
 * A builder of a network that reads words or other tokens by embeddings.
 *
 * @param <B> the builder itself
 */
public abstract class WordBuilder<B extends WordBuilder<B>> extends RecurrentBuilder<B> {
    private Words words;

    /**
     * The tokens that a network reads. Immutable.
     *
     * @param embedding columns of a token's embedding, 1 or more
     * @param minimumCount how often a token must occur in the training data to be known, 1 or more; the others are the unknown token
     */
    public record Words(int embedding, int minimumCount) {
        /**
         * Checks the values.
         *
         * @throws IllegalArgumentException if one is not positive
         */
        public Words {
            positive("embedding size", embedding);
            positive("minimum count", minimumCount);
        }
    }

    /** A builder with these layers and words as its defaults. */
    protected WordBuilder(Layers layers, Words defaults) {
        super(layers);
        words = defaults;
    }

    /** All settings of the words at once. */
    @SuppressWarnings("unchecked") // B is the class itself, by its declaration
    public final B words(Words value) {
        words = Objects.requireNonNull(value, "words");
        return (B) this;
    }

    /** Columns of a token's embedding; not positive is an {@link IllegalArgumentException}. */
    public final B embedding(int columns) {
        return words(new Words(columns, words.minimumCount()));
    }

    /** How often a token must occur in the training data to be known; not positive is an {@link IllegalArgumentException}. */
    public final B minimumCount(int count) {
        return words(new Words(words.embedding(), count));
    }

    /** The settings of the words as they are. */
    protected final Words words() {
        return words;
    }
}
