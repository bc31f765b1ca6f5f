package org.tidegate.task;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.tidegate.Cell;
import org.tidegate.Precision;
import org.tidegate.checkpoint.CheckpointException;
import org.tidegate.data.Series;
import org.tidegate.task.ForecastEvaluation.Score;
import org.tidegate.train.Schedule;
import org.tidegate.train.Training;
import org.tidegate.train.TrainingResult;

class ForecasterTest {
    private static final Training FAST = Training.epochs(15).batch(16).learningRate(1e-2).validation(0.2);

    @TempDir
    Path folder;

    /** A wave of 12 moments with some noise, and one of 30 that says nothing about it. */
    private static Series waves(int length, double noise) {
        Random random = new Random(1);
        double[] wave = IntStream.range(0, length).mapToDouble(t -> 20 + 5 * Math.sin(2 * Math.PI * t / 12)
            + noise * random.nextGaussian())
            .toArray();
        double[] other = IntStream.range(0, length).mapToDouble(t -> Math.cos(2 * Math.PI * t / 30)).toArray();
        return Series.of(List.of("wave", "other"), wave, other);
    }

    private static ForecastSetup setup(int horizon, boolean residual) {
        return new ForecastSetup(List.of("wave", "other"), List.of("wave"), 12, horizon, false, residual, 12);
    }

    private static Forecaster train(ForecastSetup setup, Series series, Training training) throws IOException {
        Forecaster model = Forecaster.builder(setup).hidden(12).build(series);
        model.train(series, training);
        return model;
    }

    @Test
    void aWindowForecastBeatsTheLastValueOnMomentsThatItHasNotSeen() throws IOException {
        Series series = waves(500, 0.3);
        try (Forecaster model = train(setup(1, false), series.range(0, 400), FAST)) {
            Score score = model.evaluate(series, 400, 1, Precision.FLOAT32).overall().get(0);
            assertEquals(100, model.evaluate(series, 400, 1, Precision.FLOAT32).forecasts());
            assertTrue(score.rmse() < 0.6 && score.rmse() > 0.25, "rmse " + score.rmse());
            assertTrue(score.beatsPersistence() && score.persistenceRmse() > 1.5, "persistence " + score.persistenceRmse());
            assertEquals(0.9, score.coverage(), 0.1);
        }
    }

    @Test
    void aHorizonIsForecastAtOnceAndScoredStepByStep() throws IOException {
        Series series = waves(500, 0.1);
        for (boolean residual : new boolean[] {false, true}) {
            try (Forecaster model = train(setup(4, residual), series, FAST)) {
                ForecastEvaluation evaluation = model.evaluate(series);
                assertEquals(5, evaluation.scores().size());
                assertTrue(evaluation.scores().stream().allMatch(score -> score.rmse() < 1), evaluation.toString());
                Forecast forecast = model.forecast(series.range(0, 480));
                for (int step = 0; step < 4; step++) {
                    assertEquals(series.value(0, 480 + step), forecast.value(step, 0), 2);
                    assertTrue(forecast.low(step, 0) < forecast.high(step, 0));
                }
            }
        }
    }

    @Test
    void aStreamLearnsTheCosineFromTheSine() throws IOException {
        double[] sine = IntStream.range(0, 3000).mapToDouble(t -> Math.sin(Math.PI * t / 10)).toArray();
        double[] cosine = IntStream.range(0, 3000).mapToDouble(t -> Math.cos(Math.PI * t / 10)).toArray();
        Series series = Series.of(List.of("sin", "cos"), sine, cosine);
        ForecastSetup setup = new ForecastSetup(List.of("sin"), List.of("cos"), 10, 0, true, false, 0);
        try (Forecaster model = Forecaster.builder(setup).cell(Cell.RNN).hidden(16).build(series)) {
            TrainingResult result = model.train(series, Training.epochs(1).batch(1).optimizer("adam").learningRate(0.02)
                .schedule(Schedule.constant()).validation(0.1));
            assertEquals(270, result.progress().steps());
            Score score = model.evaluate(series, 2700, 1, Precision.FLOAT32).overall().get(0);
            assertTrue(score.rmse() < 0.1, "rmse " + score.rmse());
            assertEquals(cosine[2999], model.forecast(series).value(0, 0), 0.3);
        }
    }

    @Test
    void aStreamForecastsAheadToo() throws IOException {
        Series series = waves(600, 0.1);
        ForecastSetup setup = new ForecastSetup(List.of("wave"), List.of("wave", "other"), 20, 2, true, false, 0);
        try (Forecaster model = Forecaster.builder(setup).hidden(12).build(series)) {
            model.train(series, Training.epochs(20).batch(4).learningRate(1e-2));
            ForecastEvaluation evaluation = model.evaluate(series);
            assertEquals(List.of("wave", "other"), evaluation.overall().stream().map(Score::target).toList());
            assertTrue(evaluation.overall().get(0).rmse() < 1, evaluation.toString());
            assertTrue(model.intervals().isEmpty() && Double.isNaN(model.forecast(series).low(0, 0)));
        }
    }

    @Test
    void aStreamsForecastDependsOnWhatLiesBeforeTheWindow() throws IOException {
        Series series = waves(100, 0);
        ForecastSetup setup = new ForecastSetup(List.of("wave"), List.of("wave"), 5, 1, true, false, 0);
        try (Forecaster model = Forecaster.builder(setup).hidden(8).build(series)) {
            assertTrue(model.forecast(series).value(0, 0) != model.forecast(series.range(95, 100)).value(0, 0));
            double[][] atOnce = model.forecasts(series, 4, 100, 1, Precision.FLOAT32);
            assertArrayEquals(atOnce[95], model.forecast(series).values());
        }
    }

    @Test
    void forecastsAreThoseOfTheModelThatWasSaved() throws IOException {
        Series series = waves(300, 0.3);
        Path file = folder.resolve("waves.safetensors");
        double[][] expected;
        try (Forecaster model = train(setup(3, true), series, FAST.checkpoint(file))) {
            expected = model.forecasts(series, 50, 297, 1, Precision.FLOAT32);
            try (Forecaster loaded = Forecaster.load(file)) {
                assertEquals(model.setup(), loaded.setup());
                assertArrayEquals(expected, loaded.forecasts(series, 50, 297, 1, Precision.FLOAT32));
                assertArrayEquals(model.intervals().orElseThrow().low(), loaded.intervals().orElseThrow().low());
                assertEquals(0.9, loaded.intervals().orElseThrow().probability());
            }
        }
    }

    @Test
    void aStoppedTrainingGoesOnToTheBit() throws IOException {
        for (boolean stateful : new boolean[] {false, true}) {
            Series series = waves(250, 0.3);
            ForecastSetup setup = new ForecastSetup(List.of("wave"), List.of("wave"), 12, 1, stateful, false, 0);
            Path file = folder.resolve("stopped.safetensors");
            Training training = Training.epochs(3).batch(4).validation(0.2).learningRate(1e-2);
            try (Forecaster straight = Forecaster.builder(setup).hidden(6).dropout(0.1).build(series);
                    Forecaster stopped = Forecaster.builder(setup).hidden(6).dropout(0.1).build(series)) {
                straight.train(series, training);
                AtomicInteger steps = new AtomicInteger();
                assertEquals(TrainingResult.Outcome.STOPPED,
                    stopped.train(series, training.checkpoint(file).stopWhen(() -> steps.incrementAndGet() > 7)).outcome());
                try (Forecaster resumed = Forecaster.resume(file)) {
                    resumed.train(series, training);
                    assertEquals(straight.model().fingerprint(), resumed.model().fingerprint());
                    assertArrayEquals(straight.intervals().orElseThrow().high(), resumed.intervals().orElseThrow().high());
                }
                try (Forecaster resumed = Forecaster.resume(file)) {
                    assertThrows(IllegalArgumentException.class, () -> resumed.train(waves(250, 0.4), training));
                }
            }
        }
    }

    @Test
    void theSameSeedGivesTheSameBitsAndAnotherOneDoesNot() throws IOException {
        Series series = waves(200, 0.3);
        Training training = Training.epochs(2).batch(8);
        long[] fingerprints = new long[3];
        for (int run = 0; run < 3; run++) {
            try (Forecaster model = Forecaster.builder(setup(1, false)).hidden(6).seed(run / 2 + 1).build(series)) {
                model.train(series, training.seed(run / 2 + 1));
                fingerprints[run] = model.model().fingerprint();
            }
        }
        assertEquals(fingerprints[0], fingerprints[1]);
        assertTrue(fingerprints[0] != fingerprints[2]);
    }

    @Test
    void theBaselinesAreJudgedOnTheSameMoments() {
        double[] values = {1, 2, 4, 7, 11, 16, 22, 29};
        Series series = Series.of(List.of("x"), values);
        ForecastSetup setup = new ForecastSetup(List.of("x"), List.of("x"), 2, 2, false, false, 3);
        int first = setup.firstJudged();
        assertEquals(2, first); // the third moment is the first with a value one season before the next
        double[][] forecasts = new double[values.length - 2 - first][2];
        for (int i = 0; i < forecasts.length; i++) {
            forecasts[i] = new double[] {values[first + i + 1] + 1, values[first + i + 2] - 3};
        }
        List<Score> scores = ForecastEvaluation.of(setup, series, first, forecasts, Optional.empty()).scores();
        assertEquals(Math.sqrt((1 + 9) / 2.0), scores.get(0).rmse(), 1e-9);
        assertEquals(2, scores.get(0).mae(), 1e-9);
        assertEquals(1, scores.get(1).rmse(), 1e-9);
        assertEquals(Math.sqrt((9 + 16 + 25 + 36) / 4.0), scores.get(1).persistenceRmse(), 1e-9);
        assertEquals((7 + 9 + 11 + 13) / 4.0, scores.get(2).persistenceMae(), 1e-9);
        double[] season = {7 - 1, 11 - 2, 16 - 4, 22 - 7};
        assertEquals(Math.sqrt(Arrays.stream(season).map(d -> d * d).sum() / 4), scores.get(1).seasonalRmse(), 1e-9);
    }

    @Test
    void intervalsAreTheQuantilesOfTheErrors() {
        double[][] errors = IntStream.rangeClosed(0, 100).mapToObj(i -> new double[] {i - 50, 2 * (i - 50)}).toArray(double[][]::new);
        ForecastIntervals intervals = ForecastIntervals.of(errors, 0.8);
        assertArrayEquals(new double[] {-40, -80}, intervals.low(), 1e-9);
        assertArrayEquals(new double[] {40, 80}, intervals.high(), 1e-9);
    }

    @Test
    void anIntervalHoldsItsOwnForecastWhereTheModelAlwaysErrsToOneSide() {
        ForecastIntervals intervals = ForecastIntervals.of(new double[][] {{-3, 1}, {-2, 2}, {-1, 3}}, 0.9);
        assertEquals(0, intervals.high()[0]);
        assertEquals(0, intervals.low()[1]);
        assertTrue(intervals.low()[0] < -2 && intervals.high()[1] > 2);
    }

    @Test
    void whatMakesNoForecastIsRefusedWithTheReason() {
        Series series = waves(40, 0);
        assertMessage("horizon of 0", () -> new ForecastSetup(List.of("a"), List.of("a"), 3, 0, false, false, 0));
        assertMessage("change", () -> new ForecastSetup(List.of("a"), List.of("b"), 3, 0, false, true, 0));
        assertMessage("twice", () -> new ForecastSetup(List.of("a", "a"), List.of("b"), 3, 1, false, false, 0));
        ForecastSetup unknown = new ForecastSetup(List.of("x"), List.of("wave"), 3, 1, false, false, 0);
        assertMessage("no column 'x'", () -> Forecaster.builder(unknown).build(series));
        try (Forecaster model = Forecaster.builder(setup(1, false)).hidden(4).build(series)) {
            assertMessage("a window of 12", () -> model.train(series.range(0, 12), Training.epochs(1)));
            assertMessage("reads the 12", () -> model.forecast(series.range(0, 11)));
            assertMessage("to judge a forecast", () -> model.evaluate(series.range(0, 12)));
        }
    }

    @Test
    void aDamagedSetupInAFileIsAnErrorOfTheFile() throws IOException {
        Path file = folder.resolve("model.safetensors");
        try (Forecaster model = Forecaster.builder(setup(1, false)).hidden(4).build(waves(40, 0))) {
            model.save(file);
        }
        byte[] bytes = Files.readAllBytes(file);
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        Files.write(file, text.replace("\\\"window\\\":12", "\\\"window\\\":-2").getBytes(StandardCharsets.ISO_8859_1));
        assertTrue(assertThrows(CheckpointException.class, () -> Forecaster.load(file)).getMessage().contains("model.safetensors"));
    }

    private static void assertMessage(String part, Executable call) {
        String message = assertThrows(IllegalArgumentException.class, call).getMessage();
        assertTrue(message.contains(part), message);
    }
}
