package org.tidegate.task.forecast;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tidegate.Precision;
import org.tidegate.data.CalendarFeature;
import org.tidegate.data.Series;
import org.tidegate.data.TimeAxis;
import org.tidegate.train.Training;

/** Forecasters that read the times of moments. */
class CalendarTest {
    private static final LocalDateTime START = LocalDateTime.of(2024, 1, 1, 0, 0); // a Monday

    @TempDir
    Path folder;

    @FunctionalInterface
    private interface Values {
        double at(LocalDateTime time, double noise);
    }

    private static Series hours(int length, int hours, Values values) {
        Random random = new Random(3);
        List<LocalDateTime> times = IntStream.range(0, length).mapToObj(t -> START.plusHours((long) t * hours)).toList();
        return Series.of(List.of("x"), times.stream().mapToDouble(time -> values.at(time, random.nextGaussian())).toArray())
                .with(TimeAxis.of(times));
    }

    private static List<CalendarFeature> found(Series series) {
        return ForecastSetup.of("x").window(4).tuned(series, EnumSet.of(ForecastSetup.Tuned.CALENDAR)).calendar();
    }

    @Test
    void theCyclesThatTheTimesCanTellAreKnown() {
        assertEquals(List.of(CalendarFeature.HOUR), CalendarFeature.of(hours(50, 1, (time, noise) -> 0).times().get()));
        assertEquals(List.of(CalendarFeature.HOUR, CalendarFeature.WEEKDAY), CalendarFeature.of(hours(400, 1, (time, noise) -> 0).times()
                .get()));
        assertEquals(List.of(CalendarFeature.WEEKDAY, CalendarFeature.MONTH), CalendarFeature.of(hours(800, 24, (time, noise) -> 0).times()
                .get()));
        assertEquals(List.of(), CalendarFeature.of(hours(40, 1, (time, noise) -> 0).times().get()));
        LocalDateTime noon = LocalDateTime.of(2024, 4, 1, 12, 0);
        assertEquals(-1, CalendarFeature.HOUR.cosine(noon), 1e-12);
        assertEquals(0, CalendarFeature.WEEKDAY.sine(noon), 1e-12);
        assertEquals(1, CalendarFeature.MONTH.sine(noon), 1e-12);
        for (CalendarFeature each : CalendarFeature.values()) {
            assertEquals(each, CalendarFeature.named(each.toString()));
            assertEquals(1, Math.hypot(each.sine(noon.plusDays(9)), each.cosine(noon.plusDays(9))), 1e-12);
        }
        assertTrue(assertThrows(IllegalArgumentException.class, () -> CalendarFeature.named("tide")).getMessage()
                .contains("[hour, weekday, month]"));
    }

    @Test
    void thoseThatHelpAreChosenAndNoOthers() {
        assertEquals(List.of(CalendarFeature.HOUR), found(hours(600, 1, (time, noise) -> (time.getHour() > 12 ? 3 : 0) + noise)));
        assertEquals(List.of(CalendarFeature.WEEKDAY),
                found(hours(300, 24, (time, noise) -> (time.getDayOfWeek().getValue() > 5 ? 4 : 0) + noise)));
        assertEquals(List.of(CalendarFeature.MONTH),
                found(hours(1100, 24, (time, noise) -> 5 * Math.cos(time.getDayOfYear() / 58.1) + noise)));
        assertEquals(List.of(), found(hours(600, 1, (time, noise) -> noise)));
        assertEquals(List.of(), found(Series.of(List.of("x"), new double[100])));
    }

    /** What comes at six o'clock is not to be known from the hours before it. */
    private static Series alarm() {
        return hours(480, 1, (time, noise) -> (time.getHour() == 6 || time.getHour() == 18 ? 5 : 0) + 0.2 * noise);
    }

    @Test
    void aForecasterThatKnowsTheHourForeseesWhatComesByTheClock() throws IOException {
        Series series = alarm();
        double[] rmse = new double[2];
        for (int with = 0; with < 2; with++) {
            ForecastSetup setup = ForecastSetup.of("x").window(3).calendar(with == 0 ? List.of() : List.of(CalendarFeature.HOUR));
            try (Forecaster model = Waves.trained(Forecaster.builder(setup).hidden(12), series.range(0, 380),
                    Training.epochs(30).batch(16).learningRate(1e-2)); ForecasterAnswers answers = model.answers(Precision.FLOAT32)) {
                rmse[with] = answers.evaluate(series, 380).overall().get(0).rmse();
            }
        }
        assertTrue(rmse[1] < 0.6 * rmse[0], rmse[1] + " with the hour, " + rmse[0] + " without");
    }

    @Test
    void theFileKeepsThemAndAnswersNeedTimes() throws IOException {
        Series series = alarm();
        Path file = folder.resolve("hour.safetensors");
        ForecastSetup setup = ForecastSetup.of("x").window(3).calendar(List.of(CalendarFeature.HOUR, CalendarFeature.WEEKDAY));
        try (Forecaster model = Forecaster.builder(setup.linear(2)).hidden(4).build(series)) {
            assertTrue(model.reading().describe().contains("from x, hour and weekday of"), model.reading().describe());
            model.save(file);
        }
        Series bare = Series.of(series.names(), IntStream.range(0, 480).mapToDouble(t -> series.value(0, t)).toArray());
        try (ForecasterAnswers answers = Forecaster.open(file, Precision.FLOAT32)) {
            assertEquals(setup.linear(2), answers.reading().setup());
            assertArrayEquals(answers.forecasts(series, 100, 480).get(379).values(), answers.forecast(series).values());
            Series moved = Series.of(bare.names(), IntStream.range(0, 480).mapToDouble(t -> bare.value(0, t)).toArray())
                    .with(TimeAxis.of(IntStream.range(0, 480).mapToObj(t -> START.plusHours(t + 5)).toList()));
            assertTrue(answers.forecast(series).value(0, 0) != answers.forecast(moved).value(0, 0));
            for (Runnable each : List.<Runnable>of(() -> answers.forecast(bare), () -> answers.evaluate(bare),
                    () -> Forecaster.builder(setup).build(bare))) {
                assertEquals("the forecaster reads the hour and weekday of each moment's time, and the series has no times; give them, or"
                        + " train one without calendar features", assertThrows(IllegalArgumentException.class, each::run).getMessage());
            }
        }
    }

    @Test
    void aStreamTakesTheTimeOfEachMoment() throws IOException {
        Series series = alarm();
        ForecastSetup setup = ForecastSetup.of("x").window(5).stateful(true).calendar(List.of(CalendarFeature.HOUR));
        try (Forecaster model = Forecaster.builder(setup).hidden(4).build(series);
                ForecasterAnswers answers = model.answers(Precision.FLOAT32); ForecastStream stream = answers.stream()) {
            List<Forecast> expected = answers.forecasts(series, 4, 30);
            for (int moment = 0; moment < 30; moment++) {
                Forecast forecast = stream.accept(series.times().get().at(moment), series.value(0, moment));
                if (moment >= 4) {
                    assertArrayEquals(expected.get(moment - 4).values(), forecast.values());
                }
            }
            assertThrows(IllegalArgumentException.class, () -> stream.accept(1));
        }
    }
}
