package org.tidegate.task;

import java.util.Objects;
import org.tidegate.text.Vocabulary;
import org.tidegate.text.VocabularyBuilder;

/**
 * The settings that the builders of networks over running text share: what a token is, and how many a vocabulary has. Each setter returns
 * the builder.
 *
 * @param <B> the builder itself
 */
public abstract class TextBuilder<B extends TextBuilder<B>> extends WordBuilder<B> {
    private Vocabulary.Unit unit;
    private int maximumSize = Integer.MAX_VALUE;

    /**
     * Creates a builder.
     *
     * @param layers the default recurrent layers
     * @param defaults the default words
     * @param unit the default unit of a token
     */
    protected TextBuilder(Layers layers, Words defaults, Vocabulary.Unit unit) {
        super(layers, defaults);
        this.unit = unit;
    }

    /**
     * Sets the unit of a token, words by default. {@link Vocabulary.Unit#BPE} are parts of words, learned from the training data, so that
     * no word is unknown; those of them that occur once there are spelled by smaller ones, whatever the minimum count.
     *
     * @param value the unit
     * @return this builder
     */
    @SuppressWarnings("unchecked") // B is the class itself, by its declaration
    public final B unit(Vocabulary.Unit value) {
        unit = Objects.requireNonNull(value, "unit");
        return (B) this;
    }

    /**
     * Sets the most tokens of a vocabulary: all by default, and {@link VocabularyBuilder#LEARNED} parts of words.
     *
     * @param tokens the most tokens, special ones included
     * @return this builder
     * @throws IllegalArgumentException if it is not positive
     */
    @SuppressWarnings("unchecked") // B is the class itself, by its declaration
    public final B maximumSize(int tokens) {
        maximumSize = positive("maximum size of a vocabulary", tokens);
        return (B) this;
    }

    /** {@return the unit of a token} */
    protected final Vocabulary.Unit unit() {
        return unit;
    }

    /** {@return what counts the tokens of the training data, by the settings so far} */
    protected final VocabularyBuilder counter() {
        int least = unit == Vocabulary.Unit.BPE ? Math.max(2, words().minimumCount()) : words().minimumCount();
        return Vocabulary.builder(unit).minimumCount(least).maximumSize(maximumSize);
    }
}
