package org.tidegate.task.forecast;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.tidegate.Messages.assertMessage;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tidegate.Cell;
import org.tidegate.Precision;
import org.tidegate.data.Series;
import org.tidegate.task.Texts;
import org.tidegate.train.Training;

class ForecasterErrorsTest {
    private static final Series SERIES = Waves.of(40, 0);

    @TempDir
    Path folder;

    @Test
    void settingsThatExcludeEachOtherAreRefusedWhateverTheirOrder() {
        ForecastSetup same = ForecastSetup.of("wave");
        assertMessage("horizon of 0", IllegalArgumentException.class, () -> Forecaster.builder(same.horizon(0)));
        ForecastSetup other = ForecastSetup.of(List.of("other"), List.of("wave"));
        assertMessage("no change against it", IllegalArgumentException.class, () -> Forecaster.builder(other.residual(true).horizon(0)));
        assertMessage("no change against it", IllegalArgumentException.class, () -> Forecaster.builder(other.horizon(0).residual(true)));
        Forecaster.builder(other.horizon(0).residual(true).horizon(1)); // on the way there it would have been refused
        assertEquals(other.window(3).period(7).stateful(true), other.stateful(true).period(7).window(3));
    }

    @Test
    void settingsOutOfRangeAreRefused() {
        assertMessage("none of them twice", IllegalArgumentException.class, () -> ForecastSetup.of(List.of("a", "a"), List.of("b")));
        assertMessage("at least one of each", IllegalArgumentException.class, () -> ForecastSetup.of(List.of("a"), List.of()));
        assertMessage("the window is 0; expected 1 or more", IllegalArgumentException.class, () -> ForecastSetup.of("a").window(0));
        assertMessage("the horizon is -1; expected 0 or more", IllegalArgumentException.class, () -> ForecastSetup.of("a").horizon(-1));
        assertMessage("the period is -1; expected 0 or more", IllegalArgumentException.class, () -> ForecastSetup.of("a").period(-1));
        ForecasterBuilder builder = Forecaster.builder(Waves.setup());
        assertMessage("the interval is 1.0; expected more than 0 and less than 1", IllegalArgumentException.class, () -> builder.interval(1));
        assertMessage("no size for the projection", IllegalArgumentException.class, () -> builder.cell(Cell.LSTM_PROJECTED));
        assertMessage("there is no column 'x'", IllegalArgumentException.class, () -> Forecaster.builder(ForecastSetup.of("x")).build(SERIES));
        assertMessage("too few for a horizon of 40", IllegalArgumentException.class, () -> Forecaster.builder(ForecastSetup.of("wave").horizon(40)).build(SERIES));
    }

    @Test
    void aSeriesThatIsTooShortIsRefusedBeforeTheFirstStep() {
        try (Forecaster model = Forecaster.builder(Waves.setup()).hidden(4).build(SERIES);
                ForecasterAnswers answers = model.answers(Precision.FLOAT32)) {
            float[] before = Texts.parameters(model.model());
            Training training = Training.epochs(1);
            assertMessage("a window of 12", IllegalArgumentException.class, () -> model.train(SERIES.range(0, 12), training));
            assertMessage("the series has 40 moments to learn from and 0 held out", IllegalArgumentException.class, () -> model.train(SERIES, training.validation(0.01)));
            assertMessage("bptt 5 means nothing for a forecaster: gradients flow over the window of its setup, 12; leave it out",
                    () -> model.train(SERIES, training.bptt(5)));
            assertMessage("there is no column 'wave'", IllegalArgumentException.class, () -> model.train(SERIES.select(List.of("other")), training));
            assertArrayEquals(before, Texts.parameters(model.model()));
            assertTrue(model.history().isEmpty());
            assertMessage("reads the 12", IllegalArgumentException.class, () -> answers.forecast(SERIES.range(0, 11)));
            assertMessage("reads the 12", IllegalArgumentException.class, () -> answers.forecasts(SERIES, 20, 20));
            assertMessage("to judge a forecast", IllegalArgumentException.class, () -> answers.evaluate(SERIES.range(0, 12)));
        }
    }

    @Test
    void aStreamThatIsTooShortForItsBatchLeavesAnEarlierTrainingAsItIs() throws IOException {
        try (Forecaster model = Forecaster.builder(ForecastSetup.of("wave").window(5).stateful(true)).hidden(4).build(SERIES)) {
            model.train(SERIES, Training.epochs(1).batch(2));
            assertMessage("32 streams side by side in chunks of 5 steps need a series of 160", IllegalArgumentException.class, () -> model.train(SERIES, Training.epochs(1)));
            model.train(SERIES, Training.epochs(2).batch(2).continued());
            assertEquals(2, model.history().size());
        }
    }

    @Test
    void aFileWhoseReadingIsDamagedIsRefusedByTheKey() throws IOException {
        Path file = folder.resolve("model.safetensors");
        try (Forecaster model = Forecaster.builder(Waves.setup()).hidden(4).build(SERIES)) {
            String json = model.reading().toJson().toString();
            assertTrue(Waves.refusedFile(model, file, json.replace("\"window\":12", "\"window\":-2"))
                    .startsWith(file + " is no usable model of the task \"forecast\": the window is -2"));
            assertTrue(Waves.refusedFile(model, file, json.replace("\"window\":12", "\"window\":true"))
                    .contains("\"setup.window\" is true; expected an integer"));
            assertTrue(Waves.refusedFile(model, file, json.replace("\"residual\"", "\"colour\"")).contains("\"setup.colour\" is not known"));
            assertTrue(Waves.refusedFile(model, file, json.replace("\"interval\":0.9", "\"interval\":9")).contains("the interval is 9.0"));
            assertTrue(Waves.refusedFile(model, file, json.replace("\"interval\"", "\"intervals\"")).contains("\"interval\" is missing"));
            assertTrue(Waves.refusedFile(model, file, json.replace("\"interval\":0.9",
                    "\"interval\":0.9,\"intervals\":{\"low\":[1],\"high\":[2]}")).contains("intervals from [1.0] to [2.0]; expected 0 or less, and 0 or more"));
            assertTrue(Waves.refusedFile(model, file, json.replace("\"interval\":0.9",
                    "\"interval\":0.9,\"intervals\":{\"low\":[-1,-1],\"high\":[2,2]}")).contains("intervals of 2 numbers for the 1"));
            assertTrue(Waves.refusedFile(model, file, json.replace("\"stateful\":false", "\"stateful\":true"))
                    .contains("expected an input of 1 floats, PER_STEP"));
            assertTrue(Waves.refusedFile(model, file, json.replace("\"horizon\":1", "\"horizon\":2"))
                    .contains("scales of 2 inputs and 1 outputs"));
            Waves.write(model, file, json);
            try (ForecasterAnswers whole = Forecaster.open(file, Precision.FLOAT32)) {
                assertEquals(model.reading().toJson(), whole.reading().toJson());
            }
        }
    }

    @Test
    void anotherSettingIsADifferenceOfReadingsAndOtherIntervalsAreNone() throws IOException {
        try (Forecaster fresh = Forecaster.builder(Waves.setup()).hidden(4).build(SERIES);
                Forecaster trained = Forecaster.builder(Waves.setup().period(5)).interval(0.5).hidden(4).build(SERIES)) {
            trained.train(SERIES, Training.epochs(1).validation(0.3));
            assertTrue(trained.reading().intervals().isPresent());
            assertEquals(List.of("period is 5", "interval is 0.5"), trained.reading().differences(fresh.reading()));
            fresh.train(SERIES, Training.epochs(1).validation(0.3));
            try (Forecaster again = Forecaster.builder(Waves.setup()).hidden(4).build(SERIES)) {
                assertEquals(List.of(), fresh.reading().differences(again.reading()));
            }
        }
    }
}
