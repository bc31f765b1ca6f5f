package org.example.signal;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.tidegate.data.TsvFile;

/**
 * A signal of several channels and the class that it belongs to.
 *
 * @param label the class
 * @param steps {@code [T][channels]}, at least one step
 */
public record LabelledSignal(String label, float[][] steps) {

    /**
     * Reads lines of a label, a tab, and steps with {@code ;} between them, each of numbers with spaces between them.
     *
     * @throws IllegalArgumentException if a line is something else; the message says which
     */
    static List<LabelledSignal> read(List<Path> files) throws IOException {
        List<LabelledSignal> signals = new ArrayList<>();
        for (Path file : files) {
            for (TsvFile.Row row : TsvFile.read(file, List.of("1", "2"), false)) {
                try {
                    signals.add(new LabelledSignal(row.fields().get(0), steps(row.fields().get(1))));
                } catch (NumberFormatException e) {
                    throw new IllegalArgumentException(file + ", line " + row.line() + " has something else than numbers: " + e.getMessage(), e);
                }
            }
        }
        return signals;
    }

    private static float[][] steps(String text) {
        return Stream.of(text.split(";")).map(step -> floats(step.strip().split(" +"))).toArray(float[][]::new);
    }

    private static float[] floats(String... numbers) {
        float[] floats = new float[numbers.length];
        for (int c = 0; c < floats.length; c++) {
            floats[c] = Float.parseFloat(numbers[c]);
        }
        return floats;
    }
}
