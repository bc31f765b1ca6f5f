package org.tidegate.task.forecast;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tidegate.Cell;
import org.tidegate.Precision;
import org.tidegate.State;
import org.tidegate.data.Series;
import org.tidegate.train.Training;

class ForecastStreamTest {
    private static final Series SERIES = Waves.of(600, 0.3);
    private static final ForecastSetup SETUP = ForecastSetup.of("wave").window(5).stateful(true);

    @Test
    void aForecastDependsOnWhatLiesBeforeTheWindow() {
        try (Forecaster model = Forecaster.builder(SETUP).hidden(8).build(SERIES);
                ForecasterAnswers answers = model.answers(Precision.FLOAT32)) {
            assertTrue(answers.forecast(SERIES).value(0, 0) != answers.forecast(SERIES.range(595, 600)).value(0, 0));
            assertArrayEquals(answers.forecasts(SERIES, 4, 600).get(595).values(), answers.forecast(SERIES).values());
        }
    }

    @ParameterizedTest
    @EnumSource
    void momentByMomentTheForecastsAreThoseOfTheWholeSeries(Precision precision) {
        for (Cell cell : new Cell[] {Cell.RNN, Cell.GRU, Cell.LSTM}) {
            try (Forecaster model = Forecaster.builder(SETUP.horizon(2)).cell(cell).layers(2).hidden(19).build(SERIES);
                    ForecasterAnswers answers = model.answers(precision); ForecastStream stream = answers.stream()) {
                List<Forecast> expected = answers.forecasts(SERIES, 4, 600);
                assertEquals(List.of("wave"), stream.names());
                for (int moment = 0; moment < 600; moment++) {
                    Forecast forecast = stream.accept(SERIES.value(0, moment));
                    if (moment >= 4) {
                        assertArrayEquals(expected.get(moment - 4).values(), forecast.values(), cell + " after moment " + moment);
                    }
                }
            }
        }
    }

    @Test
    void itsIntervalsFollowTheErrorsAsThoseOfTheWholeSeriesDo() throws IOException {
        try (Forecaster model = Waves.trained(Forecaster.builder(SETUP.window(1).horizon(2)).hidden(6), SERIES,
                Training.epochs(1).batch(4).validation(0.2)); ForecasterAnswers answers = model.answers(Precision.FLOAT32);
                ForecastStream stream = answers.stream()) {
            List<Forecast> expected = answers.forecasts(SERIES, 0, 200);
            for (int moment = 0; moment < 200; moment++) {
                Forecast forecast = stream.accept(SERIES.value(0, moment));
                assertEquals(expected.get(moment).low(1, 0), forecast.low(1, 0));
                assertEquals(expected.get(moment).high(0, 0), forecast.high(0, 0));
            }
            assertTrue(expected.get(199).intervals().get().high(0) != expected.get(0).intervals().get().high(0));
            stream.setState(State.of(0));
            assertEquals(expected.get(0).high(0, 0), stream.accept(SERIES.value(0, 0)).high(0, 0));
        }
    }

    @Test
    void aChangeIsAddedToTheTargetsLastValue() {
        ForecastSetup setup = ForecastSetup.of(List.of("wave"), List.of("other", "wave")).window(5).stateful(true).residual(true);
        try (Forecaster model = Forecaster.builder(setup).hidden(8).build(SERIES);
                ForecasterAnswers answers = model.answers(Precision.FLOAT32); ForecastStream stream = answers.stream()) {
            assertEquals(List.of("wave", "other"), stream.names());
            List<Forecast> expected = answers.forecasts(SERIES, 4, 50);
            for (int moment = 0; moment < 50; moment++) {
                Forecast forecast = stream.accept(SERIES.value(0, moment), SERIES.value(1, moment));
                if (moment >= 4) {
                    assertArrayEquals(expected.get(moment - 4).values(), forecast.values());
                }
            }
        }
    }

    @Test
    void streamsRunSideBySideAndGoOnFromAState() {
        try (Forecaster model = Forecaster.builder(SETUP).hidden(8).build(SERIES);
                ForecasterAnswers answers = model.answers(Precision.FLOAT32); ForecastStream one = answers.stream()) {
            State state;
            try (ForecastStream two = answers.stream()) {
                for (int moment = 0; moment < 100; moment++) {
                    one.accept(SERIES.value(0, moment));
                    two.accept(SERIES.value(1, moment));
                }
                state = State.fromBytes(one.state().toBytes());
                two.setState(state);
                assertArrayEquals(one.accept(20).values(), two.accept(20).values());
                two.setState(State.of(0));
                assertArrayEquals(answers.forecasts(SERIES, 4, 5).get(0).values(), last(two, 5));
            }
            try (ForecastStream fresh = answers.stream()) { // has the worker of the closed one, as new
                assertTrue(fresh.state().isEmpty());
                assertArrayEquals(answers.forecasts(SERIES, 4, 5).get(0).values(), last(fresh, 5));
                assertThrows(IllegalArgumentException.class, () -> fresh.setState(state.select(0, 0)));
            }
        }
    }

    private static double[] last(ForecastStream stream, int moments) {
        double[] values = {};
        for (int moment = 0; moment < moments; moment++) {
            values = stream.accept(SERIES.value(0, moment)).values();
        }
        return values;
    }

    @Test
    void aMomentThatIsNoneLeavesTheStreamAsItWas() {
        try (Forecaster model = Forecaster.builder(SETUP).hidden(8).build(SERIES);
                ForecasterAnswers answers = model.answers(Precision.FLOAT32); ForecastStream stream = answers.stream()) {
            stream.accept(20);
            State before = stream.state();
            assertEquals("a moment of 2 numbers; expected 1: wave",
                    assertThrows(IllegalArgumentException.class, () -> stream.accept(1, 2)).getMessage());
            assertEquals("a moment whose wave is NaN; expected a finite number",
                    assertThrows(IllegalArgumentException.class, () -> stream.accept(Double.NaN)).getMessage());
            assertEquals(before, stream.state());
        }
    }

    @Test
    void aStreamOutlivesItsAnswersAndEndsWhenItIsClosed() {
        ForecastStream stream;
        try (Forecaster model = Forecaster.builder(SETUP).hidden(8).build(SERIES);
                ForecasterAnswers answers = model.answers(Precision.FLOAT32)) {
            stream = answers.stream();
            assertEquals(answers.forecasts(SERIES, 4, 5).get(0).value(0, 0), last(stream, 5)[0]);
        }
        assertTrue(Double.isFinite(stream.accept(20).value(0, 0)));
        stream.close();
        stream.close();
        assertEquals("The stream is closed.", assertThrows(IllegalStateException.class, () -> stream.accept(20)).getMessage());
        assertThrows(IllegalStateException.class, stream::state);
    }

    @Test
    void aSecondThreadIsRefused() throws InterruptedException {
        try (Forecaster model = Forecaster.builder(SETUP).hidden(8).build(SERIES);
                ForecasterAnswers answers = model.answers(Precision.FLOAT32); ForecastStream stream = answers.stream()) {
            CountDownLatch begun = new CountDownLatch(1);
            AtomicReference<RuntimeException> refused = new AtomicReference<>();
            Thread other = new Thread(() -> {
                begun.countDown();
                try {
                    while (!Thread.currentThread().isInterrupted()) {
                        stream.accept(20);
                    }
                } catch (RuntimeException e) {
                    refused.set(e);
                }
            });
            other.start();
            begun.await();
            // One of both finds the other at work: soon, as they do nothing else.
            long end = System.nanoTime() + 10_000_000_000L;
            while (refused.get() == null && System.nanoTime() < end) {
                try {
                    stream.accept(20);
                } catch (IllegalStateException e) {
                    refused.compareAndSet(null, e);
                }
            }
            other.interrupt();
            other.join();
            assertInstanceOf(IllegalStateException.class, refused.get());
            assertTrue(refused.get().getMessage().startsWith("Another thread is using this stream."), refused.get().getMessage());
        }
    }

    @Test
    void aForecasterOfWindowsHasNoStream() {
        try (Forecaster model = Forecaster.builder(SETUP.stateful(false)).hidden(8).build(SERIES);
                ForecasterAnswers answers = model.answers(Precision.FLOAT32)) {
            String message = assertThrows(IllegalStateException.class, answers::stream).getMessage();
            assertTrue(message.startsWith("This forecaster reads windows of 5 moments, which carry no state"), message);
        }
    }
}
