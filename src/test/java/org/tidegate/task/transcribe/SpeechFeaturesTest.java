package org.tidegate.task.transcribe;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.tidegate.audio.LogMel;
import org.tidegate.audio.MelScale;
import org.tidegate.audio.Recording;
import org.tidegate.json.JsonObject;

class SpeechFeaturesTest {
    private static final List<Recording> WORDS = Tones.words(10, 4);

    private static SpeechFeatures features(int stack) {
        return SpeechFeatures.of(WORDS, new LogMel(Tones.RATE, 16, MelScale.SLANEY), stack);
    }

    @Test
    void eachBandOfTheTrainingPartHasMeanZeroAndDeviationOne() {
        SpeechFeatures features = features(1);
        double[] sum = new double[16];
        double[] squares = new double[16];
        int frames = 0;
        for (Recording word : WORDS) {
            float[] steps = features.of(word.audio().samples());
            for (int i = 0; i < steps.length; i++) {
                sum[i % 16] += steps[i];
                squares[i % 16] += steps[i] * steps[i];
            }
            frames += steps.length / 16;
        }
        for (int m = 0; m < 16; m++) {
            assertEquals(0, sum[m] / frames, 1e-4);
            assertEquals(1, squares[m] / frames, 1e-3);
        }
    }

    @Test
    void framesStandSideBySideAndTheLastIsRepeated() {
        float[] samples = Arrays.copyOf(WORDS.get(0).audio().samples(), 256 + 4 * 80 + 79);
        float[] frames = features(1).of(samples);
        float[] steps = features(3).of(samples);
        assertEquals(5 * 16, frames.length);
        assertEquals(2 * 3 * 16, steps.length);
        assertArrayEquals(frames, Arrays.copyOf(steps, 5 * 16));
        assertArrayEquals(Arrays.copyOfRange(frames, 4 * 16, 5 * 16), Arrays.copyOfRange(steps, 5 * 16, 6 * 16));
        assertEquals(0, features(3).of(new float[255]).length);
    }

    @Test
    void piecesOfAnySizeGiveTheSameSteps() {
        for (int stack = 1; stack <= 3; stack++) {
            SpeechFeatures features = features(stack);
            for (Recording word : WORDS) {
                float[] samples = word.audio().samples();
                Random random = new Random(stack);
                List<float[]> steps = new ArrayList<>();
                SpeechFeatures.Stream stream = features.new Stream(step -> steps.add(step.clone()));
                for (int at = 0; at < samples.length;) {
                    int count = Math.min(samples.length - at, random.nextInt(random.nextBoolean() ? 3 : 700));
                    stream.accept(Arrays.copyOfRange(samples, at, at + count));
                    at += count;
                }
                stream.finish();
                float[] whole = features.of(samples);
                assertEquals(whole.length, steps.size() * features.columns());
                for (int i = 0; i < steps.size(); i++) {
                    assertArrayEquals(Arrays.copyOfRange(whole, i * features.columns(), (i + 1) * features.columns()), steps.get(i));
                }
            }
        }
    }

    @Test
    void theFileKeepsThemToTheBit() {
        SpeechFeatures features = features(2);
        SpeechFeatures read = SpeechFeatures.of(JsonObject.parse(features.toJson().toString()));
        float[] samples = WORDS.get(3).audio().samples();
        assertArrayEquals(features.of(samples), read.of(samples));
        assertEquals(MelScale.SLANEY, read.logMel().scale());
        for (String wrong : List.of("", "[]", "{}", "{\"rate\":8000}", features.toJson() + "1",
                features.toJson().toString().replace("slaney", "bark"))) {
            assertThrows(IllegalArgumentException.class, () -> SpeechFeatures.of(JsonObject.parse(wrong)), wrong);
        }
    }
}
