package org.tidegate.audio;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class SpeechAugmentationTest {
    private static float[] sound() {
        float[] samples = new float[4000];
        for (int i = 0; i < samples.length; i++) {
            samples[i] = (float) Math.sin(0.3 * i);
        }
        return samples;
    }

    private static double deviation(float... samples) {
        double squares = 0;
        for (float sample : samples) {
            squares += sample * sample;
        }
        return Math.sqrt(squares / samples.length);
    }

    @Test
    void speedAndGainStayInTheirRangesAndReachTheirEnds() {
        SpeechAugmentation augmentation = new SpeechAugmentation(0.1, 6, 0, 1);
        SplittableRandom random = new SplittableRandom(1);
        TreeSet<Integer> lengths = new TreeSet<>();
        double least = 1;
        double most = 1;
        for (int i = 0; i < 500; i++) {
            float[] varied = augmentation.vary(sound(), random);
            lengths.add(varied.length);
            double gain = deviation(varied) / deviation(sound());
            least = Math.min(least, gain);
            most = Math.max(most, gain);
        }
        assertEquals(21, lengths.size());
        assertEquals((int) Math.ceil(4000 / 1.1), lengths.first());
        assertEquals((int) Math.ceil(4000 / 0.9), lengths.last());
        assertEquals(0.5, least, 0.05);
        assertEquals(2, most, 0.1);
    }

    @Test
    void noiseIsMeasuredByTheRecording() {
        SpeechAugmentation augmentation = new SpeechAugmentation(0, 0, 0.2, 1);
        SplittableRandom random = new SplittableRandom(1);
        double most = 0;
        int clean = 0;
        for (int i = 0; i < 200; i++) {
            float[] noisy = sound();
            augmentation.addNoise(noisy, random);
            float[] noise = sound();
            for (int j = 0; j < noise.length; j++) {
                noise[j] = noisy[j] - noise[j];
            }
            most = Math.max(most, deviation(noise) / deviation(sound()));
            clean += deviation(noise) == 0 ? 1 : 0;
        }
        assertEquals(100, clean, 25);
        assertTrue(most > 0.18 && most < 0.22, "the most noise was " + most);
    }

    @Test
    void noneChangesNothingAndTheSameRandomNumbersGiveTheSame() {
        assertArrayEquals(sound(), SpeechAugmentation.NONE.vary(sound(), new Random(1)));
        float[] kept = sound();
        SpeechAugmentation.NONE.addNoise(kept, new Random(1));
        assertArrayEquals(sound(), kept);
        SpeechAugmentation augmentation = new SpeechAugmentation(0.1, 6, 0.1, 2);
        assertArrayEquals(augmentation.vary(sound(), new SplittableRandom(3)), augmentation.vary(sound(), new SplittableRandom(3)));
    }

    @Test
    void itsTextIsUnderstood() {
        SpeechAugmentation augmentation = new SpeechAugmentation(0.1, 6, 0.05, 4);
        assertEquals("speed=0.1 gain=6.0 noise=0.05 join=4", augmentation.toString());
        assertEquals(augmentation.toString(), SpeechAugmentation.parse(augmentation.toString()).toString());
        for (String wrong : new String[] {"", "speed=0.1",
            "speed=0.1 gain=6.0 noise=0.05 joined=4", "speed=x gain=6.0 noise=0.05 join=4"}) {
            assertThrows(IllegalArgumentException.class, () -> SpeechAugmentation.parse(wrong));
        }
        assertThrows(IllegalArgumentException.class, () -> new SpeechAugmentation(0.6, 0, 0, 1));
        assertThrows(IllegalArgumentException.class, () -> new SpeechAugmentation(0, 0, 0, 0));
    }
}
