/* The numbers of recurrent layers. */
package org.tidegate.bench.work;

import static org.tidegate.bench.work.Problem.uniform;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Recurrent layers with their weights and data. Weights are uniform in ±1/√H, as PyTorch initialises them, inputs
 * and targets uniform in ±1.
 */
public final class RecurrentProblem implements Problem {
    /** The steps that a stream cycles through. */
    public static final int STREAM_STEPS = 64;

    private final Recurrent work;
    private final int[] lengths;
    private final List<LayerWeights> weights = new ArrayList<>();
    private final float[] input;
    private final float[] targets;

    private RecurrentProblem(Recurrent work, long seed) {
        this.work = work;
        SplittableRandom random = new SplittableRandom(seed);
        double bound = 1 / Math.sqrt(work.hiddenSize());
        int rows = work.gates() * work.hiddenSize();
        for (int layer = 0; layer < work.layers(); layer++) {
            for (int direction = 0; direction < work.directions(); direction++) {
                int columns = work.inputOf(layer);
                float[] weightIh = uniform(random, (long) rows * columns, bound);
                float[] weightHh = uniform(random, (long) rows * work.hiddenSize(), bound);
                weights.add(new LayerWeights(columns, weightIh, weightHh, uniform(random, rows, bound), uniform(random, rows, bound)));
            }
        }
        int steps = work.kind() == Kind.STREAM ? STREAM_STEPS : work.steps();
        long cells = (long) steps * work.batch();
        input = uniform(random, cells * work.inputSize(), 1);
        targets = work.kind() == Kind.TRAIN ? uniform(random, cells * work.outputColumns(), 1) : new float[0];
        lengths = lengths(work);
    }

    /** The numbers of that work; the same work has the same numbers. */
    public static RecurrentProblem of(Recurrent work) {
        return new RecurrentProblem(work, 20);
    }

    @Override
    public Recurrent work() {
        return work;
    }

    /** The weights, layer by layer, in each layer forward then backward. */
    public List<LayerWeights> weights() {
        return weights;
    }

    /** The weights of a layer's direction. */
    public LayerWeights weights(int layer, int direction) {
        return weights.get(layer * work.directions() + direction);
    }

    /** The input {@code [T, B, I]}; of streams {@code [STREAM_STEPS, B, I]}. What lies after a sequence's length is padding. */
    @Override
    public float[] input() {
        return input;
    }

    /** The targets of a training step {@code [T, B, D*H]}. */
    public float[] targets() {
        return targets;
    }

    @Override
    public int[] lengths() {
        return lengths;
    }

    @Override
    public double[] reference(int sequence, int steps) {
        return Reference.outputs(this, sequence, steps);
    }

    @Override
    public Contender prepare(Peer peer) throws Exception {
        return peer.prepare(this);
    }

    /** The lengths of a work's sequences: T, or where they are ragged uniform in 1…T. */
    public static int[] lengths(Recurrent work) {
        SplittableRandom random = new SplittableRandom(21);
        int[] lengths = new int[work.batch()];
        for (int sequence = 0; sequence < lengths.length; sequence++) {
            lengths[sequence] = work.ragged() ? 1 + random.nextInt(work.steps()) : work.steps();
        }
        return lengths;
    }
}
