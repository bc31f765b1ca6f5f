package org.tidegate.onnx;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** Recorded inputs and outputs of a model: {@code input.NAME}, {@code output.NAME}. */
final class Recorded {
    private final Map<String, NdArray> arrays;

    Recorded(Path file) {
        try {
            arrays = OnnxRecording.read(file).arrays();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    NdArray get(String name) {
        return arrays.get(name);
    }

    /** Those whose names begin so, by the rest of their names. */
    Map<String, NdArray> startingWith(String prefix) {
        Map<String, NdArray> found = new LinkedHashMap<>();
        arrays.forEach((name, array) -> {
            if (name.startsWith(prefix)) {
                found.put(name.substring(prefix.length()), array);
            }
        });
        return found;
    }

    /** The largest difference, in parts of the largest magnitude. */
    static double difference(NdArray expected, NdArray actual) {
        if (!Arrays.equals(expected.shape(), actual.shape())) {
            throw new AssertionError("shape " + Arrays.toString(actual.shape()) + ", expected " + Arrays.toString(expected.shape()));
        }
        double largest = 0;
        double difference = 0;
        for (int i = 0; i < expected.reals().length; i++) {
            largest = Math.max(largest, Math.abs(expected.reals()[i]));
            double here = Math.abs(expected.reals()[i] - actual.reals()[i]);
            difference = here <= difference ? difference : here; // keeps NaN
        }
        return difference / Math.max(largest, Double.MIN_NORMAL);
    }
}
