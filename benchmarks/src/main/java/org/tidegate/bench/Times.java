package org.tidegate.bench;

import java.util.List;

/** What a contender's turns took, in seconds a call. */
public record Times(double median, double minimum, int rounds) {

    static Times of(List<Double> turns) {
        double[] sorted = turns.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        int middle = sorted.length / 2;
        double median = sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        return new Times(median, sorted[0], sorted.length);
    }
}
