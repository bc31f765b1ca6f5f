package org.tidegate.audio;

import java.util.Objects;

/**
 * Log-mel features of speech: for each frame of the signal the logarithm of its power in M mel bands.
 *
 * <pre>    power[k] = |Σ_n w[n] x[n] exp(−2πi k n / N)|²,   y[m] = ln(max(Σ_k F[m,k] power[k], 1e-10))</pre>
 *
 * where x[0 … N−1] are the samples of frame j from j·hop on. The window w is a periodic Hann window of 25 ms in the middle of N, the
 * next power of two; the hop is 10 ms; F are {@link MelFilters}. The signal is neither centred nor padded: it has {@code 1 + (samples
 * − N) / hop} frames. Computed in double. Davis and Mermelstein, "Comparison of parametric representations for monosyllabic word
 * recognition", 1980. Immutable, for all threads.
 */
public final class LogMel {
    private static final double WINDOW_SECONDS = 0.025;
    private static final double HOP_SECONDS = 0.010;
    private static final double FLOOR = 1e-10;
    private static final int LEAST_RATE = 100;
    /** Far above any microphone, as is the number of bands above any use: the filters of more would take gigabytes. */
    private static final int GREATEST_RATE = 1_000_000;
    private static final int MOST_MELS = 1024;

    private final int rate;
    private final int hop;
    private final MelScale scale;
    private final MelFilters filters;
    private final RealFft fft;
    private final double[] window;

    /**
     * Features of signals of a sample rate.
     *
     * @param rate the sample rate in Hz, 100 to 1,000,000
     * @param mels M, the number of mel bands, 1 to 1024
     * @param scale the mel scale of the bands
     * @throws IllegalArgumentException if a number is out of range, or the bands are too many for the window
     */
    public LogMel(int rate, int mels, MelScale scale) {
        this.scale = Objects.requireNonNull(scale, "scale");
        this.rate = rate;
        if (rate < LEAST_RATE || rate > GREATEST_RATE || mels < 1 || mels > MOST_MELS) {
            throw new IllegalArgumentException("got " + mels + " mel bands at " + rate + " Hz; expected 1 to " + MOST_MELS + " bands at "
                    + LEAST_RATE + " to " + GREATEST_RATE + " Hz");
        }
        int length = (int) Math.round(WINDOW_SECONDS * rate);
        hop = (int) Math.round(HOP_SECONDS * rate);
        int size = length == 1 ? 2 : Integer.highestOneBit(length - 1) * 2;
        fft = new RealFft(size);
        window = hann(length, size);
        filters = new MelFilters(scale, size, rate, mels);
    }

    /** {@return the sample rate in Hz of the signals that it takes} */
    public int rate() {
        return rate;
    }

    /** {@return M, the number of bands} */
    public int mels() {
        return filters.mels();
    }

    /** {@return the scale of the bands} */
    public MelScale scale() {
        return scale;
    }

    /** {@return the hop: the number of samples from the start of a frame to that of the next} */
    public int hop() {
        return hop;
    }

    /** {@return N, the number of samples of a frame} */
    public int size() {
        return fft.size();
    }

    /** {@return the mel filterbank} */
    public MelFilters filters() {
        return filters;
    }

    /**
     * {@return the number of frames of a signal: {@code 1 + (samples − N) / hop}, 0 if it has fewer samples than N}
     *
     * @param samples the number of samples
     */
    public int frames(int samples) {
        return samples < size() ? 0 : 1 + (samples - size()) / hop;
    }

    /**
     * {@return the features of a signal: {@code [frames, M]}, row-major}
     *
     * @param samples a signal at {@link #rate()}
     */
    public float[] of(float[] samples) {
        int frames = frames(samples.length);
        float[] features = new float[frames * mels()];
        Work work = new Work();
        for (int frame = 0; frame < frames; frame++) {
            work.logMel(samples, frame * hop);
            for (int m = 0; m < mels(); m++) {
                features[frame * mels() + m] = (float) work.mel[m];
            }
        }
        return features;
    }

    /** {@return a new workspace, for one thread} */
    public Work newWork() {
        return new Work();
    }

    private static double[] hann(int length, int size) {
        double[] window = new double[size];
        for (int i = 0; i < length; i++) {
            window[(size - length) / 2 + i] = 0.5 - 0.5 * Math.cos(2 * Math.PI * i / length);
        }
        return window;
    }

    /** The workspace of one thread, which computes single frames in double. */
    public final class Work {
        private final double[] frame = new double[size()];
        private final double[] real = new double[size() / 2 + 1];
        private final double[] imaginary = new double[size() / 2 + 1];
        private final double[] power = new double[size() / 2 + 1];
        private final double[] mel = new double[mels()];

        private Work() {}

        /**
         * {@return the power spectrum of a frame: N/2 + 1 bins, valid until the next call}
         *
         * @param samples a signal at {@link #rate()}
         * @param at the index of the first sample of the frame
         */
        public double[] power(float[] samples, int at) {
            for (int i = 0; i < frame.length; i++) {
                frame[i] = window[i] * samples[at + i];
            }
            fft.transform(frame, real, imaginary);
            for (int k = 0; k < power.length; k++) {
                power[k] = real[k] * real[k] + imaginary[k] * imaginary[k];
            }
            return power;
        }

        /**
         * {@return the power of a frame in the mel bands: M values, valid until the next call}
         *
         * @param samples a signal at {@link #rate()}
         * @param at the index of the first sample of the frame
         */
        public double[] mel(float[] samples, int at) {
            filters.apply(power(samples, at), mel);
            return mel;
        }

        /**
         * {@return the log-mel features of a frame: M values, valid until the next call}
         *
         * @param samples a signal at {@link #rate()}
         * @param at the index of the first sample of the frame
         */
        public double[] logMel(float[] samples, int at) {
            mel(samples, at);
            for (int m = 0; m < mel.length; m++) {
                mel[m] = Math.log(Math.max(mel[m], FLOOR));
            }
            return mel;
        }
    }
}
