package org.tidegate.task.classify;

import java.util.List;
import java.util.Set;
import org.tidegate.decode.LogSoftmax;

/**
 * How much each of two sorts of logits counts: those two factors, not negative, with which their sum has the least loss on texts that
 * neither was learned from. As few texts prove little, the factors are drawn towards 1 as if by one text.
 *
 * @param first the factor of the first logits, {@link #LEAST} or more, so that they can be divided by its inverse
 * @param second the factor of the second logits, 0 or more
 */
record Mixture(double first, double second) {
    /** The least factor of the first logits. */
    static final double LEAST = 0.05;

    private static final int STEPS = 50;
    private static final double CLOSE = 1e-7;

    /**
     * The mixture of two sorts of logits {@code [K]} for each text; a text of no known class has no part. With several labels a text each
     * logit is that of a sigmoid.
     */
    static Mixture of(List<float[]> first, List<float[]> second, List<Set<Integer>> truths, boolean multiLabel) {
        Loss loss = new Loss(first, second, truths, multiLabel);
        double[] best = loss.least(true, true, 1, 1);
        if (best[0] < LEAST) {
            best = loss.least(false, true, LEAST, 1);
        }
        if (best[1] < 0) {
            best = loss.least(best[0] > LEAST, false, best[0], 0);
        }
        return new Mixture(Math.max(LEAST, best[0]), Math.max(0, best[1]));
    }

    /** Their sum, each by its factor. */
    float[] of(float[] one, float[] other) {
        float[] sum = new float[one.length];
        for (int k = 0; k < sum.length; k++) {
            sum[k] = (float) (first * one[k] + second * other[k]);
        }
        return sum;
    }

    /** The loss by the two factors, in which it is convex. */
    private record Loss(List<float[]> first, List<float[]> second, List<Set<Integer>> truths, boolean multiLabel) {
        /** Newton's steps from a point in the free factors, halved while they would make the loss greater. */
        double[] least(boolean firstIsFree, boolean secondIsFree, double a, double b) {
            double value = value(a, b);
            for (int step = 0; step < STEPS; step++) {
                double[] move = move(a, b, firstIsFree, secondIsFree);
                double size = 1;
                double next = value(a - move[0], b - move[1]);
                while (next > value && size > CLOSE) {
                    size /= 2;
                    next = value(a - size * move[0], b - size * move[1]);
                }
                if (!(next <= value)) {
                    break;
                }
                a -= size * move[0];
                b -= size * move[1];
                boolean done = value - next <= CLOSE * Math.max(1, value);
                value = next;
                if (done) {
                    break;
                }
            }
            return new double[] {a, b};
        }

        private double value(double a, double b) {
            double sum = ((a - 1) * (a - 1) + (b - 1) * (b - 1)) / 2;
            Mixture mixture = new Mixture(a, b);
            for (int i = 0; i < truths.size(); i++) {
                float[] row = mixture.of(first.get(i), second.get(i));
                if (multiLabel) {
                    for (int k = 0; k < row.length; k++) {
                        sum += ClassifierScore.softplus(truths.get(i).contains(k) ? -row[k] : row[k]);
                    }
                } else if (!truths.get(i).isEmpty()) {
                    sum -= LogSoftmax.of(row, 0, row.length)[truths.get(i).iterator().next()];
                }
            }
            return sum;
        }

        private double[] move(double a, double b, boolean firstIsFree, boolean secondIsFree) {
            double[] slope = {a - 1, b - 1};
            double[] curve = {1, 0, 1}; // of a twice, of both, of b twice
            Mixture mixture = new Mixture(a, b);
            for (int i = 0; i < truths.size(); i++) {
                if (multiLabel || !truths.get(i).isEmpty()) {
                    add(first.get(i), second.get(i), mixture.of(first.get(i), second.get(i)), truths.get(i), slope, curve);
                }
            }
            if (!firstIsFree || !secondIsFree) {
                return new double[] {firstIsFree ? slope[0] / curve[0] : 0, secondIsFree ? slope[1] / curve[2] : 0};
            }
            double determinant = curve[0] * curve[2] - curve[1] * curve[1];
            return new double[] {(curve[2] * slope[0] - curve[1] * slope[1]) / determinant,
                (curve[0] * slope[1] - curve[1] * slope[0]) / determinant};
        }

        private void add(float[] one, float[] other, float[] row, Set<Integer> truth, double[] slope, double[] curve) {
            double[] log = multiLabel ? null : LogSoftmax.of(row, 0, row.length);
            double meanOne = 0;
            double meanOther = 0;
            for (int k = 0; k < row.length; k++) {
                double probability = multiLabel ? 1 / (1 + Math.exp(-(double) row[k])) : Math.exp(log[k]);
                double error = probability - (truth.contains(k) ? 1 : 0);
                double weight = multiLabel ? probability * (1 - probability) : probability;
                slope[0] += error * one[k];
                slope[1] += error * other[k];
                curve[0] += weight * one[k] * one[k];
                curve[1] += weight * one[k] * other[k];
                curve[2] += weight * other[k] * other[k];
                meanOne += probability * one[k];
                meanOther += probability * other[k];
            }
            if (!multiLabel) {
                curve[0] -= meanOne * meanOne;
                curve[1] -= meanOne * meanOther;
                curve[2] -= meanOther * meanOther;
            }
        }
    }
}
