package org.tidegate.audio;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.random.RandomGenerator;

/**
 * Makes other recordings out of one, so that a model does not learn these by heart: faster or slower (Ko, Peddinti, Povey and
 * Khudanpur, "Audio augmentation for speech recognition", 2015), louder or quieter, with noise. Immutable, for all threads.
 */
public final class SpeechAugmentation {
    /** Changes nothing. */
    public static final SpeechAugmentation NONE = new SpeechAugmentation(0, 0, 0, 1);

    private final double speed;
    private final double gain;
    private final double noise;
    private final int join;
    /** One for each percent of speed, from the slowest on. */
    private final Resampler[] speeds;

    /**
     * What is changed at most.
     *
     * @param speed the recording is played 1 − speed … 1 + speed times as fast, in whole percents, pitch and all; 0 … 0.5
     * @param gain it is made up to so many decibels louder or quieter, 0 or more
     * @param noise to every second recording white noise is added, of a standard deviation up to this part of its own; 0 or more
     * @param join up to so many recordings of a speaker are joined to one, 1 or more
     * @throws IllegalArgumentException if one is out of its range
     */
    public SpeechAugmentation(double speed, double gain, double noise, int join) {
        if (!(speed >= 0 && speed <= 0.5) || !(gain >= 0) || gain > 60 || !(noise >= 0) || noise > 100 || join < 1) {
            throw new IllegalArgumentException("got the augmentation " + text(speed, gain, noise, join)
                    + "; expected speed 0 to 0.5, gain 0 to 60 dB, noise 0 to 100 and join 1 or more");
        }
        this.speed = speed;
        this.gain = gain;
        this.noise = noise;
        this.join = join;
        int percents = (int) Math.round(100 * speed);
        speeds = new Resampler[2 * percents + 1];
        Arrays.setAll(speeds, i -> new Resampler(100 - percents + i, 100));
    }

    /**
     * Understands what {@link #toString} says.
     *
     * @throws IllegalArgumentException if it is no such text
     */
    public static SpeechAugmentation parse(String text) {
        List<String> names = List.of("speed", "gain", "noise", "join");
        double[] values = new double[names.size()];
        String[] parts = text.split(" ", -1);
        for (int i = 0; i < values.length; i++) {
            if (parts.length != values.length || !parts[i].startsWith(names.get(i) + "=")) {
                throw new IllegalArgumentException("the augmentation \"" + text + "\" is not understood; expected " + NONE);
            }
            values[i] = Double.parseDouble(parts[i].substring(names.get(i).length() + 1));
        }
        return new SpeechAugmentation(values[0], values[1], values[2], (int) values[3]);
    }

    /** How many recordings are joined at most. */
    public int join() {
        return join;
    }

    /** A recording played faster or slower, louder or quieter. */
    public float[] vary(float[] samples, RandomGenerator random) {
        int at = random.nextInt(speeds.length);
        float[] varied = at == speeds.length / 2 ? samples.clone() : speeds[at].resample(samples);
        float factor = (float) Math.pow(10, (2 * random.nextDouble() - 1) * gain / 20);
        for (int i = 0; i < varied.length; i++) {
            varied[i] *= factor;
        }
        return varied;
    }

    /** Adds white noise to a recording, in place, or leaves it as it is. */
    public void addNoise(float[] samples, RandomGenerator random) {
        // Some must stay clean: clean is what the model will hear most.
        double level = random.nextBoolean() ? noise * random.nextDouble() : 0;
        if (level == 0 || samples.length == 0) {
            return;
        }
        double squares = 0;
        for (float sample : samples) {
            squares += sample * sample;
        }
        float deviation = (float) (level * Math.sqrt(squares / samples.length));
        for (int i = 0; i < samples.length; i++) {
            samples[i] += deviation * (float) random.nextGaussian();
        }
    }

    /** {@code speed=0.1 gain=6.0 noise=0.05 join=4}. */
    @Override
    public String toString() {
        return text(speed, gain, noise, join);
    }

    private static String text(double speed, double gain, double noise, int join) {
        return String.format(Locale.ROOT, "speed=%s gain=%s noise=%s join=%d", speed, gain, noise, join);
    }
}
