package org.tidegate.task.classify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** How much two sorts of logits count is what the truths say, and no neighbour is better. */
class MixtureTest {
    private final List<float[]> first = new ArrayList<>();
    private final List<float[]> second = new ArrayList<>();
    private final List<Set<Integer>> truths = new ArrayList<>();

    /** Texts whose labels are drawn by the probabilities of a first and b second logits. */
    private void draw(int texts, int labels, double a, double b, boolean multiLabel, long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < texts; i++) {
            float[] one = row(random, labels);
            float[] other = row(random, labels);
            double[] sum = IntStream.range(0, labels).mapToDouble(k -> a * one[k] + b * other[k]).toArray();
            first.add(one);
            second.add(other);
            truths.add(multiLabel ? several(random, sum) : Set.of(one(random, sum)));
        }
    }

    private static float[] row(Random random, int labels) {
        float[] row = new float[labels];
        IntStream.range(0, labels).forEach(k -> row[k] = (float) (2 * random.nextGaussian()));
        return row;
    }

    private static int one(Random random, double[] logits) {
        double total = IntStream.range(0, logits.length).mapToDouble(k -> Math.exp(logits[k])).sum();
        double left = random.nextDouble() * total;
        int k = 0;
        while (k < logits.length - 1 && (left -= Math.exp(logits[k])) > 0) {
            k++;
        }
        return k;
    }

    private static Set<Integer> several(Random random, double[] logits) {
        return Set.copyOf(IntStream.range(0, logits.length).filter(k -> random.nextDouble() < 1 / (1 + Math.exp(-logits[k]))).boxed()
                .toList());
    }

    private double loss(double a, double b, boolean multiLabel) {
        double sum = ((a - 1) * (a - 1) + (b - 1) * (b - 1)) / 2;
        for (int i = 0; i < truths.size(); i++) {
            int text = i;
            double[] row = IntStream.range(0, first.get(i).length).mapToDouble(k -> a * first.get(text)[k] + b * second.get(text)[k])
                    .toArray();
            double total = IntStream.range(0, row.length).mapToDouble(k -> Math.exp(row[k])).sum();
            for (int k = 0; k < row.length; k++) {
                boolean has = truths.get(i).contains(k);
                sum -= multiLabel ? Math.log(1 / (1 + Math.exp(has ? -row[k] : row[k]))) : has ? Math.log(Math.exp(row[k]) / total) : 0;
            }
        }
        return sum;
    }

    private Mixture best(boolean multiLabel) {
        Mixture found = Mixture.of(first, second, truths, multiLabel);
        double least = loss(found.first(), found.second(), multiLabel);
        for (double[] move : new double[][] {{0.02, 0}, {-0.02, 0}, {0, 0.02}, {0, -0.02}, {0.02, -0.02}}) {
            double a = found.first() + move[0];
            double b = found.second() + move[1];
            if (a >= Mixture.LEAST && b >= 0) {
                assertTrue(loss(a, b, multiLabel) > least, a + " and " + b + " are better than " + found);
            }
        }
        return found;
    }

    @Test
    void itIsWhatTheTextsWereDrawnBy() {
        for (boolean multiLabel : new boolean[] {false, true}) {
            truths.clear();
            first.clear();
            second.clear();
            draw(4000, 3, 0.4, 0.7, multiLabel, 11);
            Mixture found = best(multiLabel);
            assertEquals(0.4, found.first(), 0.06);
            assertEquals(0.7, found.second(), 0.06);
        }
    }

    @Test
    void logitsThatMisleadCountAsLittleAsTheyMay() {
        draw(500, 2, -0.5, 0.8, false, 12);
        Mixture found = best(false);
        assertEquals(Mixture.LEAST, found.first());
        assertEquals(0.65, found.second(), 0.15); // what is left out makes the other one weaker, too
        first.clear();
        second.clear();
        truths.clear();
        draw(500, 2, 0.8, -0.5, false, 13);
        assertEquals(0, best(false).second());
        assertEquals(0.65, best(false).first(), 0.15);
    }

    @Test
    void textsOfNoKnownClassHaveNoPart() {
        draw(300, 2, 0.5, 0.5, false, 14);
        Mixture before = best(false);
        first.add(new float[] {9, -9});
        second.add(new float[] {9, -9});
        truths.add(Set.of());
        assertEquals(before, Mixture.of(first, second, truths, false));
    }

    /** Where every text is answered rightly, whatever the factors, they stay finite. */
    @Test
    void certaintyHasAnEnd() {
        draw(60, 2, 50, 50, false, 15);
        Mixture found = best(false);
        assertTrue(found.first() < 50 && found.second() < 50, found.toString());
    }
}
