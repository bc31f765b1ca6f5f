package org.tidegate.data;

import java.util.Arrays;
import java.util.Comparator;
import java.util.SplittableRandom;

/**
 * Batches of separate examples: shuffled anew in every epoch, and bucketed by length, so that the sequences of a batch are of similar
 * lengths.
 *
 * <p>The examples of an epoch are shuffled and cut into pools of some batches, each pool is sorted by length and cut into batches, and the
 * batches are shuffled. Every epoch has the same number of batches; one of them may be smaller. A batch is a function of the seed and the
 * step number alone: a resumed training needs nothing else.
 */
public final class ExampleBatches {
    /** Batches of a pool: enough for similar lengths, few enough that the composition of batches changes from epoch to epoch. */
    private static final int POOL = 20;

    private final int[] lengths;
    private final int batch;
    private final long seed;
    private long epoch = -1;
    private Integer[] order;
    private int[] batches;

    /**
     * Batches of examples.
     *
     * @param lengths of the examples, not copied
     * @param batch the batch size, in examples
     * @param seed of the shuffling
     * @throws IllegalArgumentException if there is no example, or the batch is not positive
     */
    public ExampleBatches(int[] lengths, int batch, long seed) {
        if (lengths.length == 0) {
            throw new IllegalArgumentException("there are no examples to train on");
        }
        if (batch < 1) {
            throw new IllegalArgumentException("the batch size is " + batch + "; expected 1 or more");
        }
        this.lengths = lengths;
        this.batch = batch;
        this.seed = seed;
    }

    /** {@return the number of batches of an epoch} */
    public long stepsPerEpoch() {
        return (lengths.length - 1) / batch + 1;
    }

    /**
     * {@return the indices of the examples of a step's batch} For one thread at a time.
     *
     * @param step from 0 on, over all epochs
     */
    public int[] batch(long step) {
        if (step / stepsPerEpoch() != epoch) {
            epoch = step / stepsPerEpoch();
            shuffle();
        }
        int from = batches[(int) (step % stepsPerEpoch())] * batch;
        int[] numbers = new int[Math.min(batch, lengths.length - from)];
        Arrays.setAll(numbers, i -> order[from + i]);
        return numbers;
    }

    private void shuffle() {
        SplittableRandom random = random(seed, epoch);
        order = new Integer[lengths.length];
        Arrays.setAll(order, i -> i);
        for (int i = order.length - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            Integer kept = order[i];
            order[i] = order[j];
            order[j] = kept;
        }
        int pool = (int) Math.min((long) POOL * batch, Integer.MAX_VALUE);
        for (long from = 0; batch > 1 && from < order.length; from += pool) {
            Arrays.sort(order, (int) from, (int) Math.min(from + pool, order.length), Comparator.comparingInt(i -> lengths[i]));
        }
        batches = new int[(int) stepsPerEpoch()];
        Arrays.setAll(batches, i -> i);
        for (int i = batches.length - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            int kept = batches[i];
            batches[i] = batches[j];
            batches[j] = kept;
        }
    }

    /**
     * {@return a random number generator for an epoch or a step, a function of the seed and that number alone}
     *
     * @param seed the seed
     * @param number of the epoch or the step
     */
    public static SplittableRandom random(long seed, long number) {
        // Each seed goes through the mixing function twice, so that neighbouring seeds and numbers are not correlated.
        return new SplittableRandom(new SplittableRandom(seed).nextLong() ^ new SplittableRandom(~number).nextLong());
    }
}
