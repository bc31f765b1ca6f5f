package org.tidegate.task;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class ClassifierEvaluationTest {
    /** Three classes; the third is never answered, the fourth neither occurs nor is answered. */
    private static ClassifierEvaluation evaluation() {
        ClassifierEvaluation.Counts counts = new ClassifierEvaluation.Counts(List.of("a", "b", "c", "d"));
        int[][] cells = {{5, 1, 0, 0}, {2, 3, 0, 0}, {1, 0, 0, 0}, {0, 0, 0, 0}};
        for (int truth = 0; truth < 4; truth++) {
            for (int answer = 0; answer < 4; answer++) {
                for (int i = 0; i < cells[truth][answer]; i++) {
                    double[] log = {-2, -2, -2, -2};
                    log[answer] = -1;
                    counts.add(truth, log);
                }
            }
        }
        return counts.evaluation();
    }

    @Test
    void theFiguresAreThoseOfTheConfusionMatrix() {
        ClassifierEvaluation evaluation = evaluation();
        assertEquals(12, evaluation.examples());
        assertEquals(8.0 / 12, evaluation.accuracy());
        assertEquals(2, evaluation.count(1, 0));
        assertEquals(6, evaluation.occurrences(0));
        assertEquals(8, evaluation.answers(0));
        assertEquals(5.0 / 8, evaluation.precision(0));
        assertEquals(5.0 / 6, evaluation.recall(0));
        assertEquals(2 * (5.0 / 8) * (5.0 / 6) / (5.0 / 8 + 5.0 / 6), evaluation.f1(0), 1e-12);
        assertEquals((8 * 1.0 + 4 * 2.0) / 12, evaluation.loss(), 1e-12);
    }

    @Test
    void whatWasNeverAnsweredOrNeverOccursCountsAsZero() {
        ClassifierEvaluation evaluation = evaluation();
        assertEquals(0, evaluation.precision(2));
        assertEquals(0, evaluation.recall(2));
        assertEquals(0, evaluation.f1(2));
        assertEquals(0, evaluation.recall(3));
        assertEquals(0, evaluation.f1(3));
    }

    @Test
    void theMacroF1LeavesOutClassesThatNeitherOccurNorWereAnswered() {
        ClassifierEvaluation evaluation = evaluation();
        assertEquals((evaluation.f1(0) + evaluation.f1(1) + evaluation.f1(2)) / 3, evaluation.macroF1(), 1e-12);
    }
}
