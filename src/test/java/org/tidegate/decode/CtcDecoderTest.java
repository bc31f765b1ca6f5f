package org.tidegate.decode;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.tidegate.decode.CtcDecoder.Labelling;

class CtcDecoderTest {
    /** Every path of T labels, and what it spells, with its probability: the definition itself. */
    private static Map<List<Integer>, Double> enumerate(float[] logits, int labels, int blank) {
        int steps = logits.length / labels;
        Map<List<Integer>, Double> sums = new HashMap<>();
        int paths = (int) Math.pow(labels, steps);
        for (int path = 0; path < paths; path++) {
            List<Integer> spelled = new ArrayList<>();
            double probability = 1;
            int last = -1;
            int rest = path;
            for (int t = 0; t < steps; t++) {
                int label = rest % labels;
                rest /= labels;
                double sum = 0;
                for (int c = 0; c < labels; c++) {
                    sum += Math.exp(logits[t * labels + c]);
                }
                probability *= Math.exp(logits[t * labels + label]) / sum;
                if (label != last && label != blank) {
                    spelled.add(label);
                }
                last = label;
            }
            sums.merge(spelled, probability, Double::sum);
        }
        return sums;
    }

    private static float[] random(int steps, int labels, long seed) {
        Random random = new Random(seed);
        float[] logits = new float[steps * labels];
        for (int i = 0; i < logits.length; i++) {
            logits[i] = (float) (2 * random.nextGaussian());
        }
        return logits;
    }

    private static float[] path(int labels, int... path) {
        float[] logits = new float[path.length * labels];
        for (int t = 0; t < path.length; t++) {
            logits[t * labels + path[t]] = 3;
        }
        return logits;
    }

    private static List<Integer> list(int... labels) {
        return Arrays.stream(labels).boxed().toList();
    }

    @Test
    void aWideBeamFindsEverySequenceWithTheSumOfItsPaths() {
        for (int labels = 2; labels <= 4; labels++) {
            for (int steps = 0; steps <= 5; steps++) {
                for (int blank : new int[] {0, labels - 1}) {
                    float[] logits = random(steps, labels, 100 * labels + steps);
                    Map<List<Integer>, Double> expected = enumerate(logits, labels, blank);
                    List<Labelling> found = new CtcDecoder(labels, blank).beam(logits, 5000, 5000);
                    assertEquals(expected.size(), found.size());
                    double last = 0;
                    for (Labelling labelling : found) {
                        double probability = expected.get(list(labelling.labels()));
                        assertEquals(Math.log(probability), labelling.logProbability(), 1e-9);
                        assertTrue(labelling.logProbability() <= last + 1e-12);
                        last = labelling.logProbability();
                    }
                }
            }
        }
    }

    @Test
    void aNarrowBeamNeverClaimsMoreThanTheSumOfAllPaths() {
        int exact = 0;
        for (int seed = 0; seed < 50; seed++) {
            float[] logits = random(6, 4, seed);
            Map<List<Integer>, Double> expected = enumerate(logits, 4, 0);
            List<Integer> likeliest = expected.entrySet().stream().max(Map.Entry.comparingByValue()).orElseThrow().getKey();
            List<Labelling> found = new CtcDecoder(4, 0).beam(logits, 8, 3);
            assertEquals(3, found.size());
            for (Labelling labelling : found) {
                assertTrue(labelling.logProbability() <= Math.log(expected.get(list(labelling.labels()))) + 1e-9);
            }
            exact += list(found.get(0).labels()).equals(likeliest) ? 1 : 0;
        }
        assertTrue(exact >= 45, "found the likeliest sequence " + exact + " times of 50");
    }

    @Test
    void aLostPrefixThatIsReachedAgainJoinsItsLongerOnes() {
        // With a beam of 2 prefixes fall out and come back; the sums must still be those of paths, each counted once.
        for (int seed = 0; seed < 200; seed++) {
            float[] logits = random(7, 3, 1000 + seed);
            Map<List<Integer>, Double> expected = enumerate(logits, 3, 0);
            List<Labelling> found = new CtcDecoder(3, 0).beam(logits, 2, 2);
            assertEquals(found.size(), found.stream().map(labelling -> list(labelling.labels())).distinct().count());
            for (Labelling labelling : found) {
                assertTrue(labelling.logProbability() <= Math.log(expected.get(list(labelling.labels()))) + 1e-9);
            }
        }
    }

    @Test
    void theBestPathCollapsesRepeatsAndThenDropsBlanks() {
        CtcDecoder decoder = new CtcDecoder(3, 0);
        assertArrayEquals(new int[] {1, 2, 2}, decoder.bestPath(path(3, 0, 1, 1, 0, 2, 2, 0, 2)).labels());
        assertArrayEquals(new int[0], decoder.bestPath(path(3, 0, 0, 0)).labels());
        assertArrayEquals(new int[0], decoder.bestPath(new float[0]).labels());
        assertArrayEquals(new int[] {1, 1}, new CtcDecoder(3, 2).bestPath(path(3, 1, 2, 1)).labels());
    }

    @Test
    void theBestPathHasThatPathsProbability() {
        double each = Math.log(Math.exp(3) / (Math.exp(3) + 2));
        assertEquals(4 * each, new CtcDecoder(3, 0).bestPath(path(3, 0, 1, 1, 2)).logProbability(), 1e-6);
    }

    @Test
    void theBeamPrefersManyPathsToOne() {
        // Two rows: blank 0.4, label 0.6 · 0.35: the best path is two blanks at 0.16, but "1" has 0.35² + 2 · 0.4 · 0.35.
        float[] row = {(float) Math.log(0.40), (float) Math.log(0.35), (float) Math.log(0.25)};
        float[] logits = {row[0], row[1], row[2], row[0], row[1], row[2]};
        CtcDecoder decoder = new CtcDecoder(3, 0);
        assertArrayEquals(new int[0], decoder.bestPath(logits).labels());
        Labelling best = decoder.beam(logits, 10, 1).get(0);
        assertArrayEquals(new int[] {1}, best.labels());
        assertEquals(Math.log(0.35 * 0.35 + 2 * 0.4 * 0.35), best.logProbability(), 1e-6);
    }

    @Test
    void rowByRowSpellsTheSameAsTheWhole() {
        float[] logits = random(200, 5, 3);
        CtcDecoder decoder = new CtcDecoder(5, 0);
        CtcDecoder.Stream stream = decoder.stream();
        List<Integer> spelled = new ArrayList<>();
        for (int t = 0; t < 200; t++) {
            int label = stream.accept(logits, t * 5);
            if (label >= 0) {
                spelled.add(label);
            }
        }
        assertEquals(list(decoder.bestPath(logits).labels()), spelled);
    }

    @Test
    void aLongRecordingKeepsTheTreeSmall() {
        float[] logits = random(20_000, 6, 5);
        List<Labelling> found = new CtcDecoder(6, 0).beam(logits, 4, 1);
        assertTrue(found.get(0).labels().length > 1000);
    }

    @Test
    void whatIsNoDistributionIsRefused() {
        CtcDecoder decoder = new CtcDecoder(2, 0);
        float inf = Float.POSITIVE_INFINITY;
        assertTrue(assertThrows(IllegalArgumentException.class, () -> decoder.bestPath(new float[] {0, Float.NaN})).getMessage()
                .contains("label 1 is NaN"));
        assertThrows(IllegalArgumentException.class, () -> decoder.beam(new float[] {0, inf}, 1, 1));
        assertThrows(IllegalArgumentException.class, () -> decoder.beam(new float[] {-inf, -inf}, 1, 1));
        assertThrows(IllegalArgumentException.class, () -> decoder.beam(new float[3], 1, 1));
        assertThrows(IllegalArgumentException.class, () -> decoder.beam(new float[2], 0, 1));
        assertThrows(IllegalArgumentException.class, () -> new CtcDecoder(2, 2));
    }

    @Test
    void aLabelThatCannotBeIsNeverSpelled() {
        float inf = Float.POSITIVE_INFINITY;
        List<Labelling> found = new CtcDecoder(3, 0).beam(new float[] {0, 0, -inf, -inf, 0, -inf}, 100, 100);
        assertEquals(1, found.size());
        assertArrayEquals(new int[] {1}, found.get(0).labels());
        assertEquals(0, found.get(0).logProbability(), 1e-12);
    }
}
