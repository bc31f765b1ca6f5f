/* The best row of tags against all of them. */
package org.tidegate.decode;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.tidegate.Attribute.name;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.tidegate.Batch;
import org.tidegate.Model;
import org.tidegate.ModelBuilder;
import org.tidegate.Node;
import org.tidegate.Session;

class ViterbiTest {
    private final Random random = new Random(5);

    @Test
    void theBestPathIsTheBestOfAllRowsOfTags() {
        for (int tags = 1; tags <= 4; tags++) {
            for (int steps = 1; steps <= 5; steps++) {
                for (int trial = 0; trial < 20; trial++) {
                    float[] transitions = numbers(tags * tags);
                    float[] start = numbers(tags);
                    float[] end = numbers(tags);
                    float[] scores = numbers(steps * tags);
                    double best = Double.NEGATIVE_INFINITY;
                    int[] bestTags = null;
                    for (int row = 0; row < Math.pow(tags, steps); row++) {
                        int[] path = rowOfTags(row, tags, steps);
                        double score = score(path, transitions, start, end, scores);
                        if (score > best) {
                            best = score;
                            bestTags = path;
                        }
                    }
                    Viterbi.Path found = new Viterbi(transitions, start, end).bestPath(scores);
                    assertArrayEquals(bestTags, found.tags());
                    assertEquals(best, found.score(), 1e-9);
                }
            }
        }
    }

    @Test
    void aForbiddenTransitionIsNotTaken() {
        float none = Float.NEGATIVE_INFINITY;
        Viterbi viterbi = new Viterbi(new float[] {0, none, 0, 0}, new float[2], new float[] {0, 0});
        assertArrayEquals(new int[] {1, 1, 1}, viterbi.bestPath(new float[] {1, 0, 0, 2, 0, 2}).tags());
        assertArrayEquals(new int[] {0, 0}, viterbi.bestPath(new float[] {5, none, 0, 3}).tags());
        assertEquals(none, new Viterbi(new float[] {none}, new float[1], new float[1]).bestPath(new float[2]).score());
    }

    @Test
    void ofEqualRowsTheSmallestTagsAreTaken() {
        assertArrayEquals(new int[3], new Viterbi(new float[4], new float[2], new float[2]).bestPath(new float[6]).tags());
    }

    @Test
    void aTrainedModelsOwnParametersAreRead() {
        ModelBuilder net = new ModelBuilder();
        Node scores = net.input("scores", 3);
        net.crf(scores, net.ids("tags", scores), name("chain"));
        try (Model model = net.build(3); Session session = model.newSession()) {
            Viterbi viterbi = Viterbi.of(model, "chain");
            assertEquals(3, viterbi.tags());
            float[] rows = numbers(4 * 3);
            Viterbi.Path best = viterbi.bestPath(rows);
            double total = 0;
            for (int row = 0; row < 81; row++) {
                total += Math.exp(score(rowOfTags(row, 3, 4), model.parameter("chain.transitions").toArray(),
                    model.parameter("chain.start").toArray(), model.parameter("chain.end").toArray(), rows));
            }
            // The loss of the best row is what its score lacks to the sum over all.
            Batch batch = model.newBatch().lengths("scores", 4).reals("scores", rows).ids("tags", best.tags());
            assertEquals(Math.log(total) - best.score(), session.forward(batch).loss() * 4, 1e-5);
            assertThrows(IllegalArgumentException.class, () -> Viterbi.of(model, "other"));
        }
    }

    @Test
    void whatDoesNotFitIsToldInWords() {
        assertMessage("3 transitions, 2 start and 2 end scores", () -> new Viterbi(new float[3], new float[2], new float[2]));
        assertMessage("transitions: row 1, column 0 is NaN",
            () -> new Viterbi(new float[] {0, 0, Float.NaN, 0}, new float[2], new float[2]));
        Viterbi viterbi = new Viterbi(new float[4], new float[2], new float[2]);
        assertMessage("3 scores are no rows of 2 tags", () -> viterbi.bestPath(new float[3]));
        assertMessage("0 scores are no rows of 2 tags", () -> viterbi.bestPath(new float[0]));
        assertMessage("scores: row 0, column 1 is Infinity", () -> viterbi.bestPath(new float[] {0, Float.POSITIVE_INFINITY}));
    }

    private static void assertMessage(String part, Runnable call) {
        IllegalArgumentException thrown = assertThrows(IllegalArgumentException.class, call::run);
        assertTrue(thrown.getMessage().contains(part), thrown.getMessage());
    }

    private static int[] rowOfTags(int number, int tags, int steps) {
        int[] row = new int[steps];
        for (int t = 0; t < steps; t++) {
            row[t] = number % tags;
            number /= tags;
        }
        return row;
    }

    private static double score(int[] path, float[] transitions, float[] start, float[] end, float[] scores) {
        int tags = start.length;
        double score = start[path[0]] + (double) end[path[path.length - 1]];
        for (int t = 0; t < path.length; t++) {
            score += scores[t * tags + path[t]];
            score += t == 0 ? 0 : transitions[path[t - 1] * tags + path[t]];
        }
        return score;
    }

    private float[] numbers(int count) {
        float[] numbers = new float[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = (float) random.nextGaussian();
        }
        return numbers;
    }
}
