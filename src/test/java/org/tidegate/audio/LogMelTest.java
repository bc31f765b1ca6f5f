package org.tidegate.audio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.tidegate.checkpoint.SafetensorsFile;

/** Against librosa 0.11.0 in double precision on recordings of the Free Spoken Digit Dataset (CC BY-SA 4.0) and on near silence. */
class LogMelTest {
    private static final double STRICT = 1e-9;
    /** Twice what librosa's own single precision differs from its double. */
    private static final double SINGLE = 1.3e-7;

    private static Path folder() throws Exception {
        return Path.of(LogMelTest.class.getResource("/audio").toURI());
    }

    private static double[] read(SafetensorsFile file, String name) throws Exception {
        ByteBuffer bytes = file.readBytes(name);
        double[] values = new double[bytes.remaining() / Double.BYTES];
        bytes.asDoubleBuffer().get(values);
        return values;
    }

    /** The largest difference, relative to max(1, the largest magnitude). */
    private static void assertNear(double[] expected, double[] got, double bound, String what) {
        assertEquals(expected.length, got.length, what);
        double most = 1;
        double difference = 0;
        for (int i = 0; i < expected.length; i++) {
            most = Math.max(most, Math.abs(expected[i]));
            difference = Math.max(difference, Math.abs(expected[i] - got[i]));
        }
        assertTrue(difference <= bound * most, what + ": " + difference / most);
    }

    private interface Frame {
        double[] of(float[] samples, int at);
    }

    private static double[] rows(LogMel features, float[] samples, Frame frame) {
        List<double[]> rows = new ArrayList<>();
        for (int j = 0; j < features.frames(samples.length); j++) {
            rows.add(frame.of(samples, j * features.hop()).clone());
        }
        return rows.stream().flatMapToDouble(Arrays::stream).toArray();
    }

    @Test
    void theFiltersAreLibrosas() throws Exception {
        try (SafetensorsFile file = SafetensorsFile.open(folder().resolve("filters.f64.safetensors"))) {
            for (MelScale scale : MelScale.values()) {
                MelFilters filters = new MelFilters(scale, 256, 8000, 40);
                double[] all = Stream.iterate(0, m -> m + 1).limit(40).flatMapToDouble(m -> Arrays.stream(filters.row(m))).toArray();
                assertNear(read(file, "mel_filters." + scale.name().toLowerCase(Locale.ROOT)), all, 1e-13, scale.name());
            }
        }
    }

    @TestFactory
    Stream<DynamicTest> everyStageAgreesWithLibrosa() throws Exception {
        Path shared = Path.of(System.getProperty("tidegate.basedir", ".")).resolve("../shared/golden/audio");
        List<Path> files = new ArrayList<>();
        for (Path from : List.of(folder(), shared)) {
            if (Files.isDirectory(from)) {
                try (Stream<Path> found = Files.list(from)) {
                    found.filter(file -> file.toString().endsWith(".f64.safetensors") && !file.toString().contains("filters")).sorted()
                            .forEach(files::add);
                }
            }
        }
        return files.stream().map(file -> DynamicTest.dynamicTest(file.toString(), () -> agrees(file)));
    }

    private static void agrees(Path path) throws Exception {
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            double[] signal = read(file, "signal");
            float[] samples = new float[signal.length];
            for (int i = 0; i < samples.length; i++) {
                samples[i] = (float) signal[i];
            }
            for (MelScale scale : MelScale.values()) {
                String kind = scale.name().toLowerCase(Locale.ROOT);
                LogMel features = new LogMel(8000, 40, scale);
                LogMel.Work work = features.newWork();
                Mfcc cepstrum = new Mfcc(13, 40);
                assertEquals(80, features.hop());
                assertEquals(256, features.size());
                assertNear(read(file, "power"), rows(features, samples, work::power), STRICT, "power");
                assertNear(read(file, "mel." + kind), rows(features, samples, work::mel), STRICT, "mel " + kind);
                double[] expected = read(file, "logmel." + kind);
                assertNear(expected, rows(features, samples, work::logMel), STRICT, "logmel " + kind);
                double[] cepstra = rows(features, samples, (x, at) -> cepstrum.of(work.logMel(x, at)));
                assertNear(read(file, "mfcc." + kind), cepstra, STRICT, "mfcc " + kind);
                float[] single = features.of(samples);
                double[] widened = new double[single.length];
                for (int i = 0; i < single.length; i++) {
                    widened[i] = single[i];
                }
                assertNear(expected, widened, SINGLE, "single logmel " + kind);
            }
        }
    }

    @Test
    void windowAndHopGoWithTheRate() {
        LogMel features = new LogMel(16_000, 40, MelScale.HTK);
        assertEquals(512, features.size());
        assertEquals(160, features.hop());
        assertEquals(0, features.frames(511));
        assertEquals(1, features.frames(512));
        assertEquals(2, features.frames(672));
        assertEquals(0, features.of(new float[100]).length);
    }

    @Test
    void bandsThatNoBinFallsIntoAreRefused() {
        String message = assertThrows(IllegalArgumentException.class, () -> new LogMel(8000, 120, MelScale.HTK)).getMessage();
        assertTrue(message.contains("120 mel bands") && message.contains("fewer bands"), message);
        assertThrows(IllegalArgumentException.class, () -> new LogMel(20, 10, MelScale.HTK));
        assertThrows(IllegalArgumentException.class, () -> new LogMel(8000, 0, MelScale.HTK));
        assertThrows(IllegalArgumentException.class, () -> new LogMel(1_000_000_000, 10, MelScale.HTK)); // a gigabyte of windows
        assertThrows(IllegalArgumentException.class, () -> new LogMel(8000, Integer.MAX_VALUE, MelScale.HTK));
        assertThrows(IllegalArgumentException.class, () -> new Mfcc(41, 40));
    }
}
