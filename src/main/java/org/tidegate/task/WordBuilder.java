package org.tidegate.task;

import java.util.Objects;

/**
 * The settings that the builders of networks over token embeddings share. Each setter returns the builder.
 *
 * @param <B> the builder itself
 */
public abstract class WordBuilder<B extends WordBuilder<B>> extends RecurrentBuilder<B> {
    private Words words;

    /**
     * The tokens that a network reads. Immutable.
     *
     * @param embedding the columns of a token's embedding, 1 or more
     * @param minimumCount how often a token must occur in the training data to be in the vocabulary, 1 or more; the others are the unknown
     *     token
     */
    public record Words(int embedding, int minimumCount) {
        /**
         * Checks the values.
         *
         * @param embedding the columns of a token's embedding, 1 or more
         * @param minimumCount how often a token must occur in the training data to be in the vocabulary, 1 or more; the others are the
         *     unknown token
         * @throws IllegalArgumentException if one is not positive
         */
        public Words {
            positive("embedding size", embedding);
            positive("minimum count", minimumCount);
        }
    }

    /**
     * Creates a builder.
     *
     * @param layers the default recurrent layers
     * @param defaults the default words
     */
    protected WordBuilder(Layers layers, Words defaults) {
        super(layers);
        words = defaults;
    }

    /**
     * Sets all settings of the words at once.
     *
     * @param value the words
     * @return this builder
     */
    @SuppressWarnings("unchecked") // B is the class itself, by its declaration
    public final B words(Words value) {
        words = Objects.requireNonNull(value, "words");
        return (B) this;
    }

    /**
     * Sets the size of the token embeddings.
     *
     * @param columns the columns of a token's embedding
     * @return this builder
     * @throws IllegalArgumentException if it is not positive
     */
    public final B embedding(int columns) {
        return words(new Words(columns, words.minimumCount()));
    }

    /**
     * Sets how often a token must occur in the training data to be in the vocabulary.
     *
     * @param count the minimum count
     * @return this builder
     * @throws IllegalArgumentException if it is not positive
     */
    public final B minimumCount(int count) {
        return words(new Words(words.embedding(), count));
    }

    /** {@return the settings of the words} */
    protected final Words words() {
        return words;
    }
}
