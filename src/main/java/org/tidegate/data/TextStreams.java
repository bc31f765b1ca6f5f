package org.tidegate.data;

import java.nio.IntBuffer;

/**
 * Batches of a long text for truncated backpropagation through time: N parallel streams, cut into chunks of T steps.
 *
 * <p>An epoch starts at a random offset of less than T tokens. From there on the text is cut into N streams of equal length, side by
 * side; chunk k of the epoch is steps k·T … k·T+T−1 of each, so the recurrent state carries over from one batch to the next, and is
 * reset where an epoch starts. A target is the token that follows. Tokens after the last whole chunk of a stream are left out of this
 * epoch; another offset includes them.
 *
 * <p>A batch is a function of the seed and the step number alone: a resumed training needs nothing else.
 */
public final class TextStreams {
    private final int[] ids;
    private final int streams;
    private final int steps;
    private final long seed;
    private final int streamLength;

    /**
     * Streams over a text.
     *
     * @param ids the text, not copied; must not change
     * @param streams N, the number of streams
     * @param steps T, the length of a chunk
     * @param seed of the offsets
     * @throws IllegalArgumentException if a size is not positive, or the text is too short for one chunk of each stream
     */
    public TextStreams(int[] ids, int streams, int steps, long seed) {
        if (streams < 1 || steps < 1) {
            throw new IllegalArgumentException("got " + streams + " streams in chunks of " + steps + " steps; expected 1 or more of each");
        }
        long needed = (long) streams * steps + steps;
        if (ids.length < needed) {
            throw new IllegalArgumentException("the text is too short: it has " + ids.length + " tokens, and " + streams
                    + " streams in chunks of " + steps + " steps need at least " + needed + ". " + advice(ids.length, steps));
        }
        this.ids = ids;
        this.streams = streams;
        this.steps = steps;
        this.seed = seed;
        this.streamLength = (ids.length - steps) / streams;
    }

    /** {@return the number of batches of an epoch} */
    public long stepsPerEpoch() {
        return streamLength / steps;
    }

    /** {@return N, the number of streams} */
    public int streams() {
        return streams;
    }

    /** {@return T, the steps of a chunk} */
    public int steps() {
        return steps;
    }

    /**
     * {@return whether an epoch starts at a step, so that the recurrent state must be reset}
     *
     * @param step the number of the batch, from 0 on over all epochs
     */
    public boolean startsEpoch(long step) {
        return step % stepsPerEpoch() == 0;
    }

    /**
     * Writes the batch of a step.
     *
     * @param step from 0 on, over all epochs
     * @param inputs receives the tokens {@code [T,N]} from its position on
     * @param targets receives the tokens that follow them, {@code [T,N]}
     */
    public void fill(long step, IntBuffer inputs, IntBuffer targets) {
        long epoch = step / stepsPerEpoch();
        int from = offset(epoch) + (int) (step % stepsPerEpoch()) * steps;
        for (int t = 0; t < steps; t++) {
            for (int n = 0; n < streams; n++) {
                int at = from + n * streamLength + t;
                inputs.put(ids[at]);
                targets.put(ids[at + 1]);
            }
        }
    }

    private int offset(long epoch) {
        return (int) Long.remainderUnsigned(mix(seed + epoch * 0x9E3779B97F4A7C15L), steps);
    }

    // The finaliser of SplitMix64 (Steele, Lea, Flood 2014): random access to the offset of any epoch.
    private static long mix(long value) {
        long z = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    private static String advice(int tokens, int steps) {
        int fitting = tokens / steps - 1;
        return fitting >= 1
                ? "Give it more text, or at most " + fitting + " streams (the batch size) with chunks of this length."
                : "Give it more text, or shorter chunks (bptt).";
    }
}
