package org.tidegate.metrics;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;

/**
 * Confidence intervals of figures by the percentile bootstrap (Efron 1979): the examples are drawn again, as many and with replacement, a
 * thousand times, and the interval holds the middle 95 % of the figures. A figure is a function of sums over the examples: errors and words,
 * say, for a word error rate. The draws are always the same ones.
 *
 * <p>Examples that follow one another in time, and are alike for it, are drawn in blocks of neighbours that may overlap ({@link #blocks},
 * the moving blocks of Künsch 1989).
 *
 * <p>It tells how far the figure would move with other examples from where these came, not with another training.
 */
public final class Bootstrap {
    private static final int DRAWS = 1000;
    private static final double LEVEL = 0.95;
    private static final int MOST_GROUPS = 2000; // neighbours are drawn together where there are more examples
    private static final int LEAST_BLOCKS = 4; // of fewer the ends would say more than they know
    private static final long SEED = 1;

    private final List<double[]> examples = new ArrayList<>();
    private final int block; // examples that are drawn together; 0: each by itself

    /** No examples yet. */
    public Bootstrap() {
        this(0);
    }

    private Bootstrap(int block) {
        this.block = block;
    }

    /**
     * {@return no examples yet, of a kind whose neighbours are alike} Of fewer than four blocks there is no interval.
     *
     * @param length how many neighbours are drawn together, 1 or more
     * @throws IllegalArgumentException if it is not positive
     */
    public static Bootstrap blocks(int length) {
        if (length < 1) {
            throw new IllegalArgumentException("the length of a block is " + length + "; expected 1 or more");
        }
        return new Bootstrap(length);
    }

    /** A confidence interval of 95 %. Immutable. */
    public static final class Interval {
        private final double low;
        private final double high;
        private final double[] figures; // of the draws, in their order
        private final int examples;
        private final int block;

        private Interval(double[] sorted, double[] figures, int examples, int block) {
            int tail = (int) Math.floor((1 - LEVEL) / 2 * sorted.length);
            low = sorted[tail];
            high = sorted[sorted.length - 1 - tail];
            this.figures = figures;
            this.examples = examples;
            this.block = block;
        }

        /** Empty where the figure of most draws is no number. */
        private static Optional<Interval> of(double[] figures, int examples, int block) {
            double[] sorted = Arrays.stream(figures).filter(figure -> !Double.isNaN(figure)).sorted().toArray();
            return sorted.length <= DRAWS / 2 ? Optional.empty() : Optional.of(new Interval(sorted, figures, examples, block));
        }

        /** {@return its lower end} */
        public double low() {
            return low;
        }

        /** {@return its upper end} */
        public double high() {
            return high;
        }

        /**
         * {@return the interval of this figure minus another one of the same examples, each draw of both being the same examples: what is
         * hard or easy for both does not count} Empty where the difference of most draws is no number.
         *
         * @param other the interval of the other figure
         * @throws IllegalArgumentException if it is of another number of examples, or these are drawn in other blocks
         */
        public Optional<Interval> minus(Interval other) {
            if (examples != other.examples || block != other.block) {
                throw new IllegalArgumentException("the figures are not of the same examples: " + examples + parts() + " and "
                        + other.examples + other.parts());
            }
            double[] differences = new double[DRAWS];
            Arrays.setAll(differences, draw -> figures[draw] - other.figures[draw]);
            return of(differences, examples, block);
        }

        private String parts() {
            return block == 0 ? "" : " in blocks of " + block;
        }

        /** Whether both have the same ends. */
        @Override
        public boolean equals(Object other) {
            return other instanceof Interval that && low == that.low && high == that.high;
        }

        @Override
        public int hashCode() {
            return Double.hashCode(low) + Double.hashCode(high);
        }

        /** Both ends. */
        @Override
        public String toString() {
            return low + " to " + high;
        }
    }

    /**
     * Adds an example.
     *
     * @param statistics what is summed over the examples, for each as many
     */
    public void add(double... statistics) {
        examples.add(statistics.clone());
    }

    /** {@return the interval of a mean: the first statistic ÷ the second one; empty of fewer than two examples, or four blocks} */
    public Optional<Interval> ratio() {
        return interval(sums -> sums[0] / sums[1]);
    }

    /**
     * {@return the interval of a figure; empty of fewer than two examples or four blocks, or where the figure of most draws is no number}
     *
     * @param figure the figure of sums
     */
    public Optional<Interval> interval(ToDoubleFunction<double[]> figure) {
        Drawer drawer = block > 0 ? inBlocks() : oneByOne();
        if (drawer == null) {
            return Optional.empty();
        }
        SplittableRandom random = new SplittableRandom(SEED);
        double[] sums = new double[examples.get(0).length];
        double[] figures = new double[DRAWS];
        for (int draw = 0; draw < DRAWS; draw++) {
            Arrays.fill(sums, 0);
            drawer.draw(random, sums);
            figures[draw] = figure.applyAsDouble(sums);
        }
        return Interval.of(figures, examples.size(), block);
    }

    /** Adds the statistics of as many examples as there are, drawn again, to sums. */
    @FunctionalInterface
    private interface Drawer {
        void draw(SplittableRandom random, double[] sums);
    }

    /** Null of fewer than two examples. */
    private Drawer oneByOne() {
        double[][] groups = groups();
        return groups.length < 2 ? null : (random, sums) -> {
            for (int i = 0; i < groups.length; i++) {
                addTo(sums, groups[random.nextInt(groups.length)]);
            }
        };
    }

    /** Null of too few blocks. The last block of a draw is cut, so that each draw has as many examples as there are. */
    private Drawer inBlocks() {
        int count = examples.size();
        if (count < (long) LEAST_BLOCKS * block) {
            return null;
        }
        return (random, sums) -> {
            for (int drawn = 0; drawn < count; drawn += block) {
                int length = Math.min(block, count - drawn);
                int first = random.nextInt(count - length + 1);
                for (int i = first; i < first + length; i++) {
                    addTo(sums, examples.get(i));
                }
            }
        };
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
