package org.tidegate.audio;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ResamplerTest {
    private static final int[][] RATES = {{44_100, 8000}, {48_000, 8000}, {16_000, 8000}, {11_025, 8000}, {8000, 16_000},
        {8000, 22_050}, {93, 100}, {110, 100}, {8000, 7999},
        {47_999, 48_000}, {48_000, 22_051}};

    private static float[] tone(double hertz, int rate, double seconds) {
        float[] samples = new float[(int) (seconds * rate)];
        for (int i = 0; i < samples.length; i++) {
            samples[i] = (float) Math.sin(2 * Math.PI * hertz * i / rate);
        }
        return samples;
    }

    @Test
    void aToneStaysTheToneThatItIs() {
        for (int[] rates : RATES) {
            double hertz = 0.37 * Math.min(rates[0], rates[1]);
            double seconds = 2000.0 / Math.min(rates[0], rates[1]);
            float[] made = new Resampler(rates[0], rates[1]).resample(tone(hertz, rates[0], seconds));
            float[] expected = tone(hertz, rates[1], seconds);
            assertEquals(expected.length, made.length, 1);
            for (int i = made.length / 4; i < made.length * 3 / 4; i++) {
                assertEquals(expected[i], made[i], 2e-4, rates[0] + " to " + rates[1] + " at " + i);
            }
        }
    }

    @Test
    void whatTheLowerRateCannotCarryIsGoneAndNotFoldedBack() {
        for (double hertz : new double[] {4100, 5000, 9000, 21_000}) {
            for (int rate : new int[] {44_100, 44_101}) {
                float[] made = new Resampler(rate, 8000).resample(tone(hertz, rate, 0.3));
                for (int i = made.length / 4; i < made.length * 3 / 4; i++) {
                    assertEquals(0, made[i], 2e-4, hertz + " Hz at " + i);
                }
            }
        }
    }

    /** All phases' filters would have 288 GB and 216 MB. */
    @Test
    void ratesWithoutACommonDivisorTakeNoMoreMemoryThanOthers() {
        assertEquals(0.5, new Resampler(1_000_000_007, 1_000_000_009).resample(new float[] {0.5f})[0], 0.1);
        float[] made = new Resampler(767_999, 8000).resample(tone(3000, 767_999, 0.05));
        float[] expected = tone(3000, 8000, 0.05);
        for (int i = made.length / 4; i < made.length * 3 / 4; i++) {
            assertEquals(expected[i], made[i], 2e-4);
        }
    }

    @Test
    void aConstantStaysAConstant() {
        float[] ones = new float[1000];
        Arrays.fill(ones, 1);
        for (int[] rates : RATES) {
            float[] made = new Resampler(rates[0], rates[1]).resample(ones);
            assertEquals(Math.ceil(1000.0 * rates[1] / rates[0]), made.length);
            for (int i = made.length / 2 - 20; i < made.length / 2 + 20; i++) {
                assertEquals(1, made[i], 1e-5);
            }
        }
    }

    @Test
    void shortSoundsAndWrongRatesAreHandled() {
        assertEquals(0, new Resampler(2, 1).resample(new float[0]).length);
        assertEquals(1, new Resampler(2, 1).resample(new float[] {1}).length);
        assertEquals(2, new Resampler(1, 2).resample(new float[] {1}).length);
        for (int[] rates : new int[][] {{0, 8000}, {8000, -1}, {1_000_000_000, 8000}, {1, Integer.MAX_VALUE}}) {
            String message = assertThrows(IllegalArgumentException.class, () -> new Resampler(rates[0], rates[1])).getMessage();
            assertTrue(message.contains(rates[0] + " and " + rates[1]), message);
        }
        assertThrows(IllegalArgumentException.class, () -> new Resampler(1, 9999).length(Integer.MAX_VALUE));
        Audio audio = new Audio(new float[10], 8000);
        assertThrows(IllegalArgumentException.class, () -> new Audio(new float[] {0, Float.NaN}, 8000));
        assertSame(audio, audio.at(8000));
        assertEquals(20, audio.at(16_000).samples().length);
        assertTrue(audio.at(16_000).rate() == 16_000);
    }

    @Test
    void aStreamInPiecesHasTheBitsOfTheWholeAndItsStateGoesOnElsewhere() {
        Random random = new Random(5);
        for (int[] rates : RATES) {
            Resampler resampler = new Resampler(rates[0], rates[1]);
            Resampler.Stream stream = resampler.newStream();
            for (int length : new int[] {0, 1, 2, 63, 64, 65, 200, 3000}) {
                float[] samples = tone(0.1 * Math.min(rates[0], rates[1]), rates[0], (length + 0.5) / rates[0]);
                float[] expected = resampler.resample(samples);
                FloatBuffer found = FloatBuffer.allocate(expected.length);
                for (int at = 0; at < samples.length;) {
                    int end = Math.min(samples.length, at + random.nextInt(length < 300 ? 20 : 500));
                    found.put(stream.accept(Arrays.copyOfRange(samples, at, end)));
                    at = end;
                    byte[] state = stream.state();
                    stream = resampler.newStream();
                    stream.setState(state);
                    assertArrayEquals(state, stream.state());
                }
                found.put(stream.finish());
                assertArrayEquals(expected, found.array(), rates[0] + " to " + rates[1]);
            }
        }
    }

    @Test
    void aStreamWaitsForLittleAndRefusesDamagedStates() {
        Random random = new Random(6);
        Resampler.Stream stream = new Resampler(48_000, 16_000).newStream();
        int made = 0;
        for (int i = 0; i < 100; i++) {
            made += stream.accept(new float[480]).length;
            assertTrue(160 * (i + 1) - made <= 40, made + " samples of " + 160 * (i + 1));
        }
        byte[] state = stream.state();
        int refused = 0;
        for (int i = 0; i < 2000; i++) {
            byte[] damaged = Arrays.copyOf(state, random.nextInt(4) == 0 ? random.nextInt(state.length + 8) : state.length);
            for (int flips = random.nextInt(3); flips >= 0 && damaged.length > 0; flips--) {
                damaged[random.nextInt(Math.min(damaged.length, 20))] ^= (byte) (1 << random.nextInt(8));
            }
            try {
                stream.setState(damaged);
                stream.accept(new float[100]);
                stream.finish();
                stream.setState(state);
            } catch (IllegalArgumentException e) {
                assertArrayEquals(state, stream.state());
                refused++;
            }
        }
        assertTrue(refused > 1000, refused + " were refused");
        assertThrows(IllegalArgumentException.class, () -> new Resampler(1, 9999).newStream().accept(new float[1 << 20]));
    }
}
