package org.tidegate.study;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
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
        MemoryTrial trial = MemoryTrial.of(Cell.GRU).hidden(24).updates(600).batch(32).learningRate(1e-2);
        MemoryTrial.Outcome outcome = trial.run(new AddingProblem(12), point -> seen.add(point.loss()), () -> false);
        assertTrue(outcome.finite() && outcome.solvedAfter() > 0 && outcome.loss() < 0.01, outcome.toString());
        assertTrue(seen.get(0) > 0.1, "before training " + seen.get(0));
        List<Double> again = new ArrayList<>();
        trial.run(new AddingProblem(12), point -> again.add(point.loss()), () -> false);
        assertEquals(seen, again);
    }

    @Test
    void anAttemptEndsWhenItIsStoppedOrItsUpdatesAreUsedUp() {
        MemoryTrial trial = MemoryTrial.of(Cell.RNN).hidden(4).updates(3).batch(4).learningRate(1e-3);
        MemoryTrial.Outcome outcome = run(trial);
        assertEquals(3, outcome.updates());
        assertEquals(0, outcome.solvedAfter());
        assertEquals(0, trial.run(new CopyProblem(3, 1, 2), point -> { }, () -> true).updates());
    }

    @Test
    void aSetterChangesACopyAndNotTheTrialItself() {
        MemoryTrial common = MemoryTrial.of(Cell.RNN).hidden(4).updates(2).batch(3);
        long small = run(common).parameters();
        assertTrue(run(common.hidden(8)).parameters() > small);
        assertEquals(small, run(common).parameters());
        assertEquals(1, run(common.updates(1)).updates());
        assertNotEquals(run(common).loss(), run(common.seed(2)).loss());
        assertNotEquals(run(common).loss(), run(common.batch(4)).loss());
        assertNotEquals(run(common).loss(), run(common.learningRate(1e-2)).loss());
        assertNotEquals(run(common.clipNorm(1e-4)).loss(), run(common.clipNorm(0)).loss());
        assertEquals(run(common).loss(), run(common.threads(2)).loss(), 1e-6);
    }

    @Test
    void whatMeansNothingIsRefused() {
        MemoryTrial trial = MemoryTrial.of(Cell.GRU);
        assertMessage("hidden = 0; expected 1 or more", () -> trial.hidden(0));
        assertMessage("updates = 0", () -> trial.updates(0));
        assertMessage("batch = -1", () -> trial.batch(-1));
        assertMessage("learning rate = 0.0; expected a positive number", () -> trial.learningRate(0));
        assertMessage("learning rate = NaN", () -> trial.learningRate(Double.NaN));
        assertMessage("clip norm = -1.0; expected 0 or more", () -> trial.clipNorm(-1));
        assertMessage("clip norm = Infinity", () -> trial.clipNorm(Double.POSITIVE_INFINITY));
        assertMessage("threads = 0", () -> trial.threads(0));
        assertMessage("cell = LSTM_PROJECTED", () -> MemoryTrial.of(Cell.LSTM_PROJECTED));
        assertMessage("expected 2 or more", () -> new AddingProblem(1));
        assertMessage("1 of 1 symbols over 1 steps", () -> new CopyProblem(1, 1, 1));
        assertMessage("2147483649 steps", () -> new CopyProblem(Integer.MAX_VALUE, 1, 2));
    }

    private static MemoryTrial.Outcome run(MemoryTrial trial) {
        return trial.run(new CopyProblem(3, 1, 2), point -> { }, () -> false);
    }

    private static void assertMessage(String part, Executable call) {
        String message = assertThrows(IllegalArgumentException.class, call).getMessage();
        assertTrue(message.contains(part), message);
    }
}
