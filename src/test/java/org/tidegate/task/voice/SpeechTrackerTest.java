package org.tidegate.task.voice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Spans out of probabilities. Chunks are of 10 ms: 10 samples at 1 kHz. */
class SpeechTrackerTest {
    private static final int RATE = 1000;
    private static final int CHUNK = 10;
    private static final SpeechRules BARE = new SpeechRules(0.5, 0.35, 0, 0, 0);
    private static final float[] LEVELS = {0, 0.2f, 0.349f, 0.35f, 0.4f, 0.499f, 0.5f, 0.7f, 1};

    /** A curve in tenths, a digit for each chunk; {@code x} is 1. */
    private static float[] curve(String tenths) {
        float[] curve = new float[tenths.length()];
        for (int i = 0; i < curve.length; i++) {
            curve[i] = tenths.charAt(i) == 'x' ? 1 : (tenths.charAt(i) - '0') / 10f;
        }
        return curve;
    }

    private static String spans(SpeechRules rules, float[] curve, long samples) {
        StringBuilder text = new StringBuilder();
        for (SpeechSpan span : SpeechTracker.spans(rules, RATE, CHUNK, curve, samples)) {
            text.append(text.isEmpty() ? "" : " ").append(span.firstSample()).append('-').append(span.endSample());
        }
        return text.toString();
    }

    @ParameterizedTest
    @CsvSource({
        // curve, shortest speech, shortest silence, padding, spans
        "0000000000, 0, 0, 0, ''",
        "'', 0, 0, 0, ''",
        "0099900000, 0, 0, 0, 20-50",
        "5000000000, 0, 0, 0, 0-10",
        "0000000009, 0, 0, 0, 90-100",
        "9999999999, 0, 0, 0, 0-100",
        // between the thresholds nothing changes
        "0044440000, 0, 0, 0, ''",
        "0094440000, 0, 0, 0, 20-60",
        "0094449000, 0, 0, 0, 20-70",
        // a silence that is too short is bridged, and one of exactly that length is not
        "0990099000, 0, 21, 0, 10-70",
        "0990099000, 0, 20, 0, 10-30 50-70",
        "0990099000, 0, 30, 0, 10-70",
        // what is between the thresholds goes on with a silence, but does not begin one
        "0990449000, 0, 30, 0, 10-30 60-70",
        "0994409000, 0, 20, 0, 10-70",
        // speech that is too short is left out; a silence in it counts once it is bridged, one behind it does not
        "0990000000, 21, 0, 0, ''",
        "0990000000, 20, 0, 0, 10-30",
        "0900900000, 40, 30, 0, 10-50",
        "0990000000, 30, 50, 0, ''",
        "0900009000, 20, 30, 0, ''",
        // padding reaches to the ends of the sound, back to the span before, and ahead to what was heard when the end was known
        "9900000099, 0, 30, 20, 0-40 60-100",
        "0990000000, 0, 0, 50, 0-40",
        "0990990000, 0, 0, 50, 0-40 40-70",
        "0990009000, 0, 20, 15, 0-45 45-85",
    })
    void aCurveHasItsSpans(String curve, int speech, int silence, int padding, String expected) {
        SpeechRules rules = BARE.shortestSpeech(speech).shortestSilence(silence).padding(padding);
        assertEquals(expected, spans(rules, curve(curve), 10L * curve.length()));
    }

    @Test
    void theLastChunkCountsTheSamplesThatItHas() {
        assertEquals("10-33", spans(BARE, curve("0999"), 33));
        assertEquals("0-33", spans(BARE.padding(50), curve("0999"), 33));
        assertEquals("", spans(BARE.shortestSpeech(24), curve("0999"), 33));
        assertEquals("10-33", spans(BARE.shortestSpeech(23), curve("0999"), 33));
        assertEquals("10-30", spans(BARE, curve("0990"), 33));
        assertEquals("5-33", spans(BARE.padding(5), curve("0990"), 33));
    }

    @Test
    void theProbabilityIsTheMeanOfTheSpeechWithWhatWasBridgedAndWithoutPadding() {
        List<SpeechSpan> spans = SpeechTracker.spans(BARE.shortestSilence(20).padding(10), RATE, CHUNK, curve("099069400"), 90);
        assertEquals(1, spans.size());
        assertEquals((0.9 + 0.9 + 0 + 0.6 + 0.9 + 0.4) / 6, spans.get(0).probability(), 1e-6);
        assertEquals(0.08, spans.get(0).end(), 1e-12);
        assertEquals(0, spans.get(0).start(), 1e-12);
    }

    /** What the rules say, found from the chunks that reach the threshold, with the whole curve at hand. */
    private static String bruteForce(SpeechRules rules, float[] curve, long total) {
        StringBuilder text = new StringBuilder();
        long free = 0;
        int at = 0;
        while (true) {
            while (at < curve.length && curve[at] < rules.threshold()) {
                at++;
            }
            if (at == curve.length) {
                return text.toString();
            }
            int first = at;
            long end = -1;
            long known = total;
            while (end < 0) {
                int next = at + 1; // the next that reaches the threshold
                while (next < curve.length && curve[next] < rules.threshold()) {
                    next++;
                }
                int quiet = at + 1;
                while (quiet < next && curve[quiet] >= rules.endThreshold()) {
                    quiet++;
                }
                long silence = Math.min(total, 10L * next) - 10L * quiet;
                if (quiet < next && (next == curve.length || silence >= rules.shortestSilence())) {
                    end = 10L * quiet;
                    for (int c = next; c > quiet; c--) {
                        long here = Math.min(total, 10L * c);
                        known = here - end >= rules.shortestSilence() ? here : known;
                    }
                } else if (next == curve.length) {
                    end = total;
                }
                at = next;
            }
            if (end - 10L * first >= rules.shortestSpeech()) {
                long from = Math.max(free, 10L * first - rules.padding());
                free = Math.min(known, end + rules.padding());
                text.append(text.isEmpty() ? "" : " ").append(from).append('-').append(free);
            }
        }
    }

    @Test
    void randomCurvesHaveTheSpansOfBruteForce() {
        Random random = new Random(3);
        int several = 0;
        for (int trial = 0; trial < 20_000; trial++) {
            float[] curve = new float[1 + random.nextInt(25)];
            int change = 1 + random.nextInt(4);
            for (int i = 0; i < curve.length; i++) {
                curve[i] = i > 0 && random.nextInt(change) > 0 ? curve[i - 1] : LEVELS[random.nextInt(LEVELS.length)];
            }
            SpeechRules rules = new SpeechRules(random.nextBoolean() ? 0.5 : 0.7f, random.nextBoolean() ? 0.35f : 0.2f, random.nextInt(60),
                    random.nextInt(50), random.nextInt(40));
            long total = 10L * curve.length - random.nextInt(CHUNK);
            String expected = bruteForce(rules, curve, total);
            assertEquals(expected, spans(rules, curve, total), () -> Arrays.toString(curve) + " " + total + " " + rules);
            several += expected.contains(" ") ? 1 : 0;
        }
        assertTrue(several > 1000, several + " have several spans");
    }

    @Test
    void aStateGoesOnAsIfNothingHadBeenAndADamagedOneIsRefused() {
        Random random = new Random(4);
        SpeechRules rules = BARE.shortestSpeech(30).shortestSilence(20).padding(7);
        SpeechTracker one = new SpeechTracker(rules, RATE);
        SpeechTracker two = new SpeechTracker(rules, RATE);
        int refused = 0;
        for (int i = 0; i < 2000; i++) {
            float probability = LEVELS[random.nextInt(LEVELS.length)];
            List<VoiceEvent> expected = new ArrayList<>();
            List<VoiceEvent> found = new ArrayList<>();
            one.accept(probability, CHUNK, expected);
            ByteBuffer state = ByteBuffer.allocate(SpeechTracker.BYTES);
            two.save(state);
            two = SpeechTracker.read(rules, RATE, state.flip());
            two.accept(probability, CHUNK, found);
            assertEquals(expected, found);
            state.put(random.nextInt(SpeechTracker.BYTES), (byte) random.nextInt()).rewind();
            try {
                SpeechTracker damaged = SpeechTracker.read(rules, RATE, state);
                damaged.accept(1, CHUNK, found);
                damaged.accept(0, CHUNK, found);
                damaged.finish(found);
                found.forEach(event -> assertTrue(event.sample() >= 0 && event.seconds() >= 0 && event.probability() >= 0
                        && event.probability() <= 1, event.toString()));
            } catch (IllegalArgumentException e) {
                refused++;
            }
        }
        assertTrue(refused > 500, refused + " were refused");
    }

    @Test
    void rulesAreChecked() {
        SpeechRules usual = SpeechRules.USUAL;
        assertEquals(new SpeechRules(0.7, 0.55, 250, 100, 30).toString(), usual.threshold(0.7).endThreshold(0.55).toString());
        assertEquals(0.55, usual.threshold(0.7).endThreshold(), 1e-12);
        assertEquals(0, usual.threshold(0.1).endThreshold());
        assertEquals(new SpeechRules(0.5, 0.35, 0, 1, 2), usual.shortestSpeech(0).shortestSilence(1).padding(2));
        assertEquals(161, SpeechRules.samples(10, 16_001)); // not rounded down
        for (double wrong : new double[] {0, -1, 1.01, Double.NaN}) {
            String message = assertThrows(IllegalArgumentException.class, () -> usual.threshold(wrong)).getMessage();
            assertTrue(message.contains("threshold of speech"), message);
        }
        for (double wrong : new double[] {0.51, -0.1, Double.NaN}) {
            String message = assertThrows(IllegalArgumentException.class, () -> usual.endThreshold(wrong)).getMessage();
            assertTrue(message.contains("0 to the threshold"), message);
        }
        for (int wrong : new int[] {-1, 60_001, Integer.MAX_VALUE}) {
            assertThrows(IllegalArgumentException.class, () -> usual.shortestSpeech(wrong));
            assertThrows(IllegalArgumentException.class, () -> usual.shortestSilence(wrong));
            assertThrows(IllegalArgumentException.class, () -> usual.padding(wrong));
        }
    }
}
