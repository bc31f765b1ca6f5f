package org.tidegate.metrics;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TemperatureTest {
    private static final int EXAMPLES = 20_000;
    private static final double[] SURE = {0.3, 1, 4};

    private static float[] row(Random random, int labels, double times) {
        float[] row = new float[labels];
        IntStream.range(0, labels).forEach(k -> row[k] = (float) (times * 2 * random.nextGaussian()));
        return row;
    }

    /** Draws a class by the softmax of logits ÷ divisor. */
    private static int drawn(float[] row, double divisor, Random random) {
        double total = 0;
        for (float logit : row) {
            total += Math.exp(logit / divisor);
        }
        double left = random.nextDouble() * total;
        int label = 0;
        while (label < row.length - 1 && (left -= Math.exp(row[label] / divisor)) >= 0) {
            label++;
        }
        return label;
    }

    @Test
    void ofLogitsThatAreSoManyTimesTooLargeItIsThatMany() {
        for (double times : SURE) {
            Random random = new Random(3);
            List<float[]> logits = new ArrayList<>();
            int[] truths = new int[EXAMPLES];
            for (int i = 0; i < EXAMPLES; i++) {
                logits.add(row(random, 4, times));
                truths[i] = drawn(logits.get(i), times, random);
            }
            assertEquals(times, Temperature.ofClasses(logits, truths), 0.05 * times);
        }
    }

    @Test
    void ofLabelsThatStandByThemselvesToo() {
        for (double times : SURE) {
            Random random = new Random(4);
            List<float[]> logits = new ArrayList<>();
            List<Set<Integer>> truths = new ArrayList<>();
            for (int i = 0; i < EXAMPLES / 4; i++) {
                float[] row = row(random, 4, times);
                Set<Integer> truth = new HashSet<>();
                IntStream.range(0, 4).filter(k -> random.nextDouble() < 1 / (1 + Math.exp(-row[k] / times))).forEach(truth::add);
                logits.add(row);
                truths.add(truth);
            }
            assertEquals(times, Temperature.ofLabels(logits, truths), 0.05 * times);
        }
    }

    @Test
    void itIsTheLeastLossOfAGrid() {
        Random random = new Random(5);
        List<float[]> logits = new ArrayList<>();
        int[] truths = new int[40];
        for (int i = 0; i < truths.length; i++) {
            logits.add(row(random, 3, 1));
            truths[i] = random.nextInt(4); // 3: a class that the model does not have
        }
        double best = loss(logits, truths, Temperature.ofClasses(logits, truths));
        for (double other = Temperature.LEAST; other < Temperature.MOST; other *= 1.05) {
            assertTrue(best <= loss(logits, truths, other) + 1e-9, "at " + other);
        }
    }

    /** By the formula, with Platt's targets. */
    private static double loss(List<float[]> logits, int[] truths, double temperature) {
        long known = IntStream.of(truths).filter(truth -> truth < 3).count();
        double loss = 0;
        for (int i = 0; i < truths.length; i++) {
            float[] row = logits.get(i);
            double total = 0;
            for (float logit : row) {
                total += Math.exp(logit / temperature);
            }
            for (int k = 0; k < 3 && truths[i] < 3; k++) {
                loss -= (k == truths[i] ? known + 1 : 1) / (known + 3.0) * (row[k] / temperature - Math.log(total));
            }
        }
        return loss;
    }

    @Test
    void answersThatAreAllRightDoNotBecomeCertain() {
        List<float[]> logits = IntStream.range(0, 50).mapToObj(i -> new float[] {i % 2, 1 - i % 2}).toList();
        double temperature = Temperature.ofClasses(logits, IntStream.range(0, 50).map(i -> 1 - i % 2).toArray());
        assertEquals(51.0 / 52, 1 / (1 + Math.exp(-1 / temperature)), 1e-6);
        List<Set<Integer>> truths = IntStream.range(0, 50).mapToObj(i -> Set.of(1 - i % 2)).toList();
        List<float[]> signed = IntStream.range(0, 50).mapToObj(i -> new float[] {2 * (i % 2) - 1, 1 - 2 * (i % 2)}).toList();
        assertEquals(51.0 / 52, 1 / (1 + Math.exp(-1 / Temperature.ofLabels(signed, truths))), 1e-6);
    }

    @Test
    void whereNothingCanBeLearnedItIsOne() {
        assertEquals(1, Temperature.ofClasses(List.of(), new int[0]));
        assertEquals(1, Temperature.ofClasses(List.of(new float[] {1, 2}), new int[] {7}));
        assertEquals(1, Temperature.ofClasses(List.of(new float[] {3, 3}, new float[] {3, 3}), new int[] {0, 1}));
        assertEquals(1, Temperature.ofLabels(List.of(), List.of()));
    }

    @Test
    void itStaysInItsRange() {
        List<float[]> wrong = IntStream.range(0, 100).mapToObj(i -> new float[] {90, 0}).toList();
        assertEquals(Temperature.MOST, Temperature.ofClasses(wrong, IntStream.range(0, 100).map(i -> 1).toArray()), 0.01);
        List<float[]> tiny = IntStream.range(0, 100).mapToObj(i -> new float[] {1e-4f, 0}).toList();
        assertEquals(Temperature.LEAST, Temperature.ofClasses(tiny, new int[100]), 0.001);
    }

    @Test
    void logitsAreDividedByIt() {
        assertArrayEquals(new float[] {1, -2}, Temperature.applied(new float[] {2, -4}, 2));
    }
}
