package org.tidegate.audio;

import java.util.Arrays;
import java.util.Locale;
import java.util.random.RandomGenerator;
import org.tidegate.json.JsonObject;

/**
 * Data augmentation of speech, so that a model does not memorise its recordings: speed perturbation, which changes the pitch too (Ko,
 * Peddinti, Povey and Khudanpur, "Audio augmentation for speech recognition", 2015), a random gain, white noise, and recordings of a
 * speaker joined to longer ones. Each setter gives a changed copy of {@link #NONE}. Immutable, for all threads.
 */
public final class SpeechAugmentation {
    private static final int MOST_JOINED = 1000;
    private static final Resampler[] NORMAL_SPEED = {new Resampler(100, 100)};
    /** Changes nothing. */
    public static final SpeechAugmentation NONE = new SpeechAugmentation(1, 1, NORMAL_SPEED, 0, 0, 1);

    private final double leastSpeed;
    private final double greatestSpeed;
    /** One for each percent of speed, from the least on. */
    private final Resampler[] speeds;
    private final double gain;
    private final double noise;
    private final int join;

    private SpeechAugmentation(double leastSpeed, double greatestSpeed, Resampler[] speeds, double gain, double noise, int join) {
        this.leastSpeed = leastSpeed;
        this.greatestSpeed = greatestSpeed;
        this.speeds = speeds;
        this.gain = gain;
        this.noise = noise;
        this.join = join;
    }

    /**
     * {@return a copy that plays each recording at a speed drawn from a range, in whole percents} Speeds below 1 are slower and lower.
     *
     * @param least the least speed, from 0.5 on; 1 by default
     * @param greatest the greatest speed, up to 1.5; 1 by default
     * @throws IllegalArgumentException unless 0.5 ≤ least ≤ greatest ≤ 1.5
     */
    public SpeechAugmentation speed(double least, double greatest) {
        if (!(least >= 0.5 && least <= greatest && greatest <= 1.5)) {
            throw new IllegalArgumentException("the speeds are " + least + " to " + greatest + "; expected a range within 0.5 to 1.5");
        }
        int first = percent(least);
        Resampler[] resamplers = new Resampler[percent(greatest) - first + 1];
        Arrays.setAll(resamplers, i -> new Resampler(first + i, 100));
        return new SpeechAugmentation(least, greatest, resamplers, gain, noise, join);
    }

    /**
     * {@return a copy that makes each recording louder or quieter by a gain drawn from −decibels to +decibels}
     *
     * @param decibels the greatest gain in dB, 0 (the default) to 60
     * @throws IllegalArgumentException if it is out of range
     */
    public SpeechAugmentation gain(double decibels) {
        if (!(decibels >= 0 && decibels <= 60)) {
            throw new IllegalArgumentException("the gain is " + decibels + " dB; expected 0 to 60");
        }
        return new SpeechAugmentation(leastSpeed, greatestSpeed, speeds, decibels, noise, join);
    }

    /**
     * {@return a copy that adds white noise to every second recording, at a level drawn from 0 to the given one}
     *
     * @param level the greatest standard deviation of the noise as a part of the recording's own, 0 (the default) to 100
     * @throws IllegalArgumentException if it is out of range
     */
    public SpeechAugmentation noise(double level) {
        if (!(level >= 0 && level <= 100)) {
            throw new IllegalArgumentException("the noise level is " + level + "; expected 0 to 100");
        }
        return new SpeechAugmentation(leastSpeed, greatestSpeed, speeds, gain, level, join);
    }

    /**
     * {@return a copy that joins recordings of a speaker to one}
     *
     * @param recordings how many are joined at most, 1 (the default) to 1000
     * @throws IllegalArgumentException if it is out of range
     */
    public SpeechAugmentation join(int recordings) {
        if (recordings < 1 || recordings > MOST_JOINED) {
            throw new IllegalArgumentException("the recordings joined are " + recordings + "; expected 1 to " + MOST_JOINED);
        }
        return new SpeechAugmentation(leastSpeed, greatestSpeed, speeds, gain, noise, recordings);
    }

    /** {@return the least speed, 1 for the recording's own} */
    public double leastSpeed() {
        return leastSpeed;
    }

    /** {@return the greatest speed, 1 for the recording's own} */
    public double greatestSpeed() {
        return greatestSpeed;
    }

    /** {@return the greatest gain, up or down, in dB} */
    public double gain() {
        return gain;
    }

    /** {@return the greatest standard deviation of the noise as a part of the recording's own} */
    public double noise() {
        return noise;
    }

    /** {@return how many recordings are joined at most} */
    public int join() {
        return join;
    }

    /** {@return the settings as JSON, for {@link #fromJson}} */
    public JsonObject toJson() {
        return JsonObject.builder().put("least_speed", leastSpeed).put("greatest_speed", greatestSpeed).put("gain", gain)
                .put("noise", noise).put("join", join).build();
    }

    /**
     * {@return the augmentation that {@link #toJson} wrote}
     *
     * @param json its settings
     * @throws IllegalArgumentException if a setting is missing, unknown or out of range
     */
    public static SpeechAugmentation fromJson(JsonObject json) {
        json.only("least_speed", "greatest_speed", "gain", "noise", "join");
        return NONE.speed(json.number("least_speed"), json.number("greatest_speed")).gain(json.number("gain"))
                .noise(json.number("noise")).join(json.integer("join"));
    }

    /**
     * {@return a copy of a recording with a speed and a gain drawn at random}
     *
     * @param samples of the recording, not changed
     * @param random draws the speed, then the gain
     */
    public float[] vary(float[] samples, RandomGenerator random) {
        int at = random.nextInt(speeds.length);
        boolean normal = percent(leastSpeed) + at == 100;
        float[] varied = normal ? samples.clone() : speeds[at].resample(samples);
        float factor = (float) Math.pow(10, (2 * random.nextDouble() - 1) * gain / 20);
        for (int i = 0; i < varied.length; i++) {
            varied[i] *= factor;
        }
        return varied;
    }

    /**
     * Adds white noise to a recording in place, or leaves it as it is: each with probability 1/2.
     *
     * @param samples of the recording
     * @param random draws whether there is noise, its level and the noise itself
     */
    public void addNoise(float[] samples, RandomGenerator random) {
        // Half of the recordings stay clean, because most of the recordings at inference are.
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

    /** {@return the settings, for messages: {@code speed=0.9..1.1 gain=6.0 noise=0.05 join=4}} */
    @Override
    public String toString() {
        return String.format(Locale.ROOT, "speed=%s..%s gain=%s noise=%s join=%d", leastSpeed, greatestSpeed, gain, noise, join);
    }

    private static int percent(double speed) {
        return (int) Math.round(100 * speed);
    }
}
