package org.tidegate.task.forecast;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.tidegate.Precision;
import org.tidegate.data.Series;

/** What a network's linear path takes from columns beside the target, before any training. */
class LinearStartTest {
    private static final int LEARNED = 176;
    private static final int LENGTH = 700;
    private static final int HORIZON = 6;

    /** A target, and slow columns of which the first goes ahead of it by a moment, with some weight. */
    private static Series series(int others, double weight, long seed) {
        Random random = new Random(seed);
        double[][] columns = new double[others + 1][LENGTH];
        for (int t = 1; t < LENGTH; t++) {
            double lead = columns[1][t - 1];
            for (int other = 1; other <= others; other++) {
                columns[other][t] = 0.95 * columns[other][t - 1] + 0.3 * random.nextGaussian();
            }
            columns[0][t] = (weight > 0 ? 0.5 : 0.9) * columns[0][t - 1] + weight * lead + random.nextGaussian();
        }
        List<String> names = new ArrayList<>(List.of("target"));
        IntStream.rangeClosed(1, others).forEach(other -> names.add("other" + other));
        return Series.of(names, columns);
    }

    /** The RMSE of the untrained forecaster. */
    private static double rmse(Series series, List<String> columns) {
        ForecastSetup setup = ForecastSetup.of(columns, List.of("target")).window(6).horizon(HORIZON).linear(6);
        try (Forecaster model = Forecaster.builder(setup).hidden(2).build(series.range(0, LEARNED));
                ForecasterAnswers answers = model.answers(Precision.FLOAT32)) {
            return answers.evaluate(series, LEARNED).overall().get(0).rmse();
        }
    }

    /** The RMSE with all columns, divided by that of the target alone, for some seeds. */
    private static double[] ratios(int others, double weight) {
        return IntStream.range(0, 8).mapToDouble(seed -> {
            Series series = series(others, weight, seed);
            return rmse(series, series.names()) / rmse(series, List.of("target"));
        }).toArray();
    }

    @Test
    void columnsThatHaveNothingToDoWithTheTargetDoNoHarm() {
        for (int others : new int[] {5, 40}) {
            for (double ratio : ratios(others, 0)) {
                assertTrue(ratio <= 1.1, others + " columns: " + ratio);
            }
        }
    }

    @Test
    void aColumnThatGoesAheadOfTheTargetIsRead() {
        double[] alone = ratios(1, 1);
        double[] amongOthers = ratios(5, 1);
        assertTrue(IntStream.range(0, alone.length).mapToDouble(i -> alone[i]).average().orElseThrow() < 0.95);
        assertTrue(IntStream.range(0, alone.length).mapToDouble(i -> amongOthers[i]).average().orElseThrow() < 0.98);
    }

    @Test
    void ofManyColumnsTheFewThatGoWithTheErrorsAreRead() {
        Series series = series(30, 3, 1);
        ForecastSetup setup = ForecastSetup.of(series.names(), List.of("target")).window(6).linear(6);
        try (Forecaster model = Forecaster.builder(setup).hidden(2).build(series)) {
            float[] weights = model.model().parameter(LinearStart.LINEAR + ".weight").toArray();
            List<Integer> read = IntStream.rangeClosed(1, 30).filter(other -> weights[other * 6 + 5] != 0).boxed().toList();
            assertEquals(4, read.size(), read.toString());
            assertTrue(read.contains(1), read.toString());
        }
    }
}
