package org.tidegate.audio;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.tidegate.json.JsonObject;

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
        SpeechAugmentation augmentation = SpeechAugmentation.NONE.speed(0.9, 1.1).gain(6);
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
        SpeechAugmentation augmentation = SpeechAugmentation.NONE.noise(0.2);
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
        SpeechAugmentation augmentation = SpeechAugmentation.NONE.speed(0.9, 1.1).gain(6).noise(0.1);
        assertArrayEquals(augmentation.vary(sound(), new SplittableRandom(3)), augmentation.vary(sound(), new SplittableRandom(3)));
    }

    @Test
    void aRangeOfSpeedsNeedNotHaveTheNormalOneInIt() {
        SpeechAugmentation slower = SpeechAugmentation.NONE.speed(0.8, 0.8);
        assertEquals(5000, slower.vary(sound(), new Random(1)).length);
        SpeechAugmentation normal = SpeechAugmentation.NONE.speed(1, 1.25);
        SplittableRandom random = new SplittableRandom(2);
        TreeSet<Integer> lengths = new TreeSet<>();
        for (int i = 0; i < 500; i++) {
            float[] varied = normal.vary(sound(), random);
            if (lengths.add(varied.length) && varied.length == 4000) {
                assertArrayEquals(sound(), varied);
            }
        }
        assertEquals(26, lengths.size());
        assertEquals(3200, lengths.first());
        assertEquals(4000, lengths.last());
    }

    @Test
    void aSettingKeepsTheOthersAndTheOriginal() {
        SpeechAugmentation one = SpeechAugmentation.NONE.join(4).noise(0.05).gain(6).speed(0.9, 1.2);
        SpeechAugmentation two = one.speed(1, 1).gain(1).noise(2).join(3);
        assertEquals("speed=0.9..1.2 gain=6.0 noise=0.05 join=4", one.toString());
        assertEquals("speed=1.0..1.0 gain=1.0 noise=2.0 join=3", two.toString());
        assertEquals("speed=1.0..1.0 gain=0.0 noise=0.0 join=1", SpeechAugmentation.NONE.toString());
        assertEquals(List.of(0.9, 1.2, 6.0, 0.05), List.of(one.leastSpeed(), one.greatestSpeed(), one.gain(), one.noise()));
        assertEquals(4, one.join());
    }

    @Test
    void settingsOutOfRangeAreRefused() {
        SpeechAugmentation none = SpeechAugmentation.NONE;
        for (Executable wrong : List.<Executable>of(() -> none.speed(0.4, 1), () -> none.speed(1, 1.6), () -> none.speed(1.1, 0.9),
                () -> none.speed(Double.NaN, 1), () -> none.speed(1, Double.NaN), () -> none.gain(-1), () -> none.gain(61),
                () -> none.gain(Double.NaN), () -> none.noise(-0.1), () -> none.noise(101), () -> none.noise(Double.NaN),
                () -> none.join(0))) {
            assertThrows(IllegalArgumentException.class, wrong);
        }
    }

    @Test
    void jsonBringsBackEverySetting() {
        SpeechAugmentation augmentation = SpeechAugmentation.NONE.speed(0.9, 1.2).gain(6).noise(0.05).join(4);
        String json = augmentation.toJson().toString();
        assertEquals(augmentation.toString(), SpeechAugmentation.fromJson(JsonObject.parse(json)).toString());
        for (String wrong : List.of("{}", json.replace("0.9", "0.1"), json.replace("\"join\":4", "\"join\":0"),
                json.replace("\"join\"", "\"joined\""), json.replace("{", "{\"pitch\":1,"))) {
            assertThrows(IllegalArgumentException.class, () -> SpeechAugmentation.fromJson(JsonObject.parse(wrong)), wrong);
        }
    }
}
