package org.tidegate.audio;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Changes the sample rate of a signal: band-limited interpolation with a windowed sinc,
 *
 * <pre>    y[j] = Σ_n x[n] h(j M/L − n),   h(t) = c sinc(c t) w(t),   c = 0.91 min(1, L/M)</pre>
 *
 * where L/M is the ratio of the rates in lowest terms and w the Kaiser window (β = 8.6, some 90 dB) over 32 zero crossings each side.
 * Frequencies above the Nyquist frequency of the lower rate are removed, so that there is no aliasing. There are only L different phases:
 * their filters are computed once, each normalised to the sum 1, so that a constant signal stays constant. Where L is so great that the
 * filters would take more than 4 MiB, as between 48000 and 47999 Hz, there are 512 phases each zero crossing, and those between two of them
 * are interpolated; that changes less than 16 bits show.
 *
 * <p>Julius O. Smith, "Digital Audio Resampling", <a href="https://ccrma.stanford.edu/~jos/resample/">ccrma.stanford.edu/~jos</a>; the
 * window: J. F. Kaiser, "Nonrecursive digital filter design using the I0-sinh window function", 1974. Immutable, for all threads.
 */
public final class Resampler {
    private static final int CROSSINGS = 32;
    private static final double ROLL_OFF = 0.91;
    private static final double BETA = 8.6;
    /** The most weights of all phases; the most that one rate may be times the other, beyond that of any two recordings. */
    private static final int MOST_WEIGHTS = 1 << 20;
    private static final int MOST_RATIO = 10_000;
    private static final int PHASES_PER_CROSSING = 512;
    /** Of a stream, samples times the other rate: years, and no product overflows. */
    private static final long MOST = 1L << 61;

    private final int up;
    private final int down;
    private final int reach;
    /** {@code [phases + 1][2 reach]}: filter p weighs the samples from floor(j M/L) − reach + 1 on, where j M mod L = p L/phases. */
    private final float[][] filters;
    private final int phases;

    /**
     * A resampler from one sample rate to another.
     *
     * @param from the sample rate of the input in Hz
     * @param to the sample rate of the output in Hz
     * @throws IllegalArgumentException if one is not positive, or more than 10000 times the other
     */
    public Resampler(int from, int to) {
        if (from < 1 || to < 1) {
            throw new IllegalArgumentException("the sample rates are " + from + " and " + to + " Hz; expected 1 or more");
        }
        if (Math.max(from, to) / Math.min(from, to) >= MOST_RATIO) {
            throw new IllegalArgumentException("the sample rates are " + from + " and " + to + " Hz; expected one to be less than "
                    + MOST_RATIO + " times the other");
        }
        int common = greatestCommonDivisor(from, to);
        up = to / common;
        down = from / common;
        double cutoff = ROLL_OFF * Math.min(1, (double) up / down);
        reach = (int) Math.ceil(CROSSINGS / cutoff);
        phases = 2L * reach * up <= MOST_WEIGHTS ? up : (int) Math.ceil(PHASES_PER_CROSSING * cutoff);
        filters = new float[phases + 1][];
        for (int phase = 0; phase <= phases; phase++) {
            filters[phase] = filter((double) phase / phases, cutoff);
        }
    }

    /**
     * {@return the number of samples after {@link #resample}: {@code ceil(samples L/M)}}
     *
     * @param samples the number of samples of the input
     * @throws IllegalArgumentException if they are more than an array can have
     */
    public int length(int samples) {
        return checkedLength(samples);
    }

    private int checkedLength(long samples) {
        long length = (samples * up + down - 1) / down;
        if (length > Audio.LONGEST) {
            throw new IllegalArgumentException(samples + " samples would become " + length + "; expected up to " + Audio.LONGEST);
        }
        return (int) length;
    }

    /**
     * {@return the signal at the other rate; it is zero-padded at both ends}
     *
     * @param samples of the input
     * @throws IllegalArgumentException as {@link #length}
     */
    public float[] resample(float[] samples) {
        float[] result = new float[length(samples.length)];
        for (int j = 0; j < result.length; j++) {
            result[j] = value(j, samples, 0, samples.length);
        }
        return result;
    }

    /** The first sample of the input that output j reads; negative ones are 0. */
    private long first(long j) {
        return j * down / up - reach + 1;
    }

    /** Output j. samples: those of the input from sample `base` on; length: how many samples the input has, or more than j reads. */
    private float value(long j, float[] samples, long base, long length) {
        long phase = j * down % up * phases;
        float[] filter = filters[(int) (phase / up)];
        long first = first(j);
        int from = (int) Math.max(0, -first);
        int to = (int) Math.min(filter.length, length - first);
        int offset = (int) (first - base);
        float value = product(samples, offset, filter, from, to);
        if (phase % up == 0) {
            return value;
        }
        float next = product(samples, offset, filters[(int) (phase / up) + 1], from, to);
        return value + (next - value) * (phase % up) / up;
    }

    /** {@return a stream that resamples a signal as it arrives} */
    public Stream newStream() {
        return new Stream();
    }

    /**
     * A signal as it arrives: the pieces that come out are together what {@link #resample} makes of the whole, to the bit. The last samples
     * wait until what follows them is known: some 35 samples of the lower rate. For one thread.
     */
    public final class Stream {
        private static final int LEAST = 256;

        private float[] waiting = new float[LEAST]; // from sample `base` on
        private int count;
        private long base;
        private long next; // output

        private Stream() {}

        /**
         * Appends samples.
         *
         * @param samples the next samples of the input
         * @return the samples of the output that they complete, often none
         * @throws IllegalArgumentException if they would be more than an array can have; the stream is as before
         */
        public float[] accept(float... samples) {
            checkedLength(samples.length + 2L * reach); // with those that wait
            if (waiting.length - count < samples.length) {
                waiting = Arrays.copyOf(waiting, Math.max(2 * waiting.length, count + samples.length));
            }
            System.arraycopy(samples, 0, waiting, count, samples.length);
            count += samples.length;
            float[] made = take(complete(base + count), Long.MAX_VALUE / 2);
            int past = (int) Math.max(0, Math.min(count, first(next) - base));
            System.arraycopy(waiting, past, waiting, 0, count - past);
            count -= past;
            base += past;
            return made;
        }

        /**
         * Ends the signal, behind which are zeros; the next samples begin another one.
         *
         * @return the last samples of the output
         */
        public float[] finish() {
            long total = base + count;
            float[] made = take((total * up + down - 1) / down, total);
            count = 0;
            base = 0;
            next = 0;
            return made;
        }

        /** The samples of the output that so many of the input complete: output j reads up to first(j) + 2 reach - 1. */
        private long complete(long samples) {
            return (Math.max(0, samples - reach) * up + down - 1) / down;
        }

        private float[] take(long end, long length) {
            float[] made = new float[(int) Math.max(0, end - next)];
            for (int i = 0; i < made.length; i++) {
                made[i] = value(next + i, waiting, base, length);
            }
            next += made.length;
            return made;
        }

        /** {@return all that the stream knows, as bytes for {@link #setState}} */
        public byte[] state() {
            ByteBuffer bytes = ByteBuffer.allocate(2 * Long.BYTES + count * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            bytes.putLong(base).putLong(next).asFloatBuffer().put(waiting, 0, count);
            return bytes.array();
        }

        /**
         * Continues from a state of a stream between the same rates.
         *
         * @param state what {@link #state} returned
         * @throws IllegalArgumentException if it cannot be one; the stream is as before
         */
        public void setState(byte[] state) {
            ByteBuffer bytes = ByteBuffer.wrap(state.clone()).order(ByteOrder.LITTLE_ENDIAN); // once: another thread may write there
            int samples = (bytes.limit() - 2 * Long.BYTES) / Float.BYTES;
            if (bytes.limit() < 2 * Long.BYTES || bytes.limit() % Float.BYTES != 0 || samples > 2 * reach) {
                throw new IllegalArgumentException(bytes.limit() + " bytes that are no state of a resampler");
            }
            long from = bytes.getLong();
            long output = bytes.getLong();
            boolean counted = from >= 0 && from <= MOST / up && output >= 0 && output <= MOST / down;
            if (!counted || from != Math.max(0, first(output)) || output != complete(from + samples)) {
                throw new IllegalArgumentException("the state of a resampler is damaged: its sample " + from + " does not go with sample "
                        + output + " of the output");
            }
            float[] read = new float[samples];
            bytes.asFloatBuffer().get(read);
            new Audio(read, 1); // refuses what is not finite
            waiting = Arrays.copyOf(read, Math.max(LEAST, samples));
            count = samples;
            base = from;
            next = output;
        }
    }

    // Four independent sums: a single one would be bound by the latency of its additions.
    private static float product(float[] samples, int first, float[] filter, int from, int to) {
        float a = 0;
        float b = 0;
        float c = 0;
        float d = 0;
        int i = from;
        for (; i + 3 < to; i += 4) {
            a += samples[first + i] * filter[i];
            b += samples[first + i + 1] * filter[i + 1];
            c += samples[first + i + 2] * filter[i + 2];
            d += samples[first + i + 3] * filter[i + 3];
        }
        for (; i < to; i++) {
            a += samples[first + i] * filter[i];
        }
        return (a + b) + (c + d);
    }

    private float[] filter(double position, double cutoff) {
        double[] weights = new double[2 * reach];
        double sum = 0;
        for (int i = 0; i < weights.length; i++) {
            double t = position - (i - reach + 1);
            weights[i] = sinc(cutoff * t) * kaiser(t * cutoff / CROSSINGS);
            sum += weights[i];
        }
        float[] filter = new float[weights.length];
        for (int i = 0; i < filter.length; i++) {
            filter[i] = (float) (weights[i] / sum);
        }
        return filter;
    }

    private static double sinc(double x) {
        return Math.abs(x) < 1e-12 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
    }

    private static double kaiser(double x) {
        return Math.abs(x) > 1 ? 0 : bessel(BETA * Math.sqrt(1 - x * x));
    }

    /** I0, the modified Bessel function of the first kind, by its series Σ ((x/2)^k / k!)². */
    private static double bessel(double x) {
        double sum = 1;
        double term = 1;
        for (int k = 1; term > 1e-17 * sum; k++) {
            term *= x / (2 * k) * (x / (2 * k));
            sum += term;
        }
        return sum;
    }

    private static int greatestCommonDivisor(int a, int b) {
        return b == 0 ? a : greatestCommonDivisor(b, a % b);
    }
}
