package org.tidegate.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.tidegate.metrics.ConfusionMatrix;

class ConfusedLabelsTest {
    private static ConfusionMatrix matrix(int labels) {
        return new ConfusionMatrix(IntStream.range(0, labels).mapToObj(i -> "l" + i).toList());
    }

    private static void add(ConfusionMatrix matrix, int truth, int answer, int count) {
        for (int i = 0; i < count; i++) {
            matrix.add(truth, answer);
        }
    }

    @Test
    void fewLabelsAreAllShown() {
        ConfusionMatrix matrix = matrix(2);
        add(matrix, 0, 0, 3);
        add(matrix, 0, 1, 1);
        ConfusedLabels shown = new ConfusedLabels(matrix);
        assertEquals("", shown.note());
        assertEquals(List.of("l0", "l1"), shown.labels());
        assertArrayEquals(new long[][] {{3, 1}, {0, 0}}, shown.counts());
        assertArrayEquals(new double[][] {{0.75, 0.25}, {0, 0}}, shown.shares());
    }

    @Test
    void ofManyLabelsTheMostConfusedAreShownInTheirOwnOrder() {
        ConfusionMatrix matrix = matrix(1000);
        for (int label = 0; label < 1000; label++) {
            add(matrix, label, label, label < 500 ? 5 : 10);
        }
        add(matrix, 900, 20, 40);
        add(matrix, 20, 300, 2);
        add(matrix, 300, 7, 1);
        ConfusedLabels shown = new ConfusedLabels(matrix);
        assertEquals("; the 30 of 1000 labels that are confused most", shown.note());
        assertEquals(ConfusedLabels.MOST, shown.labels().size());
        assertEquals(List.of("l7", "l20", "l300"), shown.labels().subList(0, 3));
        assertTrue(shown.labels().contains("l900") && !shown.labels().contains("l8"), "the rest are the most frequent: " + shown.labels());
        int truth = shown.labels().indexOf("l900");
        assertArrayEquals(new long[] {0, 40, 0}, Arrays.copyOf(shown.counts()[truth], 3));
        assertEquals(0.8, shown.shares()[truth][1]);
    }

    @Test
    void aLabelWhoseAnswersAreNotShownKeepsItsShares() {
        ConfusionMatrix matrix = matrix(100);
        for (int answer = 0; answer < 100; answer++) {
            add(matrix, 50, answer, 1 + answer);
        }
        ConfusedLabels shown = new ConfusedLabels(matrix);
        assertEquals(100 / 5050.0, shown.shares()[0][ConfusedLabels.MOST - 1]);
        assertTrue(shown.labels().contains("l50"));
        assertEquals("l99", shown.labels().get(ConfusedLabels.MOST - 1));
    }
}
