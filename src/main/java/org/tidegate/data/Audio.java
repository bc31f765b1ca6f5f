package org.tidegate.data;

import java.util.Objects;

/**
 * A piece of sound: one channel of samples between −1 and 1.
 *
 * @param samples not copied; must not change
 * @param rate samples a second, in Hz
 */
public record Audio(float[] samples, int rate) {
    /**
     * Names the parts.
     *
     * @throws IllegalArgumentException if the rate is not positive
     */
    public Audio {
        Objects.requireNonNull(samples, "samples");
        if (rate < 1) {
            throw new IllegalArgumentException("the sample rate is " + rate + " Hz; expected 1 or more");
        }
    }

    /** How long it lasts, in seconds. */
    public double seconds() {
        return (double) samples.length / rate;
    }

    /** The same sound at another rate, by {@link Resampler}; itself if it has that rate already. */
    public Audio at(int otherRate) {
        return otherRate == rate ? this : new Audio(new Resampler(rate, otherRate).resample(samples), otherRate);
    }
}
