package org.tidegate.data;

/**
 * A long series as batches for truncated backpropagation through time: N streams side by side, each a part of the series, cut into
 * chunks of T steps. Chunk k of an epoch follows chunk k-1, so the recurrent state carries over; it is forgotten where an epoch
 * starts. Where the chunks do not fill the series, each epoch starts at an offset of its own. A function of the seed and the step
 * number alone.
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
     * @param length of the series
     * @param streams N, how many parts run side by side
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

    /** How many batches an epoch has. */
    public long stepsPerEpoch() {
        return chunks;
    }

    /** N, the number of streams. */
    public int streams() {
        return streams;
    }

    /** T, the steps of a chunk. */
    public int steps() {
        return steps;
    }

    /** Whether an epoch starts at this step, so that the state of the step before means nothing. */
    public boolean startsEpoch(long step) {
        return step % chunks == 0;
    }

    /** The moment with which a stream's chunk begins at a step, from 0 on over all epochs. */
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
