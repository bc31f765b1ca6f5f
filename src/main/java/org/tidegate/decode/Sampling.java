package org.tidegate.decode;

/**
 * How the next token is chosen: the most likely one, or a draw from the distribution after temperature, top-k and top-p. Immutable.
 *
 * <p>The order is: logits ÷ temperature → keep the k largest → keep the smallest set of the most likely tokens whose probability
 * reaches p → renormalise → draw. The same seed gives the same choices.
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

    /** Always the most likely token; of equals the one with the smallest id. */
    public static Sampling greedy() {
        return new Sampling(0, 0, 1, 0);
    }

    /**
     * Draws at a temperature: 1 is the model's own distribution, below 1 is more careful, above 1 more daring, 0 is {@link #greedy}.
     *
     * @throws IllegalArgumentException if the temperature is negative or not finite
     */
    public static Sampling temperature(double temperature) {
        if (!(temperature >= 0) || Double.isInfinite(temperature)) {
            throw new IllegalArgumentException("the temperature is " + temperature + "; expected 0 (greedy) or a positive number");
        }
        return new Sampling(temperature, 0, 1, 0);
    }

    /**
     * Draws from the k most likely tokens only; of equals those with the smallest ids. 0 keeps all, the default.
     *
     * @throws IllegalArgumentException if k is negative
     */
    public Sampling topK(int k) {
        if (k < 0) {
            throw new IllegalArgumentException("top-k is " + k + "; expected 1 or more, or 0 for all tokens");
        }
        return new Sampling(temperature, k, topP, seed);
    }

    /**
     * Draws from the smallest set of the most likely tokens whose probabilities sum to at least p (nucleus sampling, Holtzman et al.
     * 2019). 1 keeps all, the default.
     *
     * @throws IllegalArgumentException if p is not in (0, 1]
     */
    public Sampling topP(double p) {
        if (!(p > 0 && p <= 1)) {
            throw new IllegalArgumentException("top-p is " + p + "; expected more than 0 and at most 1");
        }
        return new Sampling(temperature, topK, p, seed);
    }

    /** The seed of the draws, 0 by default. */
    public Sampling seed(long value) {
        return new Sampling(temperature, topK, topP, value);
    }

    /** The temperature; 0 is greedy. */
    public double temperature() {
        return temperature;
    }

    /** How many of the most likely tokens are kept, 0 for all. */
    public int topK() {
        return topK;
    }

    /** The probability that the kept tokens must reach, 1 for all. */
    public double topP() {
        return topP;
    }

    /** The seed of the draws. */
    public long seed() {
        return seed;
    }

    /**
     * A sampler that makes these choices for a vocabulary of that size.
     *
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
