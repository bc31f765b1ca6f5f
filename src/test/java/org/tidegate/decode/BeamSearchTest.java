package org.tidegate.decode;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.tidegate.Messages.assertMessage;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BeamSearchTest {
    private static final int END = 0;
    private static final int START = 1;
    private static final int VOCABULARY = 4;

    /**
     * A made-up model: the logits are drawn from the whole sequence read so far, so a row that went on from the wrong parent shows.
     */
    private static float[] logits(List<Integer> read, int seed) {
        Random random = new Random(31L * read.hashCode() + seed);
        float[] logits = new float[VOCABULARY];
        for (int token = 0; token < VOCABULARY; token++) {
            logits[token] = (float) (2 * random.nextGaussian());
        }
        return logits;
    }

    /** The model over rows; its state is what each row has read. */
    private static final class Rows implements BeamSearch.Scorer {
        private final int seed;
        private List<List<Integer>> read;
        private int steps;

        Rows(int seed) {
            this.seed = seed;
        }

        @Override
        public FloatBuffer next(int[] parents, int[] tokens) {
            List<List<Integer>> next = new ArrayList<>();
            float[] all = new float[3 + parents.length * VOCABULARY];
            for (int row = 0; row < parents.length; row++) {
                List<Integer> sequence = new ArrayList<>(read == null ? List.of() : read.get(parents[row]));
                sequence.add(tokens[row]);
                next.add(sequence);
                System.arraycopy(logits(sequence, seed), 0, all, 3 + row * VOCABULARY, VOCABULARY);
            }
            assertTrue(read != null || BeamSearch.isIdentity(parents), "the first call goes on from nothing");
            read = next;
            steps++;
            return FloatBuffer.wrap(all).position(3);
        }
    }

    private static double[] logProbabilities(List<Integer> read, int seed) {
        float[] logits = logits(read, seed);
        double sum = 0;
        for (float logit : logits) {
            sum += Math.exp(logit);
        }
        double norm = Math.log(sum);
        return IntStream.range(0, VOCABULARY).mapToDouble(token -> logits[token] - norm).toArray();
    }

    /** All sequences of at most that many tokens, each scored: the oracle. */
    private static List<Hypothesis> all(int start, int maximumLength, double alpha, int seed) {
        List<Hypothesis> found = new ArrayList<>();
        enumerate(List.of(start), 0, maximumLength, alpha, seed, found);
        found.sort(Comparator.comparingDouble(hypothesis -> -hypothesis.score()));
        return found;
    }

    private static void enumerate(List<Integer> read, double before, int left, double alpha, int seed, List<Hypothesis> found) {
        double[] next = logProbabilities(read, seed);
        for (int token = 0; token < VOCABULARY; token++) {
            List<Integer> longer = new ArrayList<>(read);
            longer.add(token);
            int[] tokens = longer.stream().skip(1).mapToInt(Integer::intValue).toArray();
            double sum = before + next[token];
            double score = sum / Math.pow(tokens.length, alpha);
            if (token == END) {
                found.add(new Hypothesis(Arrays.copyOf(tokens, tokens.length - 1), sum, score, true));
            } else if (left == 1) {
                found.add(new Hypothesis(tokens, sum, score, false));
            } else {
                enumerate(longer, sum, left - 1, alpha, seed, found);
            }
        }
    }

    @Test
    void aBeamThatHoldsEverythingFindsWhatEnumerationFinds() {
        for (double alpha : new double[] {0, 0.6, 1}) {
            for (int seed = 0; seed < 20; seed++) {
                List<Hypothesis> expected = all(START, 4, alpha, seed);
                List<Hypothesis> found = BeamSearch.of(200).lengthNormalization(alpha).best(10)
                        .search(new int[] {START}, END, 4, new Rows(seed)).get(0);
                assertEquals(10, found.size());
                for (int i = 0; i < 10; i++) {
                    assertArrayEquals(expected.get(i).tokens(), found.get(i).tokens(), "alpha " + alpha + ", seed " + seed + ", place "
                            + i);
                    assertEquals(expected.get(i).score(), found.get(i).score(), 1e-9);
                    assertEquals(expected.get(i).logProbability(), found.get(i).logProbability(), 1e-9);
                    assertEquals(expected.get(i).ended(), found.get(i).ended());
                }
            }
        }
    }

    @Test
    void stoppingEarlyLosesNothing() {
        int early = 0;
        for (int seed = 0; seed < 30; seed++) {
            Rows rows = new Rows(seed);
            Hypothesis found = BeamSearch.of(800).search(new int[] {START}, END, 6, rows).get(0).get(0);
            assertEquals(all(START, 6, 0, seed).get(0).score(), found.score(), 1e-9);
            early += rows.steps < 6 ? 1 : 0;
        }
        assertTrue(early > 10, "only " + early + " of 30 searches stopped before the greatest length");
    }

    @Test
    void aBeamOfOneIsGreedy() {
        for (int seed = 0; seed < 20; seed++) {
            List<Integer> read = new ArrayList<>(List.of(START));
            List<Integer> expected = new ArrayList<>();
            while (expected.size() < 8) {
                double[] next = logProbabilities(read, seed);
                int top = IntStream.range(0, VOCABULARY).boxed().max(Comparator.comparingDouble(token -> next[token])).orElseThrow();
                if (top == END) {
                    break;
                }
                read.add(top);
                expected.add(top);
            }
            for (double alpha : new double[] {0, 1}) {
                Hypothesis found = BeamSearch.greedy().lengthNormalization(alpha).search(new int[] {START}, END, 8, new Rows(seed))
                        .get(0).get(0);
                assertEquals(expected, Arrays.stream(found.tokens()).boxed().toList());
                assertEquals(expected.size() < 8, found.ended());
            }
        }
    }

    @Test
    void aWiderBeamFindsBetterSequences() {
        double[] sums = new double[3];
        for (int seed = 0; seed < 50; seed++) {
            sums[0] += BeamSearch.of(1).search(new int[] {START}, END, 6, new Rows(seed)).get(0).get(0).score();
            sums[1] += BeamSearch.of(4).search(new int[] {START}, END, 6, new Rows(seed)).get(0).get(0).score();
            sums[2] += all(START, 6, 0, seed).get(0).score();
        }
        assertTrue(sums[0] < sums[1] - 1, sums[0] + " and " + sums[1]);
        assertTrue(sums[1] <= sums[2] + 1e-9, sums[1] + " and the best " + sums[2]);
    }

    @Test
    void searchesSideBySideAreTheSearchesAlone() {
        BeamSearch search = BeamSearch.of(3).lengthNormalization(1).best(3);
        int[] starts = {1, 2, 3};
        List<List<Hypothesis>> together = search.search(starts, END, 7, new Rows(4));
        for (int i = 0; i < starts.length; i++) {
            assertEquals(search.search(new int[] {starts[i]}, END, 7, new Rows(4)).get(0), together.get(i));
        }
    }

    @Test
    void lengthNormalizationPrefersTheLonger() {
        // After the start: end with 0.4, or go on with 0.6 to a token that goes on or ends with 0.5 each.
        BeamSearch.Scorer step = (parents, tokens) -> {
            float[] logits = new float[tokens.length * 2];
            for (int row = 0; row < tokens.length; row++) {
                boolean first = tokens[row] == 9;
                logits[2 * row] = (float) Math.log(first ? 0.4 : 0.5);
                logits[2 * row + 1] = (float) Math.log(first ? 0.6 : 0.5);
            }
            return FloatBuffer.wrap(logits);
        };
        Hypothesis sum = BeamSearch.of(4).search(new int[] {9}, END, 3, step).get(0).get(0);
        assertEquals(0, sum.tokens().length);
        assertEquals(Math.log(0.4), sum.score(), 1e-6);
        Hypothesis mean = BeamSearch.of(4).lengthNormalization(1).search(new int[] {9}, END, 3, step).get(0).get(0);
        assertArrayEquals(new int[] {1}, mean.tokens());
        assertTrue(mean.ended());
        assertEquals(Math.log(0.6 * 0.5) / 2, mean.score(), 1e-6);
    }

    @Test
    void bannedTokensAreNeverChosen() {
        for (List<Hypothesis> found : BeamSearch.of(3).best(3).without(1, 2).search(new int[] {1, 2}, END, 5, new Rows(1))) {
            for (Hypothesis each : found) {
                assertTrue(Arrays.stream(each.tokens()).allMatch(token -> token == 3), each::toString);
            }
        }
    }

    @Test
    void aModelWithoutAnEndSignIsCutOff() {
        Hypothesis found = BeamSearch.of(2).search(new int[] {START}, -1, 5, new Rows(3)).get(0).get(0);
        assertEquals(5, found.tokens().length);
        assertFalse(found.ended());
    }

    @Test
    void wrongSettingsAndLogitsAreRefused() {
        BeamSearch search = BeamSearch.of(2);
        assertMessage("the beam is 0", () -> BeamSearch.of(0));
        assertMessage("beam of 2; expected 1 to 2", () -> search.best(3));
        assertMessage("normalisation is -1.0", () -> search.lengthNormalization(-1));
        assertMessage("normalisation is NaN", () -> search.lengthNormalization(Double.NaN));
        assertMessage("0 searches", () -> search.search(new int[0], END, 5, new Rows(1)));
        assertMessage("at most 0 tokens", () -> search.search(new int[] {1}, END, 0, new Rows(1)));
        assertMessage("banned token 4 is outside the vocabulary of 4", () -> search.without(4)
                .search(new int[] {1}, END, 5, new Rows(1)));
        assertMessage("end sign is token 4", () -> search.search(new int[] {1}, 4, 5, new Rows(1)));
        assertMessage("got 3 logits for 2 rows", () -> search.search(new int[] {1}, END, 5,
                (parents, tokens) -> FloatBuffer.allocate(3)));
        assertMessage("logit of token 1 is NaN", () -> search.search(new int[] {1}, END, 5,
                (parents, tokens) -> FloatBuffer.wrap(new float[] {0, Float.NaN, 0, 0})));
        assertMessage("every token that may be chosen", () -> search.search(new int[] {1}, END, 5,
                (parents, tokens) -> FloatBuffer.wrap(new float[] {Float.NEGATIVE_INFINITY, Float.NEGATIVE_INFINITY, 0, 0})));
    }
}
