package org.tidegate.metrics;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Temperature scaling (Guo et al. 2017, arXiv 1706.04599): the one number by which the logits of a classifier are divided so that its
 * probabilities are as sure as they are right. The order of the classes stays. It is the one with the least negative log likelihood on data
 * that were not learned from, among {@link #LEAST} to {@link #MOST}; as n examples never prove that the next one is right, the right class
 * counts (n + 1) ÷ (n + K) of K and each other one 1 ÷ (n + K) (Platt 1999).
 */
public final class Temperature {
    /** The least temperature. */
    public static final double LEAST = 0.05;
    /** The greatest temperature. */
    public static final double MOST = 20;

    private static final int STEPS = 60;
    private static final double CLOSE = 1e-6; // relative

    private Temperature() {}

    /**
     * {@return the temperature of a classifier that gives an example one class, by a softmax; 1 if no example is known}
     *
     * @param logits {@code [K]} for each example
     * @param truths the number of each example's class; an example of another class than those has no part
     */
    public static double ofClasses(List<float[]> logits, int[] truths) {
        int examples = (int) IntStream.range(0, truths.length).filter(i -> isKnown(logits.get(i), truths[i])).count();
        return least(examples, inverse -> {
            double slope = 0;
            double curve = 0;
            for (int i = 0; i < truths.length; i++) {
                float[] row = logits.get(i);
                if (isKnown(row, truths[i])) {
                    double other = 1.0 / (examples + row.length);
                    double[] moments = moments(row, inverse);
                    slope += moments[0] - (1 - other * row.length) * row[truths[i]] - other * sum(row);
                    curve += moments[1];
                }
            }
            return new double[] {slope, curve};
        });
    }

    /**
     * {@return the temperature of a classifier that gives an example any number of labels, each by a sigmoid; 1 if there are no examples}
     *
     * @param logits {@code [K]} for each example
     * @param truths the numbers of each example's labels
     */
    public static double ofLabels(List<float[]> logits, List<Set<Integer>> truths) {
        double other = 1.0 / (logits.size() + 2);
        return least(logits.size(), inverse -> {
            double slope = 0;
            double curve = 0;
            for (int i = 0; i < logits.size(); i++) {
                float[] row = logits.get(i);
                for (int k = 0; k < row.length; k++) {
                    double probability = 1 / (1 + Math.exp(-inverse * row[k]));
                    slope += (probability - (truths.get(i).contains(k) ? 1 - other : other)) * row[k];
                    curve += probability * (1 - probability) * row[k] * row[k];
                }
            }
            return new double[] {slope, curve};
        });
    }

    /** The first and second derivative of the loss by the inverse of the temperature, in which it is convex. */
    @FunctionalInterface
    private interface Derivatives {
        double[] at(double inverse);
    }

    /** Newton's steps, and halves of the range where one would leave it. */
    private static double least(int examples, Derivatives loss) {
        if (examples == 0) {
            return 1;
        }
        double low = 1 / MOST;
        double high = 1 / LEAST;
        double inverse = 1;
        for (int step = 0; step < STEPS; step++) {
            double[] here = loss.at(inverse);
            if (here[0] == 0) {
                break; // also where all logits are the same: every temperature is as good
            } else if (here[0] > 0) {
                high = inverse;
            } else {
                low = inverse;
            }
            double next = inverse - here[0] / here[1];
            next = next > low && next < high ? next : (low + high) / 2; // also where it is no number
            if (Math.abs(next - inverse) <= CLOSE * inverse) {
                inverse = next;
                break;
            }
            inverse = next;
        }
        return 1 / inverse;
    }

    /** The mean and the variance of a row's logits under its probabilities at an inverse temperature. */
    private static double[] moments(float[] row, double inverse) {
        double greatest = Double.NEGATIVE_INFINITY;
        for (float logit : row) {
            greatest = Math.max(greatest, logit);
        }
        double total = 0;
        double first = 0;
        double second = 0;
        for (float logit : row) {
            double weight = Math.exp(inverse * (logit - greatest));
            double from = logit - greatest;
            total += weight;
            first += weight * from;
            second += weight * from * from;
        }
        double mean = first / total;
        return new double[] {mean + greatest, second / total - mean * mean};
    }

    private static boolean isKnown(float[] row, int truth) {
        return truth >= 0 && truth < row.length;
    }

    private static double sum(float[] row) {
        double sum = 0;
        for (float logit : row) {
            sum += logit;
        }
        return sum;
    }

    /**
     * {@return logits ÷ temperature}
     *
     * @param logits the logits
     * @param temperature the temperature
     */
    public static float[] applied(float[] logits, double temperature) {
        float[] cooled = Arrays.copyOf(logits, logits.length);
        for (int k = 0; k < cooled.length; k++) {
            cooled[k] = (float) (cooled[k] / temperature);
        }
        return cooled;
    }
}
