package org.tidegate.metrics;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;

/**
 * Confidence intervals of figures by the percentile bootstrap (Efron 1979): the examples are drawn again, as many and with replacement, a thousand
 * times, and the interval holds the middle 95 % of the figures. A figure is a function of sums over the examples: errors and words, say, for a word
 * error rate. The draws are always the same ones.
 *
 * <p>It tells how far the figure would move with other examples from where these came, not with another training.
 */
public final class Bootstrap {
    private static final int DRAWS = 1000;
    private static final double LEVEL = 0.95;
    private static final int MOST_GROUPS = 2000; // neighbours are drawn together where there are more examples
    private static final long SEED = 1;

    private final List<double[]> examples = new ArrayList<>();

    /** No examples yet. */
    public Bootstrap() {}

    /**
     * A confidence interval of 95 %.
     *
     * @param low its lower end
     * @param high its upper end
     */
    public record Interval(double low, double high) {}

    /**
     * Adds an example.
     *
     * @param statistics what is summed over the examples, for each as many
     */
    public void add(double... statistics) {
        examples.add(statistics.clone());
    }

    /** {@return the interval of a mean: the first statistic ÷ the second one; empty of fewer than two examples} */
    public Optional<Interval> ratio() {
        return interval(sums -> sums[0] / sums[1]);
    }

    /**
     * {@return the interval of a figure; empty of fewer than two examples, or where the figure of most draws is no number}
     *
     * @param figure the figure of sums
     */
    public Optional<Interval> interval(ToDoubleFunction<double[]> figure) {
        double[][] groups = groups();
        if (groups.length < 2) {
            return Optional.empty();
        }
        SplittableRandom random = new SplittableRandom(SEED);
        double[] sums = new double[groups[0].length];
        double[] figures = new double[DRAWS];
        int found = 0;
        for (int draw = 0; draw < DRAWS; draw++) {
            Arrays.fill(sums, 0);
            for (int i = 0; i < groups.length; i++) {
                addTo(sums, groups[random.nextInt(groups.length)]);
            }
            double value = figure.applyAsDouble(sums);
            if (!Double.isNaN(value)) {
                figures[found++] = value;
            }
        }
        if (found <= DRAWS / 2) {
            return Optional.empty();
        }
        Arrays.sort(figures, 0, found);
        int tail = (int) Math.floor((1 - LEVEL) / 2 * found);
        return Optional.of(new Interval(figures[tail], figures[found - 1 - tail]));
    }

    private double[][] groups() {
        int count = Math.min(examples.size(), MOST_GROUPS);
        double[][] groups = new double[count][];
        for (int i = 0; i < examples.size(); i++) {
            int group = (int) ((long) i * count / examples.size());
            if (groups[group] == null) {
                groups[group] = examples.get(i).clone();
            } else {
                addTo(groups[group], examples.get(i));
            }
        }
        return groups;
    }

    private static void addTo(double[] sums, double[] statistics) {
        for (int k = 0; k < sums.length; k++) {
            sums[k] += statistics[k];
        }
    }
}
