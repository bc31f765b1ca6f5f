package org.tidegate.task.forecast;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.tidegate.data.Series;

/** What is held out and how large a network is, by the length of a series. */
class ForecastDefaultsTest {
    @Test
    void shortSeriesHoldOutMore() {
        assertEquals(0.25, ForecastDefaults.validation(1));
        assertEquals(0.25, ForecastDefaults.validation(48));
        assertEquals(40, ForecastDefaults.validation(320) * 320, 1e-9);
        assertEquals(0.1, ForecastDefaults.validation(400));
        assertEquals(0.1, ForecastDefaults.validation(1_000_000));
    }

    @Test
    void shortSeriesHaveSmallNetworks() {
        assertEquals(ForecasterBuilder.LAYERS.hidden(8), ForecastDefaults.layers(499));
        assertEquals(ForecasterBuilder.LAYERS, ForecastDefaults.layers(500));
        assertEquals(0.01, ForecastDefaults.learningRate(499));
        assertEquals(0.003, ForecastDefaults.learningRate(500));
    }

    @Test
    void aModelTellsItsHiddenSize() {
        for (int linear : new int[] {0, 3}) {
            try (Forecaster model = Forecaster.builder(ForecastSetup.of("sales").window(5).horizon(2).linear(linear)).hidden(7)
                    .build(Series.of(List.of("sales"), new double[] {1, 2, 4, 3, 2, 1, 3, 2, 5, 1}))) {
                assertEquals(7, model.hidden());
            }
        }
    }
}
