package org.tidegate.task;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.tidegate.Batch;
import org.tidegate.Cell;
import org.tidegate.Model;
import org.tidegate.Session;

class MemoryTrialTest {
    @Test
    void theSumAskedForIsThatOfTheTwoMarkedNumbers() {
        AddingProblem problem = new AddingProblem(9);
        try (Model model = problem.newModel(Cell.LSTM, 4, 1)) {
            Batch batch = model.newBatch();
            problem.fill(batch, 50, new SplittableRandom(1));
            double squares = 0;
            for (int n = 0; n < 50; n++) {
                float sum = 0;
                int marks = 0;
                for (int t = 0; t < 9; t++) {
                    int at = 2 * batch.row("sequence", n, t);
                    float mark = batch.writableReals("steps").get(at + 1);
                    sum += mark * batch.writableReals("steps").get(at);
                    marks += (int) mark;
                }
                assertEquals(2, marks);
                assertEquals(sum, batch.writableReals("sum").get(n));
                squares += (sum - 1) * (sum - 1) / 50;
            }
            assertEquals(problem.baseline(), squares, 0.06);
        }
    }

    @Test
    void theSymbolsAreAskedForInTheirOrderAfterTheSign() {
        CopyProblem problem = new CopyProblem(4, 2, 3);
        try (Model model = problem.newModel(Cell.GRU, 4, 1); Session session = model.newSession()) {
            Batch batch = model.newBatch();
            problem.fill(batch, 5, new SplittableRandom(1));
            assertEquals(8, batch.steps("sequence"));
            for (int n = 0; n < 5; n++) {
                for (int i = 0; i < 2; i++) {
                    int read = batch.writableIds("steps").get(batch.row("sequence", n, i));
                    assertEquals(read, batch.writableIds("answers").get(batch.row("sequence", n, 6 + i)));
                }
                assertEquals(4, batch.writableIds("steps").get(batch.row("sequence", n, 6)));
            }
            assertEquals(5 * 2, session.forward(batch).targets());
        }
    }

    @Test
    void aGatedCellSolvesAShortAddingProblemAndTheSameSeedGivesTheSameLosses() {
        List<Double> seen = new ArrayList<>();
        MemoryTrial trial = new MemoryTrial(Cell.GRU, 24, 600, 32, 1e-2, 1, 1, 1);
        MemoryTrial.Outcome outcome = trial.run(new AddingProblem(12), point -> seen.add(point.loss()), () -> false);
        assertTrue(outcome.finite() && outcome.solvedAfter() > 0 && outcome.loss() < 0.01, outcome.toString());
        assertTrue(seen.get(0) > 0.1, "before training " + seen.get(0));
        List<Double> again = new ArrayList<>();
        trial.run(new AddingProblem(12), point -> again.add(point.loss()), () -> false);
        assertEquals(seen, again);
    }

    @Test
    void anAttemptEndsWhenItIsStoppedOrItsUpdatesAreUsedUp() {
        MemoryTrial trial = new MemoryTrial(Cell.RNN, 4, 3, 4, 1e-3, 1, 1, 1);
        MemoryTrial.Outcome outcome = trial.run(new CopyProblem(3, 1, 2), point -> { }, () -> false);
        assertEquals(3, outcome.updates());
        assertEquals(0, outcome.solvedAfter());
        assertEquals(0, trial.run(new CopyProblem(3, 1, 2), point -> { }, () -> true).updates());
        assertThrows(IllegalArgumentException.class, () -> new AddingProblem(1));
        assertThrows(IllegalArgumentException.class, () -> new CopyProblem(1, 1, 1));
    }
}
