/* What the machine allows. */
package org.tidegate.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.tidegate.Precision;
import org.tidegate.bench.work.Load;
import org.tidegate.bench.work.Work;

/**
 * The machine's floor on one core, measured by {@code benchmarks/native/floor}: the peak of fused multiply-adds and the bandwidth of
 * reading memory of a size over and over. No program that computes the work takes less time: every step needs every recurrent weight
 * once, and every product needs its multiply-adds.
 */
public final class Floor {
    private final double peak;
    private final TreeMap<Long, Double> bandwidth;

    private Floor(double peak, TreeMap<Long, Double> bandwidth) {
        this.peak = peak;
        this.bandwidth = bandwidth;
    }

    /**
     * Reads the program's output: lines {@code fma_peak,GFLOP/s} and {@code read,BYTES,GB/s}.
     *
     * @throws IllegalArgumentException if it is not that
     */
    public static Floor read(Path file) throws IOException {
        double peak = 0;
        TreeMap<Long, Double> bandwidth = new TreeMap<>();
        for (String line : Files.readAllLines(file)) {
            String[] parts = line.split(",");
            if (parts[0].equals("fma_peak") && parts.length == 2) {
                peak = Double.parseDouble(parts[1]) * 1e9;
            } else if (parts[0].equals("read") && parts.length == 3) {
                bandwidth.put(Long.parseLong(parts[1]), Double.parseDouble(parts[2]) * 1e9);
            }
        }
        if (peak <= 0 || bandwidth.isEmpty()) {
            throw new IllegalArgumentException(
                file + " is not the output of benchmarks/native/floor: it needs a line 'fma_peak,GFLOP/s' and lines 'read,BYTES,GB/s'.");
        }
        return new Floor(peak, bandwidth);
    }

    /** Multiply-adds a second, each counted as two. */
    double peak() {
        return peak;
    }

    /** Bytes a second by footprint. */
    Map<Long, Double> bandwidths() {
        return bandwidth;
    }

    /** Bytes a second of reading so many bytes over and over; between the sizes measured by interpolation over the logarithm. */
    double bandwidth(double bytes) {
        Map.Entry<Long, Double> below = bandwidth.floorEntry((long) bytes);
        Map.Entry<Long, Double> above = bandwidth.ceilingEntry((long) bytes);
        if (below == null || above == null) {
            return (below == null ? above : below).getValue();
        }
        if (below.getKey().equals(above.getKey())) {
            return below.getValue();
        }
        double part = Math.log(bytes / below.getKey()) / Math.log((double) above.getKey() / below.getKey());
        return below.getValue() + part * (above.getValue() - below.getValue());
    }

    /** The least seconds that the work can take. */
    double seconds(Work work) {
        double peakHere = peak * switch (work.precision()) {
            case FLOAT32 -> 1;
            case BFLOAT16 -> 2;
            case INT8 -> 4;
        };
        double seconds = 0;
        for (Load load : work.loads()) {
            double bytes = load.weights() * weightBytes(work.precision());
            seconds += Math.max(load.reads() * bytes / bandwidth(bytes), load.flops() / peakHere);
        }
        return seconds / work.threads();
    }

    private static int weightBytes(Precision precision) {
        return switch (precision) {
            case FLOAT32 -> 4;
            case BFLOAT16 -> 2;
            case INT8 -> 1;
        };
    }

    /** In a few words, for the head of a report. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(String.format("FMA peak %.0f GFLOP/s; reading", peak * 1e-9));
        for (long bytes : List.of(16L << 10, 512L << 10, 8L << 20, 256L << 20)) {
            text.append(String.format(" %s %.0f GB/s", size(bytes), bandwidth(bytes) * 1e-9)).append(bytes == 256L << 20 ? "" : ",");
        }
        return text.toString();
    }

    private static String size(long bytes) {
        return bytes < 1 << 20 ? bytes / 1024 + " KiB" : (bytes >> 20) + " MiB";
    }
}
