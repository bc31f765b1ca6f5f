package org.tidegate.task.forecast;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tidegate.Precision;
import org.tidegate.data.Missing;
import org.tidegate.data.Series;
import org.tidegate.train.Training;
import org.tidegate.train.TrainingResult;

/** Transforms of targets, what is found for a series, and the linear path. */
class ForecastTransformTest {
    private static final int PERIOD = 6;
    private static final double[] SEASON = {3, 5, 2, 8, 6, 4};

    @TempDir
    Path folder;

    private static Series series(int length, IntToDoubleFunction value) {
        return Series.of(List.of("sales"), IntStream.range(0, length).mapToDouble(value).toArray());
    }

    /** Growth by a part, a season that grows with it, and some noise: positive. */
    private static Series sales(int length) {
        Random random = new Random(3);
        return series(length, t -> Math.exp(3 + 0.02 * t + 0.1 * SEASON[t % PERIOD] + 0.01 * random.nextGaussian()));
    }

    private static ForecastSetup setup(ForecastTransform transform) {
        return ForecastSetup.of("sales").window(16).horizon(9).period(PERIOD).transforms(List.of(transform));
    }

    @ParameterizedTest
    @EnumSource
    void theBaseIsWhereTheTransformedSeriesStaysZero(ForecastTransform transform) {
        Series sales = sales(40);
        double[] found = IntStream.range(0, 40).mapToDouble(t -> sales.value(0, t)).toArray();
        for (int moment = 20; moment < 31; moment++) {
            double[] level = Arrays.stream(found).map(transform::level).toArray();
            for (int ahead = 1; ahead <= 9 && transform.differences(); ahead++) {
                int t = moment + ahead; // of the differences that are 0 follows each level from those before it
                level[t] = !transform.seasonal() ? level[t - 1] : !transform.difference() ? level[t - PERIOD]
                        : level[t - 1] + level[t - PERIOD] - level[t - 1 - PERIOD];
                assertEquals(level[t], transform.base(at -> found[at], moment, ahead, PERIOD), 1e-9, transform + " +" + ahead);
            }
        }
        assertEquals(found[20], transform.value(transform.level(found[20])), 1e-9);
        assertEquals(transform, ForecastTransform.named(transform.toString()));
    }

    @ParameterizedTest
    @EnumSource
    void whatIsLearnedIsUndoneInTheAnswers(ForecastTransform transform) throws IOException {
        Series sales = sales(120);
        Path file = folder.resolve("model.safetensors");
        double[] forecast;
        try (Forecaster model = Forecaster.builder(setup(transform).linear(6)).hidden(6).build(sales.range(0, 90))) {
            model.train(sales.range(0, 100), Training.epochs(2).validation(0.1));
            model.save(file);
            try (ForecasterAnswers answers = model.answers(Precision.FLOAT32)) {
                ForecastEvaluation.Score score = answers.evaluate(sales, 100).overall().get(0);
                assertTrue(score.rmse() < score.of(ForecastBaseline.PERSISTENCE).rmse(), transform + " " + score);
                Forecast one = answers.forecast(sales);
                forecast = one.values();
                assertTrue(one.low(0, 0) <= one.value(0, 0) && one.value(0, 0) <= one.high(0, 0));
                assertArrayEquals(forecast, answers.forecast(sales.range(104, 120)).values(), "a window is all that is read");
            }
        }
        try (Forecaster loaded = Forecaster.load(file); ForecasterAnswers answers = loaded.answers(Precision.FLOAT32)) {
            assertEquals(List.of(transform), loaded.reading().setup().transforms());
            assertArrayEquals(forecast, answers.forecast(sales).values());
        }
    }

    @Test
    void theUntrainedLinearPathIsTheAutoregressionOfLeastSquares() {
        double[] values = new double[200];
        values[0] = 10;
        values[1] = -3;
        Random random = new Random(5);
        for (int t = 2; t < values.length; t++) {
            values[t] = 4 + 0.6 * values[t - 1] - 0.5 * values[t - 2] + 1e-3 * random.nextGaussian();
        }
        Series series = Series.of(List.of("sales"), values);
        for (boolean stateful : new boolean[] {false, true}) {
            ForecastSetup setup = ForecastSetup.of("sales").window(10).stateful(stateful).linear(2);
            try (Forecaster model = Forecaster.builder(setup).hidden(4).build(series.range(0, 100));
                    ForecasterAnswers answers = model.answers(Precision.FLOAT32)) {
                double expected = 4 + 0.6 * values[49] - 0.5 * values[48];
                assertEquals(expected, answers.forecast(series.range(0, 50)).value(0, 0), 0.01);
                if (stateful) {
                    try (ForecastStream stream = answers.stream()) {
                        Forecast last = null;
                        for (int t = 0; t < 50; t++) {
                            last = stream.accept(values[t]);
                        }
                        assertEquals(answers.forecast(series.range(0, 50)).value(0, 0), last.value(0, 0));
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"NONE", "DIFFERENCE", "SEASONAL", "DIFFERENCE_SEASONAL"})
    void theUntrainedLinearPathGoesOnWithASeasonOnALine(ForecastTransform transform) {
        double[] season = {3, -1, 4, -2, 0.5, 2};
        Series sales = series(120, t -> 20 + 0.3 * t + season[t % PERIOD]);
        for (boolean residual : transform == ForecastTransform.NONE ? new boolean[] {false, true} : new boolean[] {false}) {
            ForecastSetup setup = setup(transform).horizon(2 * PERIOD + 2).linear(9).residual(residual);
            try (Forecaster model = Forecaster.builder(setup).hidden(2).build(sales.range(0, 90));
                    ForecasterAnswers answers = model.answers(Precision.FLOAT32)) {
                Forecast forecast = answers.forecast(sales.range(0, 100));
                for (int step = 0; step < setup.horizon(); step++) {
                    assertEquals(sales.value(0, 100 + step), forecast.value(step, 0), 0.02, transform + " +" + (step + 1));
                }
            }
        }
    }

    @Test
    void theUntrainedLinearPathReadsOtherColumnsThatTell() {
        Random random = new Random(9);
        double[] sales = new double[200];
        double[] price = random.doubles(200, 1, 5).toArray();
        double[] noise = random.doubles(200).toArray();
        for (int t = 1; t < sales.length; t++) {
            sales[t] = 7 + 0.5 * sales[t - 1] - 2 * price[t - 1];
        }
        Series series = Series.of(List.of("price", "sales", "noise"), price, sales, noise);
        ForecastSetup setup = ForecastSetup.of(series.names(), List.of("sales")).window(4).linear(2);
        try (Forecaster model = Forecaster.builder(setup).hidden(2).build(series.range(0, 150));
                ForecasterAnswers answers = model.answers(Precision.FLOAT32)) {
            assertEquals(sales[180], answers.forecast(series.range(0, 180)).value(0, 0), 1e-3);
        }
    }

    @Test
    void aTrainingThatMakesItWorseLeavesTheLinearStartRefittedToAll() throws IOException {
        Random random = new Random(2);
        Series noise = series(120, t -> random.nextGaussian());
        ForecastSetup setup = ForecastSetup.of("sales").window(8).linear(2);
        try (Forecaster model = Forecaster.builder(setup).hidden(16).build(noise.range(0, 90))) {
            float[] first = model.model().parameter("linear.weight").toArray();
            Path best = folder.resolve("best.safetensors");
            TrainingResult result = model.train(noise.range(0, 100),
                    Training.epochs(40).learningRate(2e-2).validation(0.1).keepBest(best));
            assertEquals(0, result.bestStep());
            float[] start;
            try (Forecaster all = Forecaster.builder(setup).hidden(16).build(noise.range(0, 90))) {
                assertArrayEquals(first, all.model().parameter("linear.weight").toArray());
                new LinearStart(model.reading(), noise.range(0, 100)).put(all.model());
                start = all.model().parameter("linear.weight").toArray();
            }
            assertFalse(Arrays.equals(first, start));
            assertArrayEquals(start, model.model().parameter("linear.weight").toArray());
            assertTrue(model.reading().intervals().isPresent());
            try (Forecaster kept = Forecaster.load(best)) {
                assertArrayEquals(start, kept.model().parameter("linear.weight").toArray());
            }
        }
    }

    @Test
    void aTrainingThatFindsMoreThanALineIsKept() throws IOException {
        double[] values = new double[300];
        values[0] = 0.3;
        for (int t = 1; t < values.length; t++) {
            values[t] = 3.9 * values[t - 1] * (1 - values[t - 1]);
        }
        Series map = Series.of(List.of("sales"), values);
        try (Forecaster model = Forecaster.builder(ForecastSetup.of("sales").window(8).linear(4)).hidden(16).build(map.range(0, 216))) {
            TrainingResult result = model.train(map.range(0, 240), Training.epochs(60).learningRate(1e-2).validation(0.1));
            assertNotEquals(0, result.bestStep());
            try (ForecasterAnswers answers = model.answers(Precision.FLOAT32)) {
                ForecastEvaluation.Score score = answers.evaluate(map, 240).overall().get(0);
                assertTrue(score.rmse() < 0.7 * score.of(ForecastBaseline.LINEAR).rmse(), score.toString());
            }
        }
    }

    @Test
    void intervalsOfLogarithmsGrowWithTheForecastAndAreRead() throws IOException {
        Random random = new Random(7);
        Series growth = series(200, t -> Math.exp(0.02 * t + 0.1 * random.nextGaussian()));
        for (ForecastTransform transform : new ForecastTransform[] {ForecastTransform.LOG, ForecastTransform.NONE}) {
            Path file = folder.resolve(transform + ".safetensors");
            ForecastSetup setup = ForecastSetup.of("sales").window(8).linear(4).transforms(List.of(transform));
            try (Forecaster model = Forecaster.builder(setup).hidden(2).build(growth.range(0, 120))) {
                model.train(growth.range(0, 150), Training.epochs(1).validation(0.2));
                model.saveWeights(file);
            }
            try (ForecasterAnswers answers = Forecaster.open(file, Precision.FLOAT32)) {
                Forecast early = answers.forecast(growth.range(0, 20));
                Forecast late = answers.forecast(growth);
                double times = (late.high(0, 0) - late.low(0, 0)) / (early.high(0, 0) - early.low(0, 0));
                assertEquals(transform.log() ? late.value(0, 0) / early.value(0, 0) : 1, times, 1e-6 * times);
                assertFalse(late.intervals().orElseThrow().relative());
                double covered = answers.evaluate(growth, 150).overall().get(0).coverage();
                assertTrue(!transform.log() || covered > 0.8, "covered " + covered);
            }
        }
    }

    @Test
    void whatIsFoundFitsTheSeries() {
        ForecastSetup growth = ForecastSetup.of("sales").tuned(sales(90));
        assertEquals(PERIOD, growth.period());
        assertEquals(List.of(ForecastTransform.LOG_DIFFERENCE), growth.transforms());
        assertTrue(growth.window() > growth.linear() && growth.linear() > PERIOD, growth.toString());
        ForecastSetup without = ForecastSetup.of("sales").tuned(sales(90), EnumSet.complementOf(EnumSet.of(ForecastSetup.Tuned.LINEAR)));
        assertTrue(without.transforms().get(0).seasonal(), without.toString());

        Random random = new Random(4);
        double[] walk = new double[200];
        for (int t = 1; t < walk.length; t++) {
            walk[t] = walk[t - 1] + random.nextGaussian();
        }
        ForecastSetup walked = ForecastSetup.of("sales").tuned(Series.of(List.of("sales"), walk));
        assertEquals(List.of(ForecastTransform.DIFFERENCE), walked.transforms());
        assertEquals(0, walked.period());

        ForecastSetup noise = ForecastSetup.of("sales").tuned(series(200, t -> random.nextGaussian()));
        assertEquals(List.of(ForecastTransform.NONE), noise.transforms());
        assertEquals(0, noise.period());

        ForecastSetup some = ForecastSetup.of("sales").window(12).tuned(sales(90), EnumSet.of(ForecastSetup.Tuned.PERIOD));
        assertEquals(ForecastSetup.of("sales").window(12).period(PERIOD), some);
        ForecastSetup stream = ForecastSetup.of("sales").stateful(true).tuned(sales(90));
        assertTrue(stream.transforms().stream().noneMatch(ForecastTransform::differences), stream.toString());
        assertEquals(ForecastSetup.WINDOW, stream.window());
    }

    @Test
    void everyLengthHasAModel() {
        for (int length = 3; length < 40; length++) {
            Series sales = sales(length);
            ForecastSetup setup = ForecastSetup.of("sales").tuned(sales);
            try (Forecaster model = Forecaster.builder(setup).hidden(2).build(sales)) {
                assertTrue(model.reading().toJson().equals(ForecasterReading.of(model.reading().toJson()).toJson()), setup.toString());
            }
        }
    }

    @Test
    void whatExcludesEachOtherIsRefused() {
        ForecastSetup setup = setup(ForecastTransform.DIFFERENCE);
        assertTrue(refused(setup.stateful(true)).contains("a stream keeps no values before its last one"));
        assertTrue(refused(setup.residual(true)).contains("changes from the last value already"));
        assertTrue(refused(setup(ForecastTransform.SEASONAL).period(0)).contains("without a period"));
        assertTrue(refused(setup(ForecastTransform.SEASONAL).window(6)).contains("take 6 moments before"));
        assertTrue(refused(setup(ForecastTransform.SEASONAL).linear(11)).contains("the window leaves 10"));
        assertThrows(IllegalArgumentException.class, () -> setup.transforms(List.of()));
        assertTrue(assertThrows(IllegalArgumentException.class, () -> ForecastTransform.named("root")).getMessage().contains("\"root\""));
        IllegalArgumentException negative = assertThrows(IllegalArgumentException.class,
                () -> Forecaster.builder(setup(ForecastTransform.LOG)).build(series(60, t -> t - 30)));
        assertTrue(negative.getMessage().contains("its logarithm is forecast; expected more than 0"), negative.getMessage());
    }

    private static String refused(ForecastSetup setup) {
        return assertThrows(IllegalArgumentException.class, () -> Forecaster.builder(setup)).getMessage();
    }

    @Test
    void valuesThatStandForMissingOnesAreNoTruthsOfTheLinearStart() {
        double[] values = IntStream.range(0, 120).mapToDouble(t -> t % 2 == 0 ? 1 : 3).toArray();
        for (int t = 40; t < 60; t++) {
            values[t] = Double.NaN;
        }
        Series filled = Missing.CARRY.fill(List.of("sales"), values);
        try (Forecaster model = Forecaster.builder(ForecastSetup.of("sales").window(8).linear(2)).hidden(2).build(filled);
                ForecasterAnswers answers = model.answers(Precision.FLOAT32)) {
            assertEquals(1, answers.forecast(filled).value(0, 0), 1e-3);
        }
    }
}
