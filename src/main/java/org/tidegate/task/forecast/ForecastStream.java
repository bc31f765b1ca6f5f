package org.tidegate.task.forecast;

import java.nio.FloatBuffer;
import java.time.LocalDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.tidegate.State;
import org.tidegate.data.CalendarFeature;
import org.tidegate.task.TaskStream;
import org.tidegate.task.Workers;

/**
 * Forecasts after each moment as it arrives, with the recurrent state carried along: to the bit the forecasts of the whole series. Its
 * memory does not grow.
 *
 * <p>Where the targets are among a moment's numbers, the intervals follow the errors: wider where truths lie outside more often than they
 * should, narrower where less.
 *
 * <p>The first forecasts have little context: an evaluation begins after a window of moments.
 */
public final class ForecastStream extends TaskStream {
    private final ForecasterReading reading;
    private final List<String> names;
    private final int[] targets; // where the last values of the targets stand
    private final float[] inputs;
    private Optional<AdaptiveIntervals> intervals;

    ForecastStream(ForecasterReading reading, Workers workers) {
        super(workers);
        this.reading = reading;
        names = reading.setup().needed();
        targets = reading.setup().targets().stream().mapToInt(names::indexOf).toArray();
        inputs = new float[reading.setup().inputs()];
        intervals = intervals();
    }

    private Optional<AdaptiveIntervals> intervals() {
        return AdaptiveIntervals.of(reading).filter(some -> Arrays.stream(targets).allMatch(target -> target >= 0));
    }

    /** {@return the names of a moment's numbers, in their order: {@link ForecastSetup#needed}} */
    public List<String> names() {
        return names;
    }

    /**
     * Reads the next moment.
     *
     * @param moment a finite number for each of {@link #names}
     * @return the forecast after it
     * @throws IllegalArgumentException if there are more or fewer numbers, or one is not finite, or if the forecaster reads times;
     *     the stream is unchanged then
     */
    public Forecast accept(double... moment) {
        reading.setup().checkTimes(false);
        return read(moment);
    }

    /**
     * Reads the next moment, as {@link #accept(double...)}, of a forecaster that reads calendar features.
     *
     * @param time of the moment, as the clock on the wall shows it
     * @param moment a finite number for each of {@link #names}
     * @return the forecast after it
     * @throws IllegalArgumentException if there are more or fewer numbers, or one is not finite; the stream is unchanged then
     */
    public Forecast accept(LocalDateTime time, double... moment) {
        int next = reading.inputs().columns();
        for (CalendarFeature feature : reading.setup().calendar()) {
            inputs[next++] = (float) feature.sine(time);
            inputs[next++] = (float) feature.cosine(time);
        }
        return read(moment);
    }

    private Forecast read(double[] moment) {
        if (moment.length != names.size()) {
            throw new IllegalArgumentException("a moment of " + moment.length + " numbers; expected " + names.size() + ": "
                    + String.join(", ", names));
        }
        for (int i = 0; i < moment.length; i++) {
            if (!Double.isFinite(moment[i])) {
                throw new IllegalArgumentException("a moment whose " + names.get(i) + " is " + moment[i] + "; expected a finite number");
            }
        }
        return with(worker -> {
            for (int c = 0; c < reading.inputs().columns(); c++) {
                inputs[c] = reading.input(c, moment[c]);
            }
            FloatBuffer output = worker.session().step(inputs);
            double[] row = reading.unscaled(output, 0, reading.base(target -> moment[targets[target]]));
            return reading.forecast(row, intervals.map(some -> some.next(row, target -> moment[targets[target]]))
                    .or(reading::intervals));
        });
    }

    /** {@return a copy of the state after the last moment} */
    public State state() {
        return with(worker -> worker.session().state());
    }

    /**
     * Continues from a state; the empty one, {@link State#isEmpty}, begins anew. The intervals are those of the model again.
     *
     * @param state the state
     * @throws IllegalArgumentException if it is of another model, or has more than one sequence; the stream is unchanged then
     */
    public void setState(State state) {
        if (state.sequences() > 1) {
            throw new IllegalArgumentException("a state of " + state.sequences() + " streams; expected one");
        }
        with(worker -> {
            worker.session().setState(state);
            intervals = intervals();
            return null;
        });
    }
}
