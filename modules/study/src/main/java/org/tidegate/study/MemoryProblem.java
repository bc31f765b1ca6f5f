package org.tidegate.study;

import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.tidegate.Batch;
import org.tidegate.Cell;
import org.tidegate.Model;
import org.tidegate.Tensor;

/**
 * A made-up task that cannot be done without remembering something for many steps. Its sequences are drawn anew for every batch, so
 * there is nothing to learn by heart, and what a network reaches that remembers nothing is known exactly.
 */
public interface MemoryProblem {
    /** Its name, "adding" or "copy". */
    String name();

    /** What the loss counts: "squared error", or "nats/symbol". */
    String lossUnit();

    /** Over how many steps something must be remembered, T. */
    int steps();

    /** The expected loss of the best answer that uses no memory. */
    double baseline();

    /** The loss below which the problem counts as solved. */
    double solved();

    /** The network for it with one recurrent layer "rnn" over the axis "sequence", as a spec. */
    String spec(Cell cell, int hidden);

    /** Writes a batch of new sequences: their lengths, inputs and targets. */
    void fill(Batch batch, int sequences, RandomGenerator random);

    /**
     * An untrained network for it. The gates of an LSTM and of a GRU begin so that each unit forgets over a time of its own, from 1
     * step to all (chrono initialization, Tallec and Ollivier 2018). The caller closes it.
     */
    default Model newModel(Cell cell, int hidden, long seed) {
        Model model = Model.of(spec(cell, hidden), seed);
        int keep = switch (cell) {
            case LSTM, GRU, GRU_RESET_BEFORE -> 1; // gates i f g o and r z n
            default -> -1;
        };
        if (keep > 0) {
            Tensor bias = model.parameter("rnn.bias_ih_l0");
            float[] values = bias.toArray();
            SplittableRandom random = new SplittableRandom(seed);
            for (int unit = 0; unit < hidden; unit++) {
                double remembers = Math.log(random.nextDouble(1, Math.max(steps(), 2)));
                values[keep * hidden + unit] = (float) remembers;
                if (cell == Cell.LSTM) {
                    values[unit] = (float) -remembers;
                }
            }
            bias.set(values);
        }
        return model;
    }
}
