package org.tidegate.audio;

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
        long length = ((long) samples * up + down - 1) / down;
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
            long at = (long) j * down;
            long phase = at % up * phases;
            float[] filter = filters[(int) (phase / up)];
            int first = (int) (at / up) - reach + 1;
            int from = Math.max(0, -first);
            int to = Math.min(filter.length, samples.length - first);
            result[j] = product(samples, first, filter, from, to);
            if (phase % up != 0) {
                float next = product(samples, first, filters[(int) (phase / up) + 1], from, to);
                result[j] += (next - result[j]) * (phase % up) / up;
            }
        }
        return result;
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
