package org.tidegate.task.forecast;

import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.stream.IntStream;
import org.tidegate.Batch;
import org.tidegate.data.ExampleBatches;
import org.tidegate.data.Series;
import org.tidegate.data.SeriesStreams;
import org.tidegate.task.Fingerprint;
import org.tidegate.train.Training;

/** The training series of a forecaster: its training part, its held-out part, and how both are written to batches. */
final class ForecastData {
    private final ForecasterReading reading;
    private final ForecastSetup setup;
    private final Series series;
    private final Series columns;
    private final Series targets;
    private final int learned; // moments from the beginning on
    private final SeriesStreams streams; // null for windows
    private final ExampleBatches windows; // null for a stream

    /** Fails with an IllegalArgumentException if the series lacks a column or is too short. */
    ForecastData(ForecasterReading reading, Series series, Training training) {
        this.reading = reading;
        this.setup = reading.setup();
        this.series = series;
        columns = setup.inputs(series);
        targets = series.select(setup.targets());
        learned = (int) Math.round(series.length() * (1 - training.validation()));
        int examples = learned - setup.lastOffset() - (setup.window() - 1);
        if (examples < 1 || training.validation() > 0 && heldOut() < 1) {
            throw new IllegalArgumentException("the series has " + learned + " moments to learn from and " + (series.length() - learned)
                    + " held out; a window of " + setup.window() + " and a horizon of " + setup.horizon() + " take at least "
                    + (setup.window() + setup.lastOffset()) + " and " + setup.steps()
                    + ". Give a longer series, or a smaller window or horizon");
        }
        if (heldOut() > 0) {
            reading.checkTruths(targets, firstHeldOut(), heldOut());
        }
        streams = !setup.stateful() ? null
                : new SeriesStreams(learned - setup.lastOffset(), training.batch(), setup.window(), training.seed());
        windows = setup.stateful() ? null : new ExampleBatches(new int[examples], training.batch(), training.seed());
    }

    Series series() {
        return series;
    }

    /** The targets alone. */
    Series targets() {
        return targets;
    }

    /** The last moment that the first held-out forecast reads. */
    int firstHeldOut() {
        return Math.max(learned - setup.offset(0), setup.window() - 1);
    }

    /** The number of forecasts that are wholly held out; 0 if nothing is held out. */
    int heldOut() {
        return learned == series.length() ? 0 : series.length() - setup.lastOffset() - firstHeldOut();
    }

    /** The first held-out moment. */
    int learned() {
        return learned;
    }

    /** The last moment that the first forecast reads of which at least a step is held out. */
    int firstPartlyHeldOut() {
        return Math.max(learned - setup.lastOffset(), setup.window() - 1);
    }

    long stepsPerEpoch() {
        return streams == null ? windows.stepsPerEpoch() : streams.stepsPerEpoch();
    }

    boolean forgetsState(long step) {
        return streams == null || streams.startsEpoch(step);
    }

    /** Writes the windows or the chunks of a step. */
    void fill(long step, Batch batch) {
        if (streams == null) {
            fillWindows(windows.batch(step), batch);
        } else {
            fillChunks(step, batch);
        }
    }

    private void fillWindows(int[] numbers, Batch batch) {
        batch.equalLengths(ForecasterReading.AXIS, numbers.length, setup.inputSteps());
        FloatBuffer inputs = batch.writableReals(ForecasterReading.INPUTS);
        FloatBuffer truth = batch.writableReals(ForecasterReading.TRUTH);
        for (int n = 0; n < numbers.length; n++) {
            reading.putInputs(columns, numbers[n] + setup.history(), setup.inputSteps(), inputs, n, numbers.length);
            reading.putTruth(targets, numbers[n] + setup.window() - 1, truth, n);
        }
    }

    private void fillChunks(long step, Batch batch) {
        batch.equalLengths(ForecasterReading.AXIS, streams.streams(), streams.steps());
        FloatBuffer inputs = batch.writableReals(ForecasterReading.INPUTS);
        FloatBuffer truth = batch.writableReals(ForecasterReading.TRUTH);
        for (int n = 0; n < streams.streams(); n++) {
            int start = streams.start(step, n);
            reading.putInputs(columns, start, streams.steps(), inputs, n, streams.streams());
            for (int t = 0; t < streams.steps(); t++) {
                reading.putTruth(targets, start + t, truth, t * streams.streams() + n);
            }
        }
    }

    /** The fingerprint of the training part. */
    String fingerprint() {
        Series all = series.select(setup.names());
        return Fingerprint.of(learned, "moments", IntStream.range(0, learned).mapToObj(moment -> {
            ByteBuffer bytes = ByteBuffer.allocate(Double.BYTES * all.names().size());
            IntStream.range(0, all.names().size()).forEach(column -> bytes.putDouble(all.value(column, moment)));
            return bytes.array();
        }));
    }
}
