package org.tidegate.task.transcribe;

import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.tidegate.audio.LogMel;
import org.tidegate.audio.MelScale;
import org.tidegate.audio.Recording;
import org.tidegate.json.JsonObject;

/**
 * The input features of a {@link Transcriber}: the log-mel features of frames, normalised band by band to mean 0 and deviation 1 of the
 * training recordings. Immutable.
 */
public final class SpeechFeatures {
    /** Bands of a smaller deviation are constant, and would only amplify noise. */
    private static final double LEAST_DEVIATION = 1e-3;

    private final LogMel logMel;
    private final float[] mean;
    private final float[] deviation;

    SpeechFeatures(LogMel logMel, float[] mean, float[] deviation) {
        if (mean.length != logMel.mels() || deviation.length != logMel.mels()) {
            throw new IllegalArgumentException("got " + mean.length + " means and " + deviation.length + " deviations; expected "
                    + logMel.mels() + ", one for each mel band");
        }
        this.logMel = logMel;
        this.mean = mean;
        this.deviation = deviation;
    }

    /** With the means and deviations of recordings. */
    static SpeechFeatures of(List<Recording> recordings, LogMel logMel) {
        double[] sum = new double[logMel.mels()];
        double[] squares = new double[logMel.mels()];
        long frames = 0;
        for (Recording recording : recordings) {
            float[] features = logMel.of(recording.audio().at(logMel.rate()).samples());
            for (int i = 0; i < features.length; i++) {
                sum[i % sum.length] += features[i];
                squares[i % sum.length] += (double) features[i] * features[i];
            }
            frames += features.length / sum.length;
        }
        if (frames == 0) {
            throw new IllegalArgumentException("none of the " + recordings.size() + " recordings is as long as one frame of features");
        }
        float[] mean = new float[sum.length];
        float[] deviation = new float[sum.length];
        for (int m = 0; m < sum.length; m++) {
            double average = sum[m] / frames;
            mean[m] = (float) average;
            deviation[m] = (float) Math.max(LEAST_DEVIATION, Math.sqrt(Math.max(0, squares[m] / frames - average * average)));
        }
        return new SpeechFeatures(logMel, mean, deviation);
    }

    static SpeechFeatures of(JsonObject json) {
        json.only("rate", "mels", "scale", "mean", "deviation");
        float[] mean = json.floats("mean");
        int mels = json.integer("mels", mean.length, mean.length); // the filters take memory for each band
        LogMel logMel = new LogMel(json.integer("rate"), mels, json.constant("scale", MelScale.class));
        return new SpeechFeatures(logMel, mean, json.floats("deviation"));
    }

    JsonObject toJson() {
        return JsonObject.builder().put("rate", rate()).put("mels", logMel.mels()).put("scale", logMel.scale()).put("mean", mean)
                .put("deviation", deviation).build();
    }

    /** {@return the features before normalisation} */
    public LogMel logMel() {
        return logMel;
    }

    /** {@return the sample rate of the network's audio, in Hz} Other audio is resampled. */
    public int rate() {
        return logMel.rate();
    }

    /** All frames of audio at {@link #rate()}: {@code [frames, mels]}. */
    float[] of(float[] samples) {
        float[] features = logMel.of(samples);
        for (int i = 0; i < features.length; i++) {
            features[i] = normal(features[i], i % mean.length);
        }
        return features;
    }

    private float normal(float feature, int band) {
        return (feature - mean[band]) / deviation[band];
    }

    /** The features of audio in pieces; for one thread. */
    final class Stream {
        private final Consumer<float[]> frames;
        private final LogMel.Work work = logMel.newWork();
        private final float[] frame = new float[logMel.mels()];
        private float[] pending = new float[2 * logMel.size()];
        private int waiting;

        /** A stream that passes each frame on, in an array that the next one overwrites. */
        Stream(Consumer<float[]> frames) {
            this.frames = frames;
        }

        void accept(float... samples) {
            if (pending.length < waiting + samples.length) {
                pending = Arrays.copyOf(pending, 2 * (waiting + samples.length));
            }
            System.arraycopy(samples, 0, pending, waiting, samples.length);
            waiting += samples.length;
            int at = 0;
            for (; waiting - at >= logMel.size(); at += logMel.hop()) {
                frame(work.logMel(pending, at));
            }
            // A hop is never longer than a frame, so the next frame begins in what is waiting or right behind it.
            waiting -= at;
            System.arraycopy(pending, at, pending, 0, waiting);
        }

        private void frame(double... features) {
            for (int m = 0; m < frame.length; m++) {
                frame[m] = normal((float) features[m], m);
            }
            frames.accept(frame);
        }
    }
}
