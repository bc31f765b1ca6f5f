package org.tidegate.study;

import java.nio.IntBuffer;
import java.util.Locale;
import java.util.random.RandomGenerator;
import org.tidegate.Batch;
import org.tidegate.Cell;

/**
 * The copy task (Hochreiter and Schmidhuber 1997; Arjovsky, Shah and Bengio 2016): some symbols, then T blank steps, then a delimiter,
 * after which the symbols are to be repeated in order. Only these last steps count in the loss; without memory it is the logarithm of the
 * number of symbols.
 *
 * @param steps T, the number of blank steps, at least 1
 * @param length the number of symbols to copy, at least 1
 * @param symbols the number of different symbols, at least 2
 */
public record CopyProblem(int steps, int length, int symbols) implements MemoryProblem {
    private static final String AXIS = "sequence";
    private static final int IGNORED = -1;
    /** The share of the baseline below which the problem counts as solved. */
    private static final double SOLVED = 0.05;

    /**
     * Checks the sizes.
     *
     * @param steps T, the number of blank steps, at least 1
     * @param length the number of symbols to copy, at least 1
     * @param symbols the number of different symbols, at least 2
     * @throws IllegalArgumentException if one is too small, or the sequences would have more than 2^31 - 1 steps
     */
    public CopyProblem {
        if (steps < 1 || length < 1 || symbols < 2) {
            throw new IllegalArgumentException("the copy task was given " + length + " of " + symbols + " symbols over " + steps
                + " steps; expected at least 1 of 2 symbols over 1 step");
        }
        if (steps + 2L * length > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("the copy task reads " + length + " symbols, waits " + steps + " steps and says them again: "
                + (steps + 2L * length) + " steps; expected at most " + Integer.MAX_VALUE);
        }
    }

    @Override
    public String name() {
        return "copy";
    }

    @Override
    public String lossUnit() {
        return "nats/symbol";
    }

    @Override
    public double baseline() {
        return Math.log(symbols);
    }

    @Override
    public double solved() {
        return SOLVED * baseline();
    }

    @Override
    public String spec(Cell cell, int hidden) {
        return String.format(Locale.ROOT, """
            steps = ids axis=sequence
            answers = ids axis=sequence
            symbols = one_hot steps rows=%d
            rnn = recurrent symbols cell=%s size=%d
            scores = linear rnn cols=%d
            loss = cross_entropy scores answers ignore=%d
            """, symbols + 2, cell.spec(), hidden, symbols, IGNORED);
    }

    @Override
    public void fill(Batch batch, int sequences, RandomGenerator random) {
        int nothing = symbols;
        int sign = symbols + 1;
        int all = length + steps + length;
        batch.equalLengths(AXIS, sequences, all);
        IntBuffer read = batch.writableIds("steps");
        IntBuffer said = batch.writableIds("answers");
        for (int n = 0; n < sequences; n++) {
            for (int t = 0; t < all; t++) {
                read.put(t * sequences + n, t == length + steps ? sign : nothing);
                said.put(t * sequences + n, IGNORED);
            }
            for (int i = 0; i < length; i++) {
                int symbol = random.nextInt(symbols);
                read.put(i * sequences + n, symbol);
                said.put((length + steps + i) * sequences + n, symbol);
            }
        }
    }
}
