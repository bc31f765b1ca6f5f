package org.tidegate.decode;

/**
 * The settings of decoding by sampling: the most likely token, or a draw from the softmax after temperature, top-k and top-p. Immutable.
 *
 * <p>The order is: logits ÷ temperature → keep the k largest → keep the smallest set of the most likely tokens whose probability
 * reaches p → renormalise → draw. The same seed gives the same tokens.
 */
public final class Sampling {
    private final double temperature;
    private final int topK;
    private final double topP;
    private final long seed;

    private Sampling(double temperature, int topK, double topP, long seed) {
        this.temperature = temperature;
        this.topK = topK;
        this.topP = topP;
        this.seed = seed;
    }

    /** {@return greedy decoding, always the most likely token} Ties go to the smallest id. */
    public static Sampling greedy() {
        return new Sampling(0, 0, 1, 0);
    }

    /**
     * {@return sampling at a temperature} 1 is the model's own distribution, below 1 sharpens it, above 1 flattens it, 0 is
     * {@link #greedy}.
     *
     * @param temperature 0 or more
     * @throws IllegalArgumentException if the temperature is negative or not finite
     */
    public static Sampling temperature(double temperature) {
        if (!(temperature >= 0) || Double.isInfinite(temperature)) {
            throw new IllegalArgumentException("the temperature is " + temperature + "; expected 0 (greedy) or a positive number");
        }
        return new Sampling(temperature, 0, 1, 0);
    }

    /**
     * Restricts the draw to the k most likely tokens (top-k sampling); ties go to the smallest ids.
     *
     * @param k how many tokens are kept; 0, the default, for all
     * @return a changed copy
     * @throws IllegalArgumentException if k is negative
     */
    public Sampling topK(int k) {
        if (k < 0) {
            throw new IllegalArgumentException("top-k is " + k + "; expected 1 or more, or 0 for all tokens");
        }
        return new Sampling(temperature, k, topP, seed);
    }

    /**
     * Restricts the draw to the smallest set of the most likely tokens whose probabilities sum to at least p (nucleus sampling, Holtzman et
     * al. 2019).
     *
     * @param p in (0, 1]; 1, the default, for all tokens
     * @return a changed copy
     * @throws IllegalArgumentException if p is not in (0, 1]
     */
    public Sampling topP(double p) {
        if (!(p > 0 && p <= 1)) {
            throw new IllegalArgumentException("top-p is " + p + "; expected more than 0 and at most 1");
        }
        return new Sampling(temperature, topK, p, seed);
    }

    /**
     * Sets the seed of the draws, 0 by default.
     *
     * @param value the seed
     * @return a changed copy
     */
    public Sampling seed(long value) {
        return new Sampling(temperature, topK, topP, value);
    }

    /** {@return the temperature; 0 is greedy} */
    public double temperature() {
        return temperature;
    }

    /** {@return the k of top-k sampling, 0 for all tokens} */
    public int topK() {
        return topK;
    }

    /** {@return the p of nucleus sampling, 1 for all tokens} */
    public double topP() {
        return topP;
    }

    /** {@return the seed of the draws} */
    public long seed() {
        return seed;
    }

    /**
     * {@return a sampler with these settings}
     *
     * @param vocabularySize the number of tokens
     * @param banned ids that are never chosen, {@code <unk>} for example
     * @throws IllegalArgumentException if nothing is left to choose from, or a banned id is outside the vocabulary
     */
    public Sampler sampler(int vocabularySize, int... banned) {
        return new Sampler(this, vocabularySize, banned);
    }

    @Override
    public String toString() {
        return temperature == 0 ? "greedy"
                : "temperature=" + temperature + (topK > 0 ? " top_k=" + topK : "") + (topP < 1 ? " top_p=" + topP : "") + " seed=" + seed;
    }
}
