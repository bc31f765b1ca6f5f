package org.tidegate.study;

import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.tidegate.Batch;
import org.tidegate.Cell;
import org.tidegate.Model;
import org.tidegate.Tensor;

/**
 * A synthetic task that needs memory over many steps. Its sequences are drawn anew for every batch, so that none can be memorised, and the
 * best loss without memory is known exactly.
 */
public interface MemoryProblem {
    /** {@return its name, "adding" or "copy"} */
    String name();

    /** {@return the unit of the loss: "squared error", or "nats/symbol"} */
    String lossUnit();

    /** {@return T, the number of steps to remember over} */
    int steps();

    /** {@return the expected loss of the best answer without memory} */
    double baseline();

    /** {@return the loss below which the problem counts as solved} */
    double solved();

    /**
     * {@return the spec of a network with one recurrent layer "rnn" over the axis "sequence"}
     *
     * @param cell the recurrent cell
     * @param hidden the units of the layer
     */
    String spec(Cell cell, int hidden);

    /**
     * Writes a batch of new sequences: their lengths, inputs and targets.
     *
     * @param batch the batch to write
     * @param sequences the number of sequences
     * @param random where they are drawn from
     */
    void fill(Batch batch, int sequences, RandomGenerator random);

    /**
     * {@return an untrained network for it} The gates of an LSTM and of a GRU are initialised so that each unit forgets over a time of its
     * own, from 1 step to all (chrono initialization, Tallec and Ollivier 2018). The caller closes it.
     *
     * @param cell the recurrent cell
     * @param hidden the units of the layer
     * @param seed the seed
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
