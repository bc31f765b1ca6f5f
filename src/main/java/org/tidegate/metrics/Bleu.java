package org.tidegate.metrics;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * BLEU-4 of a whole corpus with one reference for each sentence (Papineni et al. 2002), 0 to 100: the geometric mean of the clipped
 * n-gram precisions, n = 1 … 4 with uniform weights, × the brevity penalty {@code min(1, exp(1 − r ÷ c))}. No smoothing: where no
 * n-gram of some n matches, it is 0.
 */
public final class Bleu {
    /** The longest n-grams that are counted. */
    public static final int ORDER = 4;

    private static final int TOTAL = ORDER; // behind the matched n-grams those of the candidates, both by their order, then the lengths
    private static final int CANDIDATE = 2 * ORDER;
    private static final int REFERENCE = CANDIDATE + 1;
    private static final int COUNTS = REFERENCE + 1;

    private final double[] sums = new double[COUNTS]; // whole numbers
    private final Bootstrap sentences = new Bootstrap();

    /** A score of no sentences. */
    public Bleu() {}

    /**
     * Adds a sentence. Tokens match where they are equal.
     *
     * @param candidate the tokens produced
     * @param reference the tokens expected
     */
    public void add(List<String> candidate, List<String> reference) {
        double[] counts = new double[COUNTS];
        counts[CANDIDATE] = candidate.size();
        counts[REFERENCE] = reference.size();
        for (int n = 1; n <= ORDER; n++) {
            Map<List<String>, Integer> expected = count(reference, n);
            for (Map.Entry<List<String>, Integer> gram : count(candidate, n).entrySet()) {
                counts[n - 1] += Math.min(gram.getValue(), expected.getOrDefault(gram.getKey(), 0));
                counts[TOTAL + n - 1] += gram.getValue();
            }
        }
        for (int k = 0; k < COUNTS; k++) {
            sums[k] += counts[k];
        }
        sentences.add(counts);
    }

    /** {@return the confidence interval of the score, over sentences drawn again (Koehn 2004); empty of fewer than two} */
    public Optional<Bootstrap.Interval> interval() {
        return sentences.interval(Bleu::score);
    }

    private static double score(double[] counts) {
        double logs = 0;
        for (int n = 0; n < ORDER; n++) {
            if (counts[n] == 0) {
                return 0;
            }
            logs += Math.log(counts[n] / counts[TOTAL + n]);
        }
        return 100 * brevityPenalty(counts[CANDIDATE], counts[REFERENCE]) * Math.exp(logs / ORDER);
    }

    private static double brevityPenalty(double candidate, double reference) {
        return candidate >= reference ? 1 : candidate == 0 ? 0 : Math.exp(1 - reference / candidate);
    }

    /** {@return the score of all sentences so far, 0 to 100; 0 before the first} */
    public double score() {
        return score(sums);
    }

    /**
     * {@return the clipped precision of n-grams: the share of the candidates' n-grams that are in their references, each counted at most as
     * often as there; 0 where there are none}
     *
     * @param n the order of the n-grams
     * @throws IllegalArgumentException if n is not 1 to {@link #ORDER}
     */
    public double precision(int n) {
        if (n < 1 || n > ORDER) {
            throw new IllegalArgumentException("the order of an n-gram is " + n + "; expected 1 to " + ORDER);
        }
        return sums[TOTAL + n - 1] == 0 ? 0 : sums[n - 1] / sums[TOTAL + n - 1];
    }

    /** {@return the brevity penalty, a factor of the score: below 1 where the candidates are shorter than the references} */
    public double brevityPenalty() {
        return brevityPenalty(sums[CANDIDATE], sums[REFERENCE]);
    }

    /** {@return the number of tokens of the candidates ÷ that of the references; 0 before the first} */
    public double lengthRatio() {
        return sums[REFERENCE] == 0 ? 0 : sums[CANDIDATE] / sums[REFERENCE];
    }

    /** The score with its precisions and the brevity penalty. */
    @Override
    public String toString() {
        return String.format(Locale.ROOT,
                "BLEU %.2f (1-grams %.1f %%, 2-grams %.1f %%, 3-grams %.1f %%, 4-grams %.1f %%, brevity penalty %.3f)",
                score(), 100 * precision(1), 100 * precision(2), 100 * precision(3), 100 * precision(4), brevityPenalty());
    }

    private static Map<List<String>, Integer> count(List<String> tokens, int n) {
        Map<List<String>, Integer> counts = new HashMap<>();
        for (int i = 0; i + n <= tokens.size(); i++) {
            counts.merge(tokens.subList(i, i + n), 1, Integer::sum);
        }
        return counts;
    }
}
