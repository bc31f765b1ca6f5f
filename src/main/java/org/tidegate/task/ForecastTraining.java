package org.tidegate.task;

import java.util.OptionalDouble;
import org.tidegate.Batch;
import org.tidegate.data.ExampleBatches;
import org.tidegate.data.Prefetcher;
import org.tidegate.data.SeriesStreams;
import org.tidegate.train.Training;

/** A forecaster's training: shuffled windows, or streams in the order of time; validation on the held-out end. */
final class ForecastTraining extends OldTaskTraining {
    private final Forecaster model;
    private final ForecastData data;
    private final ForecastReader reader; // null if nothing is held out
    private final SeriesStreams streams; // null for windows
    private final long stepsPerEpoch;

    /** A training that goes on at a step. */
    ForecastTraining(Forecaster model, ForecastData data, Training training, long step) {
        this(model, data, training, step, model.setup().stateful()
            ? new SeriesStreams(data.moments(), training.batch(), training.bptt().orElse(50), training.seed()) : null);
    }

    private ForecastTraining(Forecaster model, ForecastData data, Training training, long step, SeriesStreams streams) {
        this(model, data, training, step, streams,
            streams != null ? null : new ExampleBatches(new int[data.examples()], training.batch(), training.seed()));
    }

    private ForecastTraining(Forecaster model, ForecastData data, Training training, long step, SeriesStreams streams,
            ExampleBatches windows) {
        super(model, step, filler(data, streams, windows));
        this.model = model;
        this.data = data;
        this.streams = streams;
        stepsPerEpoch = streams == null ? windows.stepsPerEpoch() : streams.stepsPerEpoch();
        reader = data.heldOut() == 0 ? null : model.newReader(model.model(), training.threads());
    }

    private static Prefetcher.Filler<Batch> filler(ForecastData data, SeriesStreams streams, ExampleBatches windows) {
        return streams == null ? (step, batch) -> data.fill(batch, windows.batch(step))
            : (step, batch) -> data.fill(batch, streams, step);
    }

    @Override
    public long stepsPerEpoch() {
        return stepsPerEpoch;
    }

    @Override
    public boolean forgetsState(long step) {
        return streams == null || streams.startsEpoch(step);
    }

    /** The mean squared error of the scaled forecasts; the errors give the intervals, too. */
    @Override
    public OptionalDouble validate() {
        if (reader == null) {
            return OptionalDouble.empty();
        }
        int first = data.firstHeldOut();
        double[][] forecasts = reader.forecasts(data.series(), first, first + data.heldOut());
        double[][] errors = ForecastEvaluation.errors(model.setup(), data.targets(), first, forecasts);
        model.calibrate(errors);
        double[] deviation = model.scaling().outputs().deviation();
        double sum = 0;
        for (double[] row : errors) {
            for (int output = 0; output < row.length; output++) {
                sum += row[output] / deviation[output] * (row[output] / deviation[output]);
            }
        }
        return OptionalDouble.of(sum / errors.length / deviation.length);
    }

    @Override
    public void close() {
        super.close();
        if (reader != null) {
            reader.close();
        }
    }
}
