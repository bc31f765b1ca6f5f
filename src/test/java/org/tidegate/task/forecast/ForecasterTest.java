package org.tidegate.task.forecast;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tidegate.Cell;
import org.tidegate.Precision;
import org.tidegate.data.Series;
import org.tidegate.json.JsonObject;
import org.tidegate.metrics.Bootstrap;
import org.tidegate.task.Tasks;
import org.tidegate.task.forecast.ForecastEvaluation.Score;
import org.tidegate.train.Schedule;
import org.tidegate.train.Training;
import org.tidegate.train.TrainingResult;

class ForecasterTest {
    private static final Series SERIES = Waves.of(500, 0.3);
    private static Forecaster shared; // trained when it is first needed, and by no test further

    @TempDir
    Path folder;

    /** One step ahead, trained on the first 400 moments. */
    private static synchronized Forecaster shared() throws IOException {
        if (shared == null) {
            shared = Waves.trained(Waves.setup(), SERIES.range(0, 400), Waves.FAST);
        }
        return shared;
    }

    @AfterAll
    static void close() {
        if (shared != null) {
            shared.close();
        }
    }

    @Test
    void aWindowForecastBeatsTheLastValueOnMomentsThatItHasNotSeen() throws IOException {
        try (ForecasterAnswers answers = shared().answers(Precision.FLOAT32)) {
            ForecastEvaluation evaluation = answers.evaluate(SERIES, 400);
            Score score = evaluation.overall().get(0);
            assertEquals(100, evaluation.forecasts());
            assertTrue(score.rmse() < 0.6 && score.rmse() > 0.25, "rmse " + score.rmse());
            assertTrue(score.beatsPersistence() && score.of(ForecastBaseline.PERSISTENCE).rmse() > 1.5, "persistence " + score.of(ForecastBaseline.PERSISTENCE).rmse());
            assertEquals(0.9, score.coverage(), 0.1);
        }
    }

    @Test
    void theFiguresHaveTheScoresAndTheScaledLoss() throws IOException {
        try (ForecasterAnswers answers = shared().answers(Precision.FLOAT32)) {
            ForecastEvaluation evaluation = answers.evaluate(SERIES, 400);
            Score score = evaluation.overall().get(0);
            double[] wave = IntStream.range(1, 400).mapToDouble(t -> SERIES.value(0, t)).toArray(); // what the builder scaled
            double mean = Arrays.stream(wave).average().orElseThrow();
            double variance = Arrays.stream(wave).map(value -> (value - mean) * (value - mean)).average().orElseThrow();
            assertEquals(score.rmse() * score.rmse() / variance, evaluation.loss(), 1e-9);
            JsonObject json = evaluation.figures().toJson();
            assertEquals("forecast", json.string("task"));
            assertEquals(100, json.integer("examples"));
            assertEquals(evaluation.loss(), json.number("loss"));
            assertEquals("scaled squared error", json.string("loss_unit"));
            assertEquals(score.rmse(), json.number("rmse"));
            assertEquals(score.of(ForecastBaseline.PERSISTENCE).rmse(), json.number("persistence_rmse"));
            assertEquals(score.coverage(), json.number("coverage"));
            assertTrue(json.flag("beats_persistence") && json.flag("beats_baselines"));
            assertEquals(score.best().baseline().key(), json.string("best_baseline"));
            assertEquals(score.mae(), json.objects("scores").get(0).number("mae"));
        }
    }

    @Test
    void anotherPrecisionHasItsOwnForecastsAndItsOwnLoss() throws IOException {
        try (ForecasterAnswers exact = shared().answers(Precision.FLOAT32); ForecasterAnswers coarse = shared().answers(Precision.INT8)) {
            ForecastEvaluation evaluation = coarse.evaluate(SERIES, 400);
            assertTrue(evaluation.loss() != exact.evaluate(SERIES, 400).loss());
            assertEquals(exact.evaluate(SERIES, 400).loss(), evaluation.loss(), 0.05);
            assertEquals("int8", evaluation.figures().toJson().string("precision"));
        }
    }

    @Test
    void manyThreadsOverOneModelGetTheBitsOfOne() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try (ForecasterAnswers answers = shared().answers(Precision.FLOAT32)) {
            List<Forecast> expected = answers.forecasts(SERIES, 11, 500);
            List<Future<?>> all = new ArrayList<>();
            for (int thread = 0; thread < 8; thread++) {
                int start = 11 + 50 * thread;
                all.add(threads.submit(() -> {
                    for (int moment = start; moment < start + 50; moment++) {
                        assertArrayEquals(expected.get(moment - 11).values(), answers.forecast(SERIES.range(0, moment + 1)).values());
                    }
                }));
            }
            for (Future<?> each : all) {
                each.get();
            }
        } finally {
            threads.shutdown();
        }
    }

    @Test
    void closedAnswersAnswerNoMore() throws IOException {
        ForecasterAnswers answers = shared().answers(Precision.FLOAT32);
        answers.close();
        answers.close();
        assertThrows(IllegalStateException.class, () -> answers.forecast(SERIES));
    }

    @Test
    void aHorizonIsForecastAtOnceAndScoredStepByStep() throws IOException {
        Series series = Waves.of(500, 0.1);
        for (boolean residual : new boolean[] {false, true}) {
            try (Forecaster model = Waves.trained(Waves.setup().horizon(4).residual(residual), series, Waves.FAST);
                    ForecasterAnswers answers = model.answers(Precision.FLOAT32)) {
                ForecastEvaluation evaluation = answers.evaluate(series);
                assertEquals(5, evaluation.scores().size());
                assertTrue(evaluation.scores().stream().allMatch(score -> score.rmse() < 1), evaluation.toString());
                Forecast forecast = answers.forecast(series.range(0, 480));
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
        ForecastSetup setup = ForecastSetup.of(List.of("sin"), List.of("cos")).stateful(true).horizon(0).window(10);
        try (Forecaster model = Forecaster.builder(setup).cell(Cell.RNN).hidden(16).build(series)) {
            TrainingResult result = model.train(series, Training.epochs(1).batch(1).optimizer("adam").learningRate(0.02)
                    .schedule(Schedule.constant()).validation(0.1));
            assertEquals(270, result.progress().steps());
            try (ForecasterAnswers answers = model.answers(Precision.FLOAT32)) {
                Score score = answers.evaluate(series, 2700).overall().get(0);
                assertTrue(score.rmse() < 0.1, "rmse " + score.rmse());
                assertEquals(cosine[2999], answers.forecast(series).value(0, 0), 0.3);
            }
        }
    }

    @Test
    void aStreamForecastsSeveralTargetsAhead() throws IOException {
        Series series = Waves.of(600, 0.1);
        ForecastSetup setup = ForecastSetup.of(List.of("wave"), List.of("wave", "other")).window(20).horizon(2).stateful(true);
        try (Forecaster model = Waves.trained(setup, series, Training.epochs(20).batch(4).learningRate(1e-2));
                ForecasterAnswers answers = model.answers(Precision.FLOAT32)) {
            ForecastEvaluation evaluation = answers.evaluate(series);
            assertEquals(List.of("wave", "other"), evaluation.overall().stream().map(Score::target).toList());
            assertTrue(evaluation.overall().get(0).rmse() < 1, evaluation.toString());
            assertTrue(model.reading().intervals().isEmpty() && Double.isNaN(answers.forecast(series).low(0, 0)));
        }
    }

    @Test
    void forecastsAreThoseOfTheModelThatWasSaved() throws IOException {
        Series series = Waves.of(300, 0.3);
        Path file = folder.resolve("waves.safetensors");
        ForecastSetup setup = Waves.setup().horizon(3).residual(true);
        try (Forecaster model = Waves.trained(setup, series, Waves.FAST.checkpoint(file));
                ForecasterAnswers answers = model.answers(Precision.FLOAT32);
                ForecasterAnswers opened = Forecaster.open(file, Precision.FLOAT32)) {
            assertEquals(Forecaster.TASK, Tasks.task(file));
            assertEquals(setup, opened.reading().setup());
            assertEquals(model.reading().toJson(), opened.reading().toJson());
            assertArrayEquals(values(answers.forecasts(series, 50, 297)), values(opened.forecasts(series, 50, 297)));
            Forecast forecast = answers.forecast(series);
            assertEquals(forecast.low(2, 0), opened.forecast(series).low(2, 0));
            assertTrue(forecast.low(2, 0) < forecast.high(2, 0));
            assertEquals(0.9, opened.reading().intervals().orElseThrow().probability());
        }
    }

    @Test
    void theIntervalsOfEachValidationAreSavedWithTheParametersThatTheyWereFoundWith() throws IOException {
        Series series = Waves.of(250, 0.3);
        Path best = folder.resolve("best.safetensors");
        Path last = folder.resolve("last.safetensors");
        try (Forecaster model = Forecaster.builder(Waves.setup()).hidden(6).build(series)) {
            // A learning rate of which the loss rises again: the best model is not the last one.
            TrainingResult result = model.train(series, Training.epochs(12).batch(16).learningRate(0.5).schedule(Schedule.constant())
                    .validation(0.2).keepBest(best).checkpoint(last));
            assertTrue(result.bestStep() < result.progress().step(), "the last model is the best one");
        }
        for (Path file : List.of(best, last)) {
            try (ForecasterAnswers answers = Forecaster.open(file, Precision.FLOAT32)) {
                double[][] forecasts = values(answers.forecasts(series, 199, 249));
                double[][] errors = new double[50][1];
                for (int i = 0; i < 50; i++) {
                    errors[i][0] = series.value(0, 200 + i) - forecasts[i][0];
                }
                ForecastIntervals expected = ForecastIntervals.of(errors, 0.9, 0);
                assertArrayEquals(expected.low(), answers.reading().intervals().orElseThrow().low(), 1e-4);
                assertArrayEquals(expected.high(), answers.reading().intervals().orElseThrow().high(), 1e-4);
            }
        }
    }

    @Test
    void aStoppedTrainingGoesOnToTheBit() throws IOException {
        for (boolean stateful : new boolean[] {false, true}) {
            Series series = Waves.of(250, 0.3);
            ForecastSetup setup = ForecastSetup.of("wave").window(12).stateful(stateful);
            Path file = folder.resolve("stopped.safetensors");
            Training training = Training.epochs(3).batch(4).validation(0.2).learningRate(1e-2);
            try (Forecaster straight = Forecaster.builder(setup).hidden(6).dropout(0.1).build(series);
                    Forecaster stopped = Forecaster.builder(setup).hidden(6).dropout(0.1).build(series)) {
                straight.train(series, training);
                AtomicInteger steps = new AtomicInteger();
                assertEquals(TrainingResult.Outcome.STOPPED,
                        stopped.train(series, training.checkpoint(file).stopWhen(() -> steps.incrementAndGet() > 7)).outcome());
                try (Forecaster resumed = Forecaster.load(file)) {
                    assertThrows(IllegalArgumentException.class, () -> resumed.train(Waves.of(250, 0.4), training.continued()));
                    resumed.train(series, training.continued());
                    assertEquals(straight.model().fingerprint(), resumed.model().fingerprint());
                    assertArrayEquals(straight.reading().intervals().orElseThrow().high(),
                            resumed.reading().intervals().orElseThrow().high());
                }
            }
        }
    }

    @Test
    void theSameSeedGivesTheSameBitsAndAnotherOneDoesNot() throws IOException {
        Series series = Waves.of(200, 0.3);
        Training training = Training.epochs(2).batch(8);
        long[] fingerprints = new long[3];
        for (int run = 0; run < 3; run++) {
            try (Forecaster model = Forecaster.builder(Waves.setup()).hidden(6).seed(run / 2 + 1).build(series)) {
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
        ForecastSetup setup = ForecastSetup.of("x").window(2).horizon(2).period(3);
        int first = setup.firstJudged(0);
        assertEquals(2, first); // the third moment is the first with a value one season before the next
        List<Forecast> forecasts = IntStream.range(first, values.length - 2)
                .mapToObj(i -> new Forecast(new double[] {values[i + 1] + 1, values[i + 2] - 3}, 1, Optional.empty(), Optional.empty(), Optional.empty()))
                .toList();
        List<Score> scores = ForecastEvaluation.scores(ForecasterReading.of(setup, series, ForecastLoss.mse(), 0.9), series,
                first, forecasts);
        assertEquals(Math.sqrt((1 + 9) / 2.0), scores.get(0).rmse(), 1e-9);
        assertEquals(2, scores.get(0).mae(), 1e-9);
        assertEquals(1, scores.get(1).rmse(), 1e-9);
        assertEquals(Math.sqrt((9 + 16 + 25 + 36) / 4.0), scores.get(1).of(ForecastBaseline.PERSISTENCE).rmse(), 1e-9);
        assertEquals((7 + 9 + 11 + 13) / 4.0, scores.get(2).of(ForecastBaseline.PERSISTENCE).mae(), 1e-9);
        double[] season = {7 - 1, 11 - 2, 16 - 4, 22 - 7};
        assertEquals(Math.sqrt(Arrays.stream(season).map(d -> d * d).sum() / 4), scores.get(1).of(ForecastBaseline.SEASON).rmse(), 1e-9);
    }

    @Test
    void figuresHaveIntervalsOfForecastsDrawnInBlocks() throws IOException {
        try (ForecasterAnswers answers = shared().answers(Precision.FLOAT32)) {
            JsonObject json = answers.evaluate(SERIES, 400).figures().toJson();
            List<Forecast> forecasts = answers.forecasts(SERIES, 399, 499);
            double[][] others = answers.baselines().stream().map(each -> answers.baseline(each, SERIES, 399, 499))
                    .map(rows -> Arrays.stream(rows).mapToDouble(row -> row[0]).toArray()).toArray(double[][]::new);
            Bootstrap errors = Bootstrap.blocks(5); // the third root of 100, rounded up
            for (int i = 0; i < 100; i++) {
                double truth = SERIES.value(0, 400 + i);
                double error = truth - forecasts.get(i).value(0, 0);
                double[] sums = new double[3 + others.length];
                sums[0] = error * error;
                sums[1] = Math.abs(error);
                sums[2] = forecasts.get(i).contains(0, 0, truth) ? 1 : 0;
                for (int b = 0; b < others.length; b++) {
                    sums[3 + b] = Math.pow(truth - others[b][i], 2);
                }
                errors.add(sums);
            }
            assertInterval(json, "rmse", errors.interval(sums -> Math.sqrt(sums[0] / 100)).orElseThrow());
            assertInterval(json, "mae", errors.interval(sums -> sums[1] / 100).orElseThrow());
            assertInterval(json, "coverage", errors.interval(sums -> sums[2] / 100).orElseThrow());
            assertInterval(json, "rmse_ratio", errors.interval(sums -> Math.sqrt(sums[0]
                    / Arrays.stream(sums, 3, sums.length).min().orElseThrow())).orElseThrow());
            assertFalse(answers.evaluate(SERIES, 495).figures().toJson().has("rmse_low")); // three blocks
        }
    }

    private static void assertInterval(JsonObject json, String figure, Bootstrap.Interval interval) {
        assertEquals(interval.low(), json.number(figure + "_low"), 1e-9, figure);
        assertEquals(interval.high(), json.number(figure + "_high"), 1e-9, figure);
        assertTrue(interval.low() <= json.number(figure) && json.number(figure) <= interval.high(), figure);
        assertTrue(interval.low() < interval.high(), figure);
    }

    @Test
    void severalTargetsHaveTheirIntervalsInATable() throws IOException {
        double[] wave = IntStream.range(0, 160).mapToDouble(t -> Math.sin(t / 3.0) + (t * 7919 % 13) / 20.0).toArray();
        double[] other = IntStream.range(0, 160).mapToDouble(t -> Math.cos(t / 3.0) + (t * 7907 % 11) / 20.0).toArray();
        Series series = Series.of(List.of("x", "y"), wave, other);
        ForecastSetup setup = ForecastSetup.of(List.of("x", "y"), List.of("x", "y")).window(4).horizon(2);
        try (Forecaster model = Waves.trained(Forecaster.builder(setup).hidden(4), series, Training.epochs(1));
                ForecasterAnswers answers = model.answers(Precision.FLOAT32)) {
            ForecastEvaluation evaluation = answers.evaluate(series, 90);
            List<JsonObject> rows = evaluation.figures().toJson().objects("intervals");
            assertEquals(6, rows.size(), "three figures of two targets: nothing was held out for a coverage");
            for (JsonObject row : rows) {
                Score score = evaluation.overall().stream().filter(each -> each.target().equals(row.string("target"))).findFirst()
                        .orElseThrow();
                double value = switch (row.string("figure")) {
                    case "rmse" -> score.rmse();
                    case "mae" -> score.mae();
                    default -> score.rmse() / score.best().rmse();
                };
                assertEquals(value, row.number("value"), 1e-12);
                assertTrue(row.number("low") < value && value < row.number("high"), row.toString());
            }
        }
    }

    @Test
    void theVerdictIsThatOnTheBestOfAllBaselines() throws IOException {
        double[] saw = IntStream.range(0, 120).mapToDouble(t -> t % 4).toArray();   // a season before it is itself again
        Series series = Series.of(List.of("x"), saw);
        try (Forecaster model = Waves.trained(Forecaster.builder(ForecastSetup.of("x").window(4).period(4)).hidden(8), series,
                Training.epochs(20).batch(8).learningRate(1e-2)); ForecasterAnswers answers = model.answers(Precision.FLOAT32)) {
            ForecastEvaluation evaluation = answers.evaluate(series, 100);
            Score score = evaluation.overall().get(0);
            assertTrue(score.beatsPersistence() && !score.beatsBaselines(), score.toString());
            assertEquals(ForecastBaseline.SEASON, score.best().baseline());
            JsonObject json = evaluation.figures().toJson();
            assertEquals("seasonal", json.string("best_baseline"));
            assertFalse(json.flag("beats_baselines"));
            for (ForecastBaseline each : answers.baselines()) {
                double[][] forecasts = answers.baseline(each, series, 99, 119);
                double squares = IntStream.range(0, 20).mapToDouble(i -> Math.pow(forecasts[i][0] - saw[100 + i], 2)).sum();
                assertEquals(Math.sqrt(squares / 20), score.of(each).rmse(), 1e-9);
                assertEquals(score.of(each).rmse(), json.number(each.key() + "_rmse"));
                assertEquals(score.of(each).mae(), json.objects("scores").get(0).number(each.key() + "_mae"));
            }
        }
    }

    @Test
    void anAnswersIntervalsAreWiderWhereTheTruthsBeforeItLayOutside() throws IOException {
        double[] values = IntStream.range(0, 500).mapToDouble(t -> SERIES.value(0, t) + (t < 440 ? 0 : t % 2 * 6)).toArray();
        double[] other = IntStream.range(0, 500).mapToDouble(t -> SERIES.value(1, t)).toArray();
        Series unrest = Series.of(SERIES.names(), values, other);
        try (ForecasterAnswers answers = shared().answers(Precision.FLOAT32)) {
            Forecast still = answers.forecast(unrest);
            Forecast follows = answers.forecast(unrest, 50);
            assertArrayEquals(still.values(), follows.values());
            assertTrue(follows.high(0, 0) - follows.low(0, 0) > 1.5 * (still.high(0, 0) - still.low(0, 0)), follows.toString());
            Forecast quiet = answers.forecast(SERIES.range(0, 300), 50);
            assertTrue(quiet.high(0, 0) - quiet.low(0, 0) >= answers.forecast(SERIES).high(0, 0) - answers.forecast(SERIES).low(0, 0) - 1e-9);
        }
    }

    private static double[][] values(List<Forecast> forecasts) {
        return forecasts.stream().map(Forecast::values).toArray(double[][]::new);
    }
}
