package org.tidegate.study;

import java.nio.FloatBuffer;
import java.util.Locale;
import java.util.random.RandomGenerator;
import org.tidegate.Batch;
import org.tidegate.Cell;

/**
 * The adding problem (Hochreiter and Schmidhuber 1997, section 5.4): each of T steps has a number from 0 to 1 and a mark; two steps are
 * marked, one in each half, and the target after the last step is the sum of their numbers. The constant answer 1 has a mean squared error
 * of 1/6, the variance of the sum.
 *
 * @param steps T, at least 2
 */
public record AddingProblem(int steps) implements MemoryProblem {
    private static final String AXIS = "sequence";
    private static final double SOLVED = 0.01;

    /**
     * Checks the length.
     *
     * @param steps T, at least 2
     * @throws IllegalArgumentException if it is less than 2
     */
    public AddingProblem {
        if (steps < 2) {
            throw new IllegalArgumentException("the adding problem has " + steps + " steps; expected 2 or more, as two are marked");
        }
    }

    @Override
    public String name() {
        return "adding";
    }

    @Override
    public String lossUnit() {
        return "squared error";
    }

    @Override
    public double baseline() {
        return 1.0 / 6;
    }

    @Override
    public double solved() {
        return SOLVED;
    }

    @Override
    public String spec(Cell cell, int hidden) {
        return String.format(Locale.ROOT, """
            steps = input axis=sequence cols=2
            sum = input axis=sequence cols=1 per=sequence
            rnn = recurrent steps cell=%s size=%d
            last = pool rnn kind=last
            answer = linear last cols=1
            loss = mse answer sum
            """, cell.spec(), hidden);
    }

    @Override
    public void fill(Batch batch, int sequences, RandomGenerator random) {
        batch.equalLengths(AXIS, sequences, steps);
        FloatBuffer rows = batch.writableReals("steps");
        FloatBuffer sums = batch.writableReals("sum");
        for (int n = 0; n < sequences; n++) {
            int first = random.nextInt(steps / 2);
            int second = steps / 2 + random.nextInt(steps - steps / 2);
            float sum = 0;
            for (int t = 0; t < steps; t++) {
                float number = random.nextFloat();
                boolean marked = t == first || t == second;
                rows.put(2 * (t * sequences + n), number).put(2 * (t * sequences + n) + 1, marked ? 1 : 0);
                sum += marked ? number : 0;
            }
            sums.put(n, sum);
        }
    }
}
