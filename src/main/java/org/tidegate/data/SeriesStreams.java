package org.tidegate.data;

/**
 * Batches of a long series for truncated backpropagation through time: N parallel streams, each a part of the series, cut into chunks of T
 * steps. Chunk k of an epoch follows chunk k-1, so the recurrent state carries over; it is reset where an epoch starts. Where the chunks do
 * not fill the series, each epoch starts at its own random offset. A function of the seed and the step number alone.
 */
public final class SeriesStreams {
    private final int streams;
    private final int steps;
    private final long seed;
    private final int streamLength;
    private final int chunks;

    /**
     * Streams over a series.
     *
     * @param length of the series, in time steps
     * @param streams N, the number of streams
     * @param steps T, the length of a chunk
     * @param seed of the offsets
     * @throws IllegalArgumentException if a size is not positive, or the series is too short for one chunk of each stream
     */
    public SeriesStreams(int length, int streams, int steps, long seed) {
        if (streams < 1 || steps < 1 || (long) streams * steps > length) {
            throw new IllegalArgumentException(streams + " streams side by side in chunks of " + steps + " steps need a series of "
                + (long) streams * steps + " moments; there are " + length
                + ". Give a longer series, a smaller batch or shorter chunks (bptt)");
        }
        this.streams = streams;
        this.steps = steps;
        this.seed = seed;
        streamLength = length / streams;
        chunks = streamLength / steps;
    }

    /** {@return the number of batches of an epoch} */
    public long stepsPerEpoch() {
        return chunks;
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
        return step % chunks == 0;
    }

    /**
     * {@return the time step of the series at which a stream's chunk begins}
     *
     * @param step the number of the batch, from 0 on over all epochs
     * @param stream the index of the stream, 0 to N − 1
     */
    public int start(long step, int stream) {
        int spare = streamLength - chunks * steps;
        int offset = (int) Long.remainderUnsigned(mix(seed + step / chunks * 0x9E3779B97F4A7C15L), spare + 1L);
        return stream * streamLength + offset + (int) (step % chunks) * steps;
    }

    // The finaliser of SplitMix64 (Steele, Lea, Flood 2014).
    private static long mix(long value) {
        long z = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
