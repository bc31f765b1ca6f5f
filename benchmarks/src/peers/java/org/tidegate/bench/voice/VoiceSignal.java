/* What the detectors hear. */
package org.tidegate.bench.voice;

import java.nio.FloatBuffer;
import java.util.SplittableRandom;
import org.tidegate.audio.Audio;

/** Sound at 16 kHz in chunks of 512 samples. */
final class VoiceSignal {
    static final int RATE = 16_000;
    static final int CHUNK = 512;
    /** The samples before a chunk that the file's network wants in front of it. */
    static final int CONTEXT = 64;
    /** Chunks of the signal, which begins again behind the last. */
    static final int CHUNKS = 100;

    private final float[] samples = new float[CHUNKS * CHUNK];
    private final FloatBuffer view = FloatBuffer.wrap(samples);

    private VoiceSignal() {
    }

    /** The first chunks of a recording; a shorter one is repeated. */
    static VoiceSignal of(Audio sound) {
        float[] heard = sound.at(RATE).samples();
        VoiceSignal signal = new VoiceSignal();
        for (int i = 0; i < signal.samples.length; i++) {
            signal.samples[i] = heard[i % heard.length];
        }
        return signal;
    }

    /** Syllables of a voice that glides around 120 Hz, through two resonances, with pauses of faint noise between them. */
    static VoiceSignal synthetic() {
        VoiceSignal signal = new VoiceSignal();
        SplittableRandom random = new SplittableRandom(16);
        double phase = 0;
        for (int i = 0; i < signal.samples.length; i++) {
            double seconds = (double) i / RATE;
            double syllable = Math.max(0, Math.sin(2 * Math.PI * 3 * seconds)) * (seconds % 1.6 < 1.0 ? 1 : 0);
            phase += (120 + 15 * Math.sin(2 * Math.PI * 0.7 * seconds)) / RATE;
            double voice = 0;
            for (int harmonic = 1; harmonic <= 30; harmonic++) {
                double hertz = 120 * harmonic;
                voice += Math.sin(2 * Math.PI * harmonic * phase) * (resonance(hertz, 650) + resonance(hertz, 1100) / 2 + 0.02);
            }
            signal.samples[i] = (float) (0.05 * syllable * voice + 0.001 * random.nextDouble(-1, 1));
        }
        return signal;
    }

    private static double resonance(double hertz, double at) {
        double far = (hertz - at) / 120;
        return 1 / (1 + far * far);
    }

    /** Writes chunk {@code number} of the endless signal. */
    void chunk(int number, FloatBuffer to, int at) {
        to.put(at, samples, number % CHUNKS * CHUNK, CHUNK);
    }

    /** The chunk, from the buffer's position to its limit; the next call moves both. */
    FloatBuffer chunk(int number) {
        return view.clear().position(number % CHUNKS * CHUNK).limit(number % CHUNKS * CHUNK + CHUNK);
    }

    /** The same, into an array. */
    void chunk(int number, float[] to, int at) {
        System.arraycopy(samples, number % CHUNKS * CHUNK, to, at, CHUNK);
    }

    /** The chunk that a stream hears in its step: each of the streams side by side is somewhere else. */
    static int heard(int stream, int step) {
        return 7 * stream + step;
    }
}
