package org.tidegate.audio;

import java.util.List;
import java.util.Objects;

/**
 * A mono signal: samples between −1 and 1; floating-point recordings may pass beyond.
 *
 * @param samples finite; not copied; must not change
 * @param rate the sample rate in Hz
 */
public record Audio(float[] samples, int rate) {
    static final int LONGEST = Integer.MAX_VALUE - 16; // of an array

    /**
     * A signal of a sample rate.
     *
     * @param samples of the signal
     * @param rate the sample rate in Hz
     * @throws IllegalArgumentException if the rate is not positive, or a sample is not finite
     */
    public Audio {
        Objects.requireNonNull(samples, "samples");
        if (rate < 1) {
            throw new IllegalArgumentException("the sample rate is " + rate + " Hz; expected 1 or more");
        }
        checkFinite(samples);
    }

    private static void checkFinite(float... samples) {
        for (int i = 0; i < samples.length; i++) {
            if (!Float.isFinite(samples[i])) {
                throw new IllegalArgumentException("sample " + i + " is " + samples[i] + "; expected a finite number");
            }
        }
    }

    /** {@return the duration in seconds} */
    public double seconds() {
        return (double) samples.length / rate;
    }

    /**
     * {@return the concatenation of signals}
     *
     * @param parts at least one
     * @throws IllegalArgumentException if there is none, their rates differ, or they are longer than an array can be
     */
    public static Audio join(List<Audio> parts) {
        if (parts.isEmpty() || parts.stream().anyMatch(part -> part.rate() != parts.get(0).rate())) {
            throw new IllegalArgumentException("got " + parts.size() + " sounds; expected one or more of the same sample rate");
        }
        long length = parts.stream().mapToLong(part -> part.samples.length).sum();
        if (length > LONGEST) {
            throw new IllegalArgumentException("the sounds have " + length + " samples together; expected up to " + LONGEST);
        }
        float[] samples = new float[(int) length];
        int at = 0;
        for (Audio part : parts) {
            System.arraycopy(part.samples, 0, samples, at, part.samples.length);
            at += part.samples.length;
        }
        return new Audio(samples, parts.get(0).rate());
    }

    /**
     * {@return the signal at another sample rate, by {@link Resampler}; itself if it has that rate already}
     *
     * @param otherRate the sample rate in Hz
     */
    public Audio at(int otherRate) {
        return otherRate == rate ? this : new Audio(new Resampler(rate, otherRate).resample(samples), otherRate);
    }
}
