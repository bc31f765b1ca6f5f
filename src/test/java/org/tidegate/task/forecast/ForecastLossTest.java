package org.tidegate.task.forecast;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.tidegate.Messages.assertMessage;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tidegate.Batch;
import org.tidegate.Precision;
import org.tidegate.Session;
import org.tidegate.data.Series;
import org.tidegate.json.JsonObject;
import org.tidegate.task.forecast.ForecastEvaluation.QuantileScore;
import org.tidegate.train.Schedule;
import org.tidegate.train.Training;
import org.tidegate.train.TrainingResult;

/** Forecasters by what they minimise. */
class ForecastLossTest {
    private static final ForecastLoss LEVELS = ForecastLoss.quantile(0.1, 0.5, 0.9);

    @TempDir
    Path folder;

    static Stream<ForecastLoss> losses() {
        return Stream.of(ForecastLoss.mse(), ForecastLoss.mae(), ForecastLoss.huber(), ForecastLoss.huber(0.3), ForecastLoss.quantile(),
                ForecastLoss.quantile(0.5), ForecastLoss.quantile(0.025, 0.3, 0.45, 0.975));
    }

    /** Numbers that nothing foretells: 0 seven times of ten, else from 8 to 12, and a column of no use. */
    private static Series draws(int length) {
        Random random = new Random(7);
        double[] x = random.doubles(length).map(u -> u < 0.7 ? 0 : 8 + 4 * (u - 0.7) / 0.3).toArray();
        double[] minus = Arrays.stream(x).map(value -> 100 - 3 * value).toArray();
        return Series.of(List.of("x", "minus"), x, minus);
    }

    private static Forecaster trained(ForecastSetup setup, ForecastLoss loss, Series series, Training training) throws IOException {
        return Waves.trained(Forecaster.builder(setup).loss(loss).hidden(4), series, training);
    }

    private static double[] constant(ForecastLoss loss, Series series) throws IOException {
        ForecastSetup setup = ForecastSetup.of(List.of("x"), List.of("x", "minus")).window(2).horizon(2);
        try (Forecaster model = trained(setup, loss, series, Training.epochs(12).batch(16).learningRate(1e-2));
                ForecasterAnswers answers = model.answers(Precision.FLOAT32)) {
            Forecast forecast = answers.forecast(series);
            return loss.givesQuantiles() ? forecast.quantiles().orElseThrow().values() : forecast.values();
        }
    }

    @Test
    void eachLossForecastsTheNumberThatItIsDefinedBy() throws IOException {
        Series series = draws(1500);
        double[] mean = constant(ForecastLoss.mse(), series);
        assertArrayEquals(new double[] {3, 91, 3, 91}, mean, 1.2);
        double[] median = constant(ForecastLoss.mae(), series);
        assertArrayEquals(new double[] {0, 100, 0, 100}, median, 0.8);
        double[] between = constant(ForecastLoss.huber(0.5), series);
        assertTrue(between[0] > median[0] + 0.2 && between[0] < mean[0] - 0.5, Arrays.toString(between));
        double[] quantiles = constant(ForecastLoss.quantile(0.2, 0.5, 0.85), series);
        // [levels x steps x targets]: x is 0 up to the level 0.7 and 10 at 0.85; 100 - 3x at 0.2 is what x is at 0.8.
        double[] expected = {0, 72, 0, 72, 0, 100, 0, 100, 10, 100, 10, 100};
        assertArrayEquals(expected, quantiles, 2, Arrays.toString(quantiles));
    }

    /** Noise that is five times as strong in every other stretch, which a column tells. */
    private static Series uneven(int length) {
        Random random = new Random(3);
        double[] loud = IntStream.range(0, length).mapToDouble(t -> t / 10 % 2).toArray();
        double[] value = IntStream.range(0, length).mapToDouble(t -> 50 + (loud[t] > 0 ? 5 : 1) * random.nextGaussian()).toArray();
        return Series.of(List.of("loud", "value"), loud, value);
    }

    @Test
    void learnedIntervalsAreWideWhereItIsNoisyAndHoldWhatTheyShall() throws IOException {
        Series series = uneven(3000);
        ForecastSetup setup = ForecastSetup.of(List.of("loud"), List.of("value")).window(2).horizon(0);
        try (Forecaster model = trained(setup, LEVELS, series.range(0, 2000), Training.epochs(12).batch(16).learningRate(1e-2));
                ForecasterAnswers answers = model.answers(Precision.FLOAT32)) {
            ForecastEvaluation evaluation = answers.evaluate(series, 2000);
            assertEquals(0.8, evaluation.overall().get(0).coverage(), 0.05);
            double z = 1.2816; // of the standard normal distribution at 0.9
            Forecast quiet = answers.forecast(series.range(0, 2010));
            Forecast loud = answers.forecast(series.range(0, 2020));
            assertEquals(2 * z, quiet.high(0, 0) - quiet.low(0, 0), 0.6);
            assertEquals(10 * z, loud.high(0, 0) - loud.low(0, 0), 2);
            assertEquals(50, loud.value(0, 0), 1);
            assertEquals(0.8, quiet.probability());
            assertEquals(List.of(0.1, 0.5, 0.9), evaluation.quantiles().stream().map(QuantileScore::level).toList());
            for (QuantileScore score : evaluation.quantiles()) {
                assertEquals(score.level(), score.below(), 0.05);
                assertTrue(score.pinball() < score.persistencePinball(), score.toString());
            }
        }
    }

    @ParameterizedTest
    @MethodSource("losses")
    void theLossOfAnEvaluationIsThatOfTheNetworkAndOfTheValidation(ForecastLoss loss) throws IOException {
        Series series = Waves.of(300, 0.3);
        for (ForecastSetup setup : List.of(Waves.setup().horizon(2),
                ForecastSetup.of(List.of("wave"), List.of("other", "wave")).window(5))) {
            try (Forecaster model = trained(setup, loss, series, Training.epochs(6).batch(16).learningRate(1e-2).validation(0.2));
                    ForecasterAnswers answers = model.answers(Precision.FLOAT32); Session session = model.model().newSession()) {
                int from = 240;
                ForecastEvaluation evaluation = answers.evaluate(series, from);
                assertEquals(model.history().get(model.history().size() - 1).validationLoss(), evaluation.loss(), 1e-6);
                int first = setup.firstJudged(from);
                int count = evaluation.forecasts();
                Batch batch = model.model().newBatch();
                batch.equalLengths(ForecasterReading.AXIS, count, setup.window());
                for (int n = 0; n < count; n++) {
                    model.reading().putInputs(series.select(setup.columns()), first + n - setup.window() + 1, setup.window(),
                            batch.writableReals(ForecasterReading.INPUTS), n, count);
                    model.reading().putTruth(series.select(setup.targets()), first + n, batch.writableReals(ForecasterReading.TRUTH), n);
                }
                double crossed = loss.givesQuantiles() ? evaluation.figures().number("crossed") : 0;
                // Sorted quantiles have a loss that is no greater, and the same where none crossed.
                double trained = session.forward(batch).loss();
                assertEquals(trained, evaluation.loss(), crossed == 0 ? 1e-5 * Math.max(1, trained) : 0.05 * trained);
                assertTrue(evaluation.loss() <= trained + 1e-5, evaluation.loss() + ", " + trained);
                assertTrue(evaluation.figures().toJson().string("loss_unit").startsWith("scaled "), evaluation.figures().toString());
            }
        }
    }

    @Test
    void quantilesAreScoredAsABruteForceLoopScoresThem() throws IOException {
        Series series = Waves.of(300, 1);
        ForecastSetup setup = ForecastSetup.of(List.of("wave"), List.of("other", "wave")).window(6).horizon(3);
        ForecastLoss loss = ForecastLoss.quantile(0.2, 0.6, 0.7);
        try (Forecaster model = trained(setup, loss, series, Training.epochs(3).validation(0.2));
                ForecasterAnswers answers = model.answers(Precision.FLOAT32)) {
            ForecastEvaluation evaluation = answers.evaluate(series, 200);
            List<Forecast> forecasts = answers.forecasts(series, 199, 297);
            assertEquals(2 * 4 * 3, evaluation.quantiles().size());
            for (QuantileScore score : evaluation.quantiles()) {
                int target = setup.targets().indexOf(score.target());
                int level = loss.levels().indexOf(score.level());
                double sum = 0;
                double last = 0;
                int below = 0;
                int count = 0;
                for (int step = Math.max(0, score.step() - 1); step < (score.step() == 0 ? 3 : score.step()); step++) {
                    for (int i = 0; i < forecasts.size(); i++) {
                        double truth = series.value(1 - target, 200 + i + step);
                        double quantile = forecasts.get(i).quantile(level, step, target);
                        double persistence = series.value(1 - target, 199 + i);
                        sum += truth > quantile ? score.level() * (truth - quantile) : (1 - score.level()) * (quantile - truth);
                        last += truth > persistence ? score.level() * (truth - persistence) : (1 - score.level()) * (persistence - truth);
                        below += truth <= quantile ? 1 : 0;
                        count++;
                    }
                }
                assertEquals(sum / count, score.pinball(), 1e-9);
                assertEquals(last / count, score.persistencePinball(), 1e-9);
                assertEquals((double) below / count, score.below(), 1e-12);
            }
            for (ForecastEvaluation.Score score : evaluation.overall()) {
                int target = setup.targets().indexOf(score.target());
                double width = 0;
                int held = 0;
                for (int i = 0; i < forecasts.size(); i++) {
                    for (int step = 0; step < 3; step++) {
                        double truth = series.value(1 - target, 200 + i + step);
                        width += forecasts.get(i).quantile(2, step, target) - forecasts.get(i).quantile(0, step, target);
                        held += truth >= forecasts.get(i).low(step, target) && truth <= forecasts.get(i).high(step, target) ? 1 : 0;
                        assertEquals(forecasts.get(i).quantile(1, step, target), forecasts.get(i).value(step, target));
                    }
                }
                assertEquals(width / forecasts.size() / 3, score.width(), 1e-9);
                assertEquals((double) held / forecasts.size() / 3, score.coverage(), 1e-12);
            }
            JsonObject json = evaluation.figures().toJson();
            assertEquals(0.5, json.number("probability"));
            assertEquals(24, json.objects("quantiles").size());
            assertEquals(evaluation.quantiles().get(5).pinball(), json.objects("quantiles").get(5).number("pinball"));
        }
    }

    @Test
    void quantilesThatCrossAreSortedAndCounted() {
        Series series = Waves.of(60, 0.3);
        ForecastSetup setup = ForecastSetup.of(List.of("wave"), List.of("wave", "other")).window(3);
        try (Forecaster model = Forecaster.builder(setup).loss(LEVELS).hidden(4).build(series)) {
            // Columns are levels x targets: the wave's 3, 1, 2 cross, the other's -1, 0, 4 do not.
            model.model().parameter("forecast.weight").set(new float[24]);
            model.model().parameter("forecast.bias").set(new float[] {3, -1, 1, 0, 2, 4});
            try (ForecasterAnswers answers = model.answers(Precision.FLOAT32)) {
                double[] mean = model.reading().outputs().mean();
                double[] deviation = model.reading().outputs().deviation();
                Forecast forecast = answers.forecast(series);
                for (int level = 0; level < 3; level++) {
                    assertEquals(mean[0] + deviation[0] * (level + 1), forecast.quantile(level, 0, 0), 1e-9);
                    assertEquals(mean[1] + deviation[1] * new int[] {-1, 0, 4}[level], forecast.quantile(level, 0, 1), 1e-9);
                }
                assertEquals(forecast.quantile(1, 0, 0), forecast.value(0, 0));
                assertEquals(forecast.quantile(2, 0, 1), forecast.high(0, 1));
                assertEquals(0.5, answers.evaluate(series).figures().number("crossed"));
            }
        }
    }

    @Test
    void aStreamGivesTheQuantilesOfTheSeriesInEveryPrecision() throws IOException {
        Series series = Waves.of(200, 0.3);
        ForecastSetup setup = ForecastSetup.of("wave").window(5).stateful(true).residual(true);
        try (Forecaster model = trained(setup, LEVELS, series, Training.epochs(2).batch(4).validation(0.2))) {
            for (Precision precision : Precision.values()) {
                try (ForecasterAnswers answers = model.answers(precision); ForecastStream stream = answers.stream()) {
                    List<Forecast> expected = answers.forecasts(series, 4, 200);
                    for (int moment = 0; moment < 200; moment++) {
                        Forecast forecast = stream.accept(series.value(0, moment));
                        if (moment >= 4) {
                            assertArrayEquals(expected.get(moment - 4).quantiles().orElseThrow().values(),
                                    forecast.quantiles().orElseThrow().values());
                        }
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("losses")
    void aSavedForecasterAnswersTheSameAndAStoppedTrainingGoesOnToTheBit(ForecastLoss loss) throws IOException {
        Series series = Waves.of(250, 0.3);
        ForecastSetup setup = Waves.setup().horizon(2);
        Path file = folder.resolve("stopped.safetensors");
        Training training = Training.epochs(3).batch(16).validation(0.2).learningRate(1e-2).schedule(Schedule.constant());
        try (Forecaster straight = trained(setup, loss, series, training);
                Forecaster stopped = Forecaster.builder(setup).loss(loss).hidden(4).build(series)) {
            AtomicInteger steps = new AtomicInteger();
            assertEquals(TrainingResult.Outcome.STOPPED,
                    stopped.train(series, training.checkpoint(file).stopWhen(() -> steps.incrementAndGet() > 7)).outcome());
            try (Forecaster resumed = Forecaster.load(file)) {
                assertEquals(loss, resumed.reading().loss());
                resumed.train(series, training.continued());
                assertEquals(straight.model().fingerprint(), resumed.model().fingerprint());
                resumed.save(file);
            }
            for (Precision precision : Precision.values()) {
                try (ForecasterAnswers before = straight.answers(precision); ForecasterAnswers opened = Forecaster.open(file, precision)) {
                    assertEquals(before.reading().toJson(), opened.reading().toJson());
                    assertEquals(before.evaluate(series, 200).figures().toJson(), opened.evaluate(series, 200).figures().toJson());
                    assertEquals(loss.givesQuantiles(), opened.forecast(series).quantiles().isPresent());
                }
            }
        }
    }

    @Test
    void aFileFromBeforeThereWasAChoiceHasTheMeanSquaredError() throws IOException {
        Path file = folder.resolve("before.safetensors");
        Series series = Waves.of(100, 0.3);
        try (Forecaster model = trained(Waves.setup(), ForecastLoss.mse(), series, Training.epochs(1).validation(0.2));
                ForecasterAnswers answers = model.answers(Precision.FLOAT32)) {
            Waves.write(model, file, model.reading().toJson().toString().replace("\"loss\":{\"kind\":\"mse\"},", ""));
            try (ForecasterAnswers opened = Forecaster.open(file, Precision.FLOAT32)) {
                assertEquals(ForecastLoss.mse(), opened.reading().loss());
                assertEquals(answers.evaluate(series).figures().toJson(), opened.evaluate(series).figures().toJson());
            }
            String wrong = model.reading().toJson().toString().replace("\"kind\":\"mse\"", "\"kind\":\"mae\"");
            assertTrue(Waves.refusedFile(model, file, wrong).contains("its loss is 'loss = mse forecast truth'; expected {\"kind\":\"mae\"}"),
                    Waves.refusedFile(model, file, wrong));
            String levels = model.reading().toJson().toString().replace("\"kind\":\"mse\"", "\"kind\":\"quantile\",\"levels\":[0.5]");
            assertTrue(Waves.refusedFile(model, file, levels).contains("intervals from held-out data beside quantiles"),
                    Waves.refusedFile(model, file, levels));
        }
        try (Forecaster model = Forecaster.builder(Waves.setup()).loss(LEVELS).hidden(4).build(series)) {
            String json = model.reading().toJson().toString();
            assertTrue(Waves.refusedFile(model, file, json.replace("[0.1,0.5,0.9]", "[0.1,0.5]"))
                    .contains("expected an output of 2 floats, PER_SEQUENCE"));
            assertTrue(Waves.refusedFile(model, file, json.replace("[0.1,0.5,0.9]", "[0.1,0.5,0.95]")).contains("its loss is 'loss = quantile "));
            assertTrue(Waves.refusedFile(model, file, json.replace("[0.1,0.5,0.9]", "[0.1,0.9,0.5]")).contains("expected each to be more than"));
            assertTrue(Waves.refusedFile(model, file, json.replace("\"quantile\"", "\"cosine\"")).contains("one of mse, mae, huber, quantile"));
        }
    }

    @Test
    void settingsThatAreNoLossAreRefused() {
        assertMessage("a level of the quantiles is 0.0; expected more than 0 and less than 1", IllegalArgumentException.class, () -> ForecastLoss.quantile(0, 0.5));
        assertMessage("a level of the quantiles is 1.0; expected more than 0 and less than 1", IllegalArgumentException.class, () -> ForecastLoss.quantile(0.5, 1));
        assertMessage("a level of the quantiles is NaN; expected more than 0 and less than 1", IllegalArgumentException.class, () -> ForecastLoss.quantile(Double.NaN));
        assertMessage("the levels of the quantiles are [0.9, 0.5, 0.1]; expected each to be more than the one before it",
                () -> ForecastLoss.quantile(0.9, 0.5, 0.1));
        assertMessage("the levels of the quantiles are [0.5, 0.5]; expected each to be more than the one before it",
                () -> ForecastLoss.quantile(0.5, 0.5));
        assertMessage("there are no levels of the quantiles; expected one or more, such as 0.1,0.5,0.9",
                () -> ForecastLoss.quantile(new double[0]));
        assertMessage("the delta is 0.0; expected a number more than 0", IllegalArgumentException.class, () -> ForecastLoss.huber(0));
        assertMessage("the delta is Infinity; expected a number more than 0", IllegalArgumentException.class, () -> ForecastLoss.huber(Double.POSITIVE_INFINITY));
        assertMessage("the delta is 2.0; expected none for the loss mae", IllegalArgumentException.class, () -> new ForecastLoss(ForecastLoss.Kind.MAE, 2, List.of()));
        assertMessage("the levels are [0.5]; expected none for the loss mse", IllegalArgumentException.class, () -> new ForecastLoss(ForecastLoss.Kind.MSE, 0, List.of(0.5)));
        assertMessage("the interval is 0.9, and the levels of the quantiles are [0.1, 0.5, 0.9], which give the interval themselves",
                () -> Forecaster.builder(Waves.setup()).loss(LEVELS).interval(0.9).build(Waves.of(50, 0)));
    }

    @Test
    void theLevelNearestTheMedianIsTheForecastAndASingleLevelHasNoInterval() throws IOException {
        assertEquals(List.of(0, 1, 1, 2, 0), Stream.of(ForecastLoss.mse(), LEVELS, ForecastLoss.quantile(0.1, 0.4, 0.9),
                ForecastLoss.quantile(0.1, 0.2, 0.55, 0.7), ForecastLoss.quantile(0.25, 0.75)).map(ForecastLoss::point).toList());
        Series series = Waves.of(60, 0.3);
        try (Forecaster model = Forecaster.builder(Waves.setup()).loss(ForecastLoss.quantile(0.5)).hidden(4).build(series);
                ForecasterAnswers answers = model.answers(Precision.FLOAT32)) {
            Forecast forecast = answers.forecast(series);
            assertEquals(forecast.value(0, 0), forecast.quantile(0, 0, 0));
            assertTrue(Double.isNaN(forecast.probability()) && Double.isNaN(forecast.low(0, 0)));
            assertTrue(Double.isNaN(answers.evaluate(series).overall().get(0).coverage()));
            JsonObject json = answers.evaluate(series).figures().toJson();
            assertTrue(Double.isNaN(json.number("coverage")) && !json.has("probability"));
            assertEquals(json.number("mae") / 2, json.number("pinball"), 1e-12); // at the level 0.5
        }
        try (Forecaster model = Forecaster.builder(Waves.setup()).hidden(4).build(series);
                ForecasterAnswers answers = model.answers(Precision.FLOAT32)) {
            assertThrows(NoSuchElementException.class, () -> answers.forecast(series).quantile(0, 0, 0));
        }
    }

    @Test
    void theProbabilityOfAnIntervalIsTheDifferenceOfItsLevelsAsTheyAreWritten() {
        assertEquals(0.9, new ForecastQuantiles(List.of(0.05, 0.5, 0.95), new double[3]).probability());
        assertEquals(0.8, new ForecastQuantiles(List.of(0.1, 0.9), new double[4]).probability());
        assertMessage("3 quantiles of the levels [0.1, 0.9]; expected as many for each level",
                () -> new ForecastQuantiles(List.of(0.1, 0.9), new double[3]));
    }

    @Test
    void anotherLossIsADifferenceOfReadings() {
        Series series = Waves.of(60, 0.3);
        try (Forecaster one = Forecaster.builder(Waves.setup()).loss(LEVELS).hidden(4).build(series);
                Forecaster other = Forecaster.builder(Waves.setup()).loss(ForecastLoss.quantile(0.2, 0.8)).hidden(4).build(series)) {
            assertEquals(1, one.reading().differences(other.reading()).size());
            assertTrue(one.reading().differences(other.reading()).get(0).startsWith("loss.levels is "), one.reading()
                    .differences(other.reading()).toString());
        }
    }
}
