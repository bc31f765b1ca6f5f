package org.tidegate.decode;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SamplerTest {
    private static final float MINUS_INFINITY = Float.NEGATIVE_INFINITY;

    private static int[] counts(Sampling sampling, int draws, float... logits) {
        Sampler sampler = sampling.sampler(logits.length);
        int[] counts = new int[logits.length];
        FloatBuffer buffer = FloatBuffer.wrap(logits);
        for (int i = 0; i < draws; i++) {
            counts[sampler.choose(buffer)]++;
        }
        return counts;
    }

    @Test
    void greedyTakesTheLargestAndOfEqualsTheFirst() {
        assertEquals(1, Sampling.greedy().sampler(4).choose(FloatBuffer.wrap(new float[] {0, 3, 3, -1})));
        assertEquals(1, Sampling.temperature(0).sampler(2).choose(FloatBuffer.wrap(new float[] {-7, -6})));
    }

    @Test
    void drawsFollowTheDistribution() {
        int draws = 200_000;
        int[] counts = counts(Sampling.temperature(1).seed(5), draws, (float) Math.log(0.5), (float) Math.log(0.3), (float) Math.log(0.2));
        double[] expected = {0.5, 0.3, 0.2};
        for (int i = 0; i < 3; i++) {
            assertEquals(expected[i], counts[i] / (double) draws, 0.005);
        }
    }

    @Test
    void temperatureSharpensAndFlattens() {
        int draws = 100_000;
        double odds = 4;
        for (double temperature : new double[] {0.5, 2}) {
            int[] counts = counts(Sampling.temperature(temperature), draws, (float) Math.log(odds), 0);
            double expected = Math.pow(odds, 1 / temperature);
            assertEquals(expected / (1 + expected), counts[0] / (double) draws, 0.006);
        }
    }

    @Test
    void topKLeavesTheMostLikelyOnly() {
        int[] counts = counts(Sampling.temperature(3).topK(2), 5_000, 1, 5, 4, 4, -2);
        assertEquals(5_000, counts[1] + counts[2]);
        assertEquals(0, counts[3], "of equal tokens the one with the smaller id is kept");
    }

    @Test
    void topPLeavesTheSmallestSetThatReachesIt() {
        float[] logits = {(float) Math.log(0.1), (float) Math.log(0.6), (float) Math.log(0.25), (float) Math.log(0.05)};
        int[] counts = counts(Sampling.temperature(1).topP(0.7), 5_000, logits);
        assertEquals(5_000, counts[1] + counts[2]);
        int[] one = counts(Sampling.temperature(1).topP(0.01), 1_000, logits);
        assertEquals(1_000, one[1]);
    }

    @Test
    void topPCountsWhatTopKHasLeft() {
        float[] logits = {(float) Math.log(0.4), (float) Math.log(0.3), (float) Math.log(0.3)};
        int[] counts = counts(Sampling.temperature(1).topK(2).topP(0.5), 2_000, logits);
        assertEquals(2_000, counts[0], "0.4 of the remaining 0.7 already reaches one half");
    }

    @Test
    void theSameSeedGivesTheSameChoices() {
        float[] logits = new float[50];
        Random random = new Random(1);
        for (int i = 0; i < logits.length; i++) {
            logits[i] = (float) random.nextGaussian();
        }
        FloatBuffer buffer = FloatBuffer.wrap(logits);
        int[][] runs = new int[3][];
        for (int run = 0; run < 3; run++) {
            Sampler sampler = Sampling.temperature(1).topK(20).topP(0.9).seed(run == 2 ? 8 : 7).sampler(logits.length);
            runs[run] = IntStream.range(0, 100).map(i -> sampler.choose(buffer)).toArray();
        }
        assertArrayEquals(runs[0], runs[1]);
        assertFalse(Arrays.equals(runs[0], runs[2]));
    }

    @Test
    void hugeLogitsAndTinyTemperaturesStayFinite() {
        assertArrayEquals(new int[] {0, 100, 0}, counts(Sampling.temperature(1e-300), 100, 1e38f, 3e38f, -3e38f));
        assertArrayEquals(new int[] {100, 0, 0}, counts(Sampling.temperature(0.01), 100, 5, 0, MINUS_INFINITY));
    }

    @Test
    void whatIsBannedOrImpossibleIsNeverChosen() {
        Sampler sampler = Sampling.temperature(100).sampler(4, 0, 2);
        FloatBuffer logits = FloatBuffer.wrap(new float[] {50, 1, 60, MINUS_INFINITY});
        for (int i = 0; i < 1_000; i++) {
            assertEquals(1, sampler.choose(logits));
        }
        assertEquals(1, Sampling.greedy().sampler(4, 0, 2).choose(logits));
    }

    @Test
    void theBufferIsReadFromItsPositionAndNotChanged() {
        FloatBuffer logits = FloatBuffer.wrap(new float[] {9, 0, 1, 9}).position(1).limit(3);
        assertEquals(1, Sampling.greedy().sampler(2).choose(logits));
        assertEquals(1, logits.position());
    }

    @Test
    void logitsThatAreNoNumbersAreAnError() {
        Sampler sampler = Sampling.greedy().sampler(2);
        assertThrows(IllegalArgumentException.class, () -> sampler.choose(FloatBuffer.wrap(new float[] {0, Float.NaN})));
        assertThrows(IllegalArgumentException.class, () -> sampler.choose(FloatBuffer.wrap(new float[] {Float.POSITIVE_INFINITY, 0})));
        assertThrows(IllegalArgumentException.class, () -> sampler.choose(FloatBuffer.wrap(new float[] {MINUS_INFINITY, MINUS_INFINITY})));
        assertThrows(IllegalArgumentException.class, () -> sampler.choose(FloatBuffer.wrap(new float[3])));
    }

    @Test
    void settingsOutOfRangeAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> Sampling.temperature(-1));
        assertThrows(IllegalArgumentException.class, () -> Sampling.temperature(Double.NaN));
        assertThrows(IllegalArgumentException.class, () -> Sampling.temperature(1).topK(-1));
        assertThrows(IllegalArgumentException.class, () -> Sampling.temperature(1).topP(0));
        assertThrows(IllegalArgumentException.class, () -> Sampling.temperature(1).topP(1.5));
        assertThrows(IllegalArgumentException.class, () -> Sampling.greedy().sampler(2, 0, 1));
        assertThrows(IllegalArgumentException.class, () -> Sampling.greedy().sampler(2, 2));
    }
}
