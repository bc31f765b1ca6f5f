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

    private static SpeechFeatures features() {
        return SpeechFeatures.of(WORDS, new LogMel(Tones.RATE, 16, MelScale.SLANEY));
    }

    @Test
    void eachBandOfTheTrainingPartHasMeanZeroAndDeviationOne() {
        SpeechFeatures features = features();
        double[] sum = new double[16];
        double[] squares = new double[16];
        int frames = 0;
        for (Recording word : WORDS) {
            float[] values = features.of(word.audio().samples());
            for (int i = 0; i < values.length; i++) {
                sum[i % 16] += values[i];
                squares[i % 16] += values[i] * values[i];
            }
            frames += values.length / 16;
        }
        for (int m = 0; m < 16; m++) {
            assertEquals(0, sum[m] / frames, 1e-4);
            assertEquals(1, squares[m] / frames, 1e-3);
        }
    }

    @Test
    void piecesOfAnySizeGiveTheSameFrames() {
        SpeechFeatures features = features();
        for (Recording word : WORDS) {
            float[] samples = word.audio().samples();
            Random random = new Random(word.name().hashCode());
            List<float[]> frames = new ArrayList<>();
            SpeechFeatures.Stream stream = features.new Stream(frame -> frames.add(frame.clone()));
            for (int at = 0; at < samples.length;) {
                int count = Math.min(samples.length - at, random.nextInt(random.nextBoolean() ? 3 : 700));
                stream.accept(Arrays.copyOfRange(samples, at, at + count));
                at += count;
            }
            float[] whole = features.of(samples);
            assertEquals(whole.length, frames.size() * 16);
            for (int i = 0; i < frames.size(); i++) {
                assertArrayEquals(Arrays.copyOfRange(whole, i * 16, (i + 1) * 16), frames.get(i));
            }
        }
        assertEquals(0, features.of(new float[255]).length);
    }

    @Test
    void theFileKeepsThemToTheBit() {
        SpeechFeatures features = features();
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
