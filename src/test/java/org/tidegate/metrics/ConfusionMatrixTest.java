package org.tidegate.metrics;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class ConfusionMatrixTest {
    /** Four classes; the third is never answered, the fourth neither occurs nor is answered. */
    private static ConfusionMatrix matrix() {
        ConfusionMatrix matrix = new ConfusionMatrix(List.of("a", "b", "c", "d"));
        int[][] cells = {{5, 1, 0, 0}, {2, 3, 0, 0}, {1, 0, 0, 0}, {0, 0, 0, 0}};
        for (int truth = 0; truth < 4; truth++) {
            for (int answer = 0; answer < 4; answer++) {
                for (int i = 0; i < cells[truth][answer]; i++) {
                    matrix.add(truth, answer);
                }
            }
        }
        return matrix;
    }

    @Test
    void theFiguresAreThoseOfTheCounts() {
        ConfusionMatrix matrix = matrix();
        assertEquals(12, matrix.examples());
        assertEquals(8, matrix.correct());
        assertEquals(8.0 / 12, matrix.accuracy());
        assertEquals(2, matrix.count(1, 0));
        ClassScore a = matrix.score(0);
        assertEquals(List.of(6L, 8L), List.of(a.count(), a.given()));
        assertEquals(5.0 / 8, a.precision());
        assertEquals(5.0 / 6, a.recall());
        assertEquals(2 * (5.0 / 8) * (5.0 / 6) / (5.0 / 8 + 5.0 / 6), a.f1(), 1e-12);
        assertArrayEquals(new double[] {0.4, 0.6, 0, 0}, matrix.shares()[1]);
    }

    @Test
    void whatWasNeverAnsweredOrNeverOccursCountsAsZero() {
        ConfusionMatrix matrix = matrix();
        assertEquals(List.of(0.0, 0.0, 0.0), List.of(matrix.score(2).precision(), matrix.score(2).recall(), matrix.score(2).f1()));
        assertEquals(List.of(0.0, 0.0), List.of(matrix.score(3).recall(), matrix.score(3).f1()));
        assertEquals(0, new ConfusionMatrix(List.of("a", "b")).accuracy());
    }

    @Test
    void theMacroF1LeavesOutClassesThatNeitherOccurNorWereAnswered() {
        ConfusionMatrix matrix = matrix();
        assertEquals((matrix.score(0).f1() + matrix.score(1).f1() + matrix.score(2).f1()) / 3, matrix.macroF1(), 1e-12);
    }
}
