package org.tidegate.task.transcribe;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.tidegate.audio.Audio;
import org.tidegate.audio.Recording;

/** A language of tones that a small network learns in a second: each letter is 80 ms of its own pitch, a space is 80 ms of near silence. */
final class Tones {
    static final int RATE = 8000;
    private static final String LETTERS = "abc";
    private static final double[] PITCHES = {400, 1000, 2300};
    private static final int LENGTH = RATE * 80 / 1000;

    private Tones() {}

    /** What a text sounds like: a little different for each seed. */
    static Audio say(String text, int rate, long seed) {
        Random random = new Random(seed);
        int length = LENGTH * rate / RATE;
        float[] samples = new float[(text.length() + 1) * length];
        for (int i = 0; i < samples.length; i++) {
            samples[i] = (float) (0.002 * random.nextGaussian());
        }
        for (int letter = 0; letter < text.length(); letter++) {
            int kind = LETTERS.indexOf(text.charAt(letter));
            double pitch = kind < 0 ? 0 : PITCHES[kind] * (0.95 + 0.1 * random.nextDouble());
            double loud = kind < 0 ? 0 : 0.2 + 0.3 * random.nextDouble();
            for (int i = 0; i < length; i++) {
                double fade = Math.sin(Math.PI * i / length);
                samples[length / 2 + letter * length + i] += (float) (loud * fade * Math.sin(2 * Math.PI * pitch * i / rate));
            }
        }
        return new Audio(samples, rate);
    }

    /** Recordings of words of one or two letters, none the same twice in a row, by two speakers. */
    static List<Recording> words(int count, long seed) {
        Random random = new Random(seed);
        List<Recording> recordings = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int first = random.nextInt(LETTERS.length());
            int second = (first + 1 + random.nextInt(2)) % LETTERS.length();
            String text = LETTERS.charAt(first) + (random.nextBoolean() ? "" : LETTERS.substring(second, second + 1));
            recordings.add(new Recording("word " + i, say(text, RATE, seed * 1000 + i), text, i % 2 == 0 ? "left" : "right"));
        }
        return recordings;
    }
}
