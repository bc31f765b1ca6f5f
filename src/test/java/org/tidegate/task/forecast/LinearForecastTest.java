package org.tidegate.task.forecast;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LinearForecastTest {
    @Test
    void theWeightsThatMadeASeriesAreFound() {
        Random random = new Random(1);
        double[] values = new double[5000];
        for (int t = 2; t < values.length; t++) {
            values[t] = 3 + 0.5 * values[t - 1] + 0.3 * values[t - 2] + random.nextGaussian();
        }
        LeastSquares squares = new LeastSquares(2);
        for (int t = 2; t < values.length; t++) {
            squares.add(new double[] {values[t - 1], values[t - 2], values[t]});
        }
        assertArrayEquals(new double[] {0.5, 0.3, 3}, squares.weights(0, 1), 0.25);
        assertEquals(1, squares.error(squares.weights(0, 1), 0, 1), 0.05);
        LinearForecast found = LinearForecast.of(t -> values[t], values.length, 20);
        double expected = 3 + 0.5 * values[999] + 0.3 * values[998];
        assertEquals(expected, found.value(t -> values[t], 999, 1), 0.3);
    }

    @Test
    void aStraightLineGoesOn() {
        LinearForecast found = LinearForecast.of(t -> 7 + 3.0 * t, 50, 8);
        for (int ahead = 1; ahead < 20; ahead++) {
            assertEquals(7 + 3.0 * (49 + ahead), found.value(t -> 7 + 3.0 * t, 49, ahead), 1e-3);
        }
    }

    @Test
    void moreMomentsAreForecastFromThoseBefore() {
        LinearForecast half = new LinearForecast(false, 1, new double[] {0.5});
        assertEquals(1 + 0.5 * (1 + 0.5 * (1 + 0.5 * 8)), half.value(t -> 8, 3, 3), 1e-12);
        LinearForecast changes = new LinearForecast(true, 0, new double[] {0.5});
        assertEquals(9 + 0.5 + 0.25, changes.value(t -> 2 + t, 7, 2), 1e-12);
    }

    @Test
    void fewValuesAndConstantOnesHaveAForecast() {
        for (int length = 1; length < 12; length++) {
            int moments = length;
            for (int reads = 0; reads < 5; reads++) {
                LinearForecast found = LinearForecast.of(t -> 4, length, reads);
                assertTrue(found.weights().length + (found.changes() ? 1 : 0) <= reads, moments + " values, " + reads + " read");
                assertEquals(4, found.value(t -> 4, length + 5, 2), 1e-6);
                assertEquals(found, LinearForecast.of(found.toJson()));
                double[] random = new Random(length).doubles(length).toArray();
                LinearForecast of = LinearForecast.of(t -> random[t], length, reads);
                assertTrue(IntStream.range(0, 3).allMatch(ahead -> Double.isFinite(of.value(t -> random[0], 30, ahead + 1))));
            }
        }
    }
}
