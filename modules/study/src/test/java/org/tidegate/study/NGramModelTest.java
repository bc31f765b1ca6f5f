package org.tidegate.study;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class NGramModelTest {
    private static final int[][] CONTEXTS = {{}, {0}, {3}, {1, 2}, {2, 1, 0}, {4, 4, 4}, {0, 1, 2, 3}, {7, 1}, {1, 7},
        {5, 0, 1, 2, 0, 3}};

    @Test
    void agreesWithABruteForceCount() {
        int[] ids = text(3000, 6, 1);
        for (int order = 1; order <= 5; order++) {
            NGramModel model = new NGramModel(ids, 8, order);
            BruteForce brute = new BruteForce(ids, 8, order);
            for (int[] context : CONTEXTS) {
                for (int token = 0; token < 8; token++) {
                    assertEquals(brute.probability(token, context), model.probability(token, context), 1e-12,
                            "order " + order + ", " + token + " after " + Arrays.toString(context));
                }
            }
            assertEquals(brute.ngrams(), model.size());
        }
    }

    @Test
    void agreesWithABruteForceCountWhereTheTextIsTooSmallForDiscounts() {
        int[] ids = {0, 1, 2, 0, 1, 3, 0, 1};
        NGramModel model = new NGramModel(ids, 8, 3);
        assertArrayEquals(new double[] {0.5, 1, 1.5}, model.discounts(3));
        BruteForce brute = new BruteForce(ids, 8, 3);
        for (int[] context : CONTEXTS) {
            for (int token = 0; token < 8; token++) {
                assertEquals(brute.probability(token, context), model.probability(token, context), 1e-15);
            }
        }
    }

    @Test
    void theProbabilitiesOfAllTokensSumToOne() {
        for (int[] ids : List.of(text(2000, 40, 2), new int[] {5}, new int[] {1, 1, 1, 1, 1, 1})) {
            for (int order = 1; order <= 6; order++) {
                NGramModel model = new NGramModel(ids, 50, order);
                for (int[] context : CONTEXTS) {
                    double sum = IntStream.range(0, 50).mapToDouble(token -> model.probability(token, context)).sum();
                    assertEquals(1, sum, 1e-12, "order " + order + " after " + Arrays.toString(context));
                    assertTrue(IntStream.range(0, 50).allMatch(token -> model.probability(token, context) > 0));
                }
            }
        }
    }

    @Test
    void aWordThatFollowsOnlyOneOtherIsUnlikelyAfterAnother() {
        // 9 occurs as often as 8, but only ever after 7: "San Francisco", the example of Kneser and Ney.
        List<Integer> text = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            text.addAll(List.of(7, 9, i % 7, 8, (i * 3 + 1) % 7));
        }
        NGramModel model = new NGramModel(text.stream().mapToInt(id -> id).toArray(), 10, 2);
        assertTrue(model.probability(8, 9) > 3 * model.probability(9, 9), model.probability(8, 9) + " " + model.probability(9, 9));
        assertTrue(model.probability(9, 7) > 0.8);
    }

    @Test
    void theLossIsTheMeanOfTheTokensAfterTheFirst() {
        int[] ids = text(3000, 6, 3);
        NGramModel model = new NGramModel(ids, 8, 4);
        int[] heldOut = {7, 0, 1, 2, 7, 7, 3, 4};
        double sum = 0;
        for (int i = 1; i < heldOut.length; i++) {
            sum -= Math.log(model.probability(heldOut[i], Arrays.copyOf(heldOut, i)));
        }
        assertEquals(sum / 7, model.loss(heldOut), 1e-12);
    }

    @Test
    void aLongerContextPredictsATextWithMemoryBetter() {
        int[] ids = text(20000, 6, 4);
        int[] heldOut = text(2000, 6, 5);
        double two = new NGramModel(ids, 6, 2).loss(heldOut);
        double three = new NGramModel(ids, 6, 3).loss(heldOut);
        assertTrue(three < 0.8 * two, three + " " + two);
    }

    @Test
    void whatMakesNoSenseIsRefused() {
        assertMessage("order", () -> new NGramModel(new int[] {1}, 5, 0));
        assertMessage("order", () -> new NGramModel(new int[] {1}, 5, 101));
        assertMessage("empty", () -> new NGramModel(new int[0], 5, 2));
        assertMessage("id 5", () -> new NGramModel(new int[] {1, 5}, 5, 2));
        NGramModel model = new NGramModel(new int[] {1, 2, 3}, 5, 2);
        assertMessage("id -1", () -> model.probability(-1));
        assertMessage("id 5", () -> model.loss(1, 5));
        assertMessage("at least 2", () -> model.loss(1));
        assertMessage("length 3", () -> model.discounts(3));
    }

    private static void assertMessage(String part, org.junit.jupiter.api.function.Executable call) {
        String message = assertThrows(IllegalArgumentException.class, call).getMessage();
        assertTrue(message.contains(part), message);
    }

    /** Each token is mostly a function of the two before it. */
    private static int[] text(int length, int tokens, long seed) {
        Random random = new Random(seed);
        int[] ids = new int[length];
        for (int i = 0; i < length; i++) {
            boolean free = i < 2 || random.nextInt(4) == 0;
            ids[i] = free ? (int) (tokens * random.nextDouble() * random.nextDouble()) : (ids[i - 1] * 2 + ids[i - 2] + 1) % tokens;
        }
        return ids;
    }

    /** The formula word by word, over lists of tokens as keys. */
    private static final class BruteForce {
        private final int vocabulary;
        private final Map<List<Integer>, Integer> counts = new HashMap<>();
        private final double[][] discounts;

        BruteForce(int[] ids, int vocabulary, int order) {
            this.vocabulary = vocabulary;
            List<Integer> text = Arrays.stream(ids).boxed().toList();
            for (int length = 1; length <= order; length++) {
                for (int at = 0; at + length <= text.size(); at++) {
                    List<Integer> ngram = text.subList(at, at + length);
                    if (!counts.containsKey(ngram)) {
                        counts.put(ngram, length == order ? occurrences(text, ngram) : leftNeighbours(text, ngram));
                    }
                }
            }
            discounts = new double[order + 1][];
            for (int length = 1; length <= order; length++) {
                double n1 = countsOf(length, 1);
                double n2 = countsOf(length, 2);
                double n3 = countsOf(length, 3);
                double n4 = countsOf(length, 4);
                double y = n1 / (n1 + 2 * n2);
                double[] d = {0, 1 - 2 * y * n2 / n1, 2 - 3 * y * n3 / n2, 3 - 4 * y * n4 / n3};
                boolean usable = n1 * n2 * n3 * n4 > 0 && d[1] >= 0 && d[2] >= 0 && d[3] >= 0;
                discounts[length] = usable ? d : new double[] {0, 0.5, 1, 1.5};
            }
        }

        int ngrams() {
            return counts.size();
        }

        double probability(int token, int... context) {
            int most = discounts.length - 2;
            List<Integer> all = Arrays.stream(context).boxed().toList();
            return probability(token, all.subList(Math.max(0, all.size() - most), all.size()));
        }

        private double probability(int token, List<Integer> context) {
            double lower = context.isEmpty() ? 1.0 / vocabulary : probability(token, context.subList(1, context.size()));
            double sum = 0;
            double held = 0;
            double mine = 0;
            for (int next = 0; next < vocabulary; next++) {
                List<Integer> ngram = new ArrayList<>(context);
                ngram.add(next);
                int count = counts.getOrDefault(ngram, 0);
                double discount = discounts[ngram.size()][Math.min(count, 3)];
                sum += count;
                held += discount;
                mine = next == token ? Math.max(count - discount, 0) : mine;
            }
            return sum == 0 ? lower : mine / sum + held / sum * lower;
        }

        private long countsOf(int length, int count) {
            return counts.entrySet().stream().filter(entry -> entry.getKey().size() == length && entry.getValue() == count).count();
        }

        private static int occurrences(List<Integer> text, List<Integer> ngram) {
            return (int) IntStream.rangeClosed(0, text.size() - ngram.size())
                    .filter(at -> text.subList(at, at + ngram.size()).equals(ngram)).count();
        }

        private static int leftNeighbours(List<Integer> text, List<Integer> ngram) {
            Set<Integer> left = new HashSet<>();
            for (int at = 0; at + ngram.size() <= text.size(); at++) {
                if (text.subList(at, at + ngram.size()).equals(ngram)) {
                    left.add(at == 0 ? -1 : text.get(at - 1));
                }
            }
            return left.size();
        }
    }
}
