package org.tidegate.task;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.tidegate.FrozenModel;
import org.tidegate.Model;
import org.tidegate.Network;
import org.tidegate.Precision;
import org.tidegate.Value;
import org.tidegate.checkpoint.Checkpoint;
import org.tidegate.checkpoint.CheckpointException;
import org.tidegate.data.Series;
import org.tidegate.json.JsonObject;
import org.tidegate.train.Training;
import org.tidegate.train.TrainingResult;

/**
 * Forecasts the next values of one or several series of numbers, from one or several columns: from a window of the last moments, or as
 * a stream whose state is carried along.
 *
 * <pre>{@code
 * ForecastSetup setup = new ForecastSetup(List.of("temp"), List.of("temp"), 30, 7, false, false, 365); // a week from the last 30 days
 * try (Forecaster model = Forecaster.builder(setup).hidden(32).build(series.range(0, series.length() * 9 / 10))) {
 *     model.train(series, Training.epochs(20).validation(0.1));
 *     Forecast week = model.forecast(series);
 * }
 * }</pre>
 *
 * <p>For one thread at a time. Holds native memory until it is closed; closing twice is harmless.
 */
public final class Forecaster extends TaskModel {
    /** The task's name in a model's file. */
    public static final String TASK = "forecast";

    /** The graph's only axis: the moments. */
    static final String AXIS = "moments";
    /** The graph's input of scaled columns, {@code [T,N,C]}. */
    static final String INPUTS = "inputs";
    /** The graph's input of what should be said, {@code [N, outputs]} for windows, {@code [T,N, outputs]} for streams. */
    static final String TRUTH = "truth";
    /** The graph's output, shaped like the truth. */
    static final String FORECAST = "forecast";

    private final ForecastScaling scaling;
    private final double probability;
    private ForecastIntervals intervals; // null until something was held out

    Forecaster(ForecastScaling scaling, double probability, ForecastIntervals intervals, Model model) {
        super(model);
        this.scaling = scaling;
        this.probability = probability;
        this.intervals = intervals;
    }

    /** A builder for a new model that reads and says what the setup says. */
    public static ForecasterBuilder builder(ForecastSetup setup) {
        return new ForecasterBuilder(setup);
    }

    /**
     * Loads a model, to use it, or to train it further from where its parameters stand. The caller closes it.
     *
     * @throws CheckpointException if the file is damaged or holds no forecaster; the message says why
     * @throws IOException if it cannot be read
     */
    public static Forecaster load(Path file) throws IOException {
        return OldTaskFile.load(file, TASK, Forecaster::read);
    }

    /**
     * Loads a model with the state of its training: the next {@link #train} goes on where that one stopped, to the bit as if it never
     * had. The caller closes it.
     *
     * @throws CheckpointException as {@link #load}, or if the file holds no state of a training
     * @throws IOException if it cannot be read
     */
    public static Forecaster resume(Path file) throws IOException {
        return OldTaskFile.resume(file, TASK, Forecaster::read);
    }

    /**
     * Trains on a series. With {@link Training#validation(double)} its last part is not learned from: the loss is validated on it, and
     * the forecasts' intervals are the quantiles of the errors there.
     *
     * <p>Windows are shuffled, {@link Training#batch} of them an update. As a stream the series is cut into {@code batch} parts side
     * by side, each read from its beginning to its end, with gradients that flow back over the setup's window.
     *
     * @param series with the setup's columns and targets
     * @throws IllegalArgumentException if it lacks one or is too short, or a resumed run's data or settings differ; nothing is changed
     *     then
     * @throws org.tidegate.train.DivergedException if the loss is no longer a finite number
     * @throws IOException if a file cannot be written; found before the first step where possible
     */
    public TrainingResult train(Series series, Training training) throws IOException {
        int learned = (int) Math.round(series.length() * (1 - training.validation()));
        Training settings = training.bptt(setup().window());
        ForecastData data = new ForecastData(scaling, series, learned);
        data.checkLongEnough(training.validation() > 0);
        return train(settings, data.fingerprint(), setup().stateful(), step -> new ForecastTraining(this, data, settings, step));
    }

    /**
     * Forecasts what follows a series.
     *
     * @param series with the setup's columns, and the targets if it forecasts changes
     * @throws IllegalArgumentException if it lacks one, or is shorter than the window
     */
    public Forecast forecast(Series series) {
        return forecast(series, 1, Precision.FLOAT32);
    }

    /** As {@link #forecast(Series)}, with several threads and the weights in a precision. */
    public Forecast forecast(Series series, int threads, Precision precision) {
        return new Forecast(forecasts(series, series.length() - 1, series.length(), threads, precision)[0], setup().targets().size(),
            intervals());
    }

    /**
     * The forecasts after each moment from one (inclusive) to another (exclusive), {@code [end - first][steps x targets]}; a forecast
     * uses nothing after its moment.
     *
     * @throws IllegalArgumentException as {@link #forecast(Series)}, of the moments up to the first one
     */
    public double[][] forecasts(Series series, int first, int end, int threads, Precision precision) {
        if (first < setup().window() - 1 || end > series.length() || first >= end) {
            throw new IllegalArgumentException("there are " + series.length() + " moments; a forecast reads the " + setup().window()
                + " up to its own, so forecasts after the moments " + first + " to " + (end - 1) + " cannot be made");
        }
        try (FrozenModel frozen = model().freeze(precision); ForecastReader reader = newReader(frozen, threads)) {
            return reader.forecasts(series, first, end);
        }
    }

    /**
     * Judges all forecasts that a series allows, once the window was read.
     *
     * @throws IllegalArgumentException if the series lacks a column or is too short
     */
    public ForecastEvaluation evaluate(Series series) {
        return evaluate(series, 0, 1, Precision.FLOAT32);
    }

    /**
     * As {@link #evaluate(Series)}, but only the forecasts of moments from one on: what lies before it is read, not judged.
     *
     * @param from the first moment that is judged
     */
    public ForecastEvaluation evaluate(Series series, int from, int threads, Precision precision) {
        int first = firstJudged(from);
        int end = series.length() - setup().lastOffset();
        if (end <= first) {
            throw new IllegalArgumentException("the series has " + series.length() + " moments; to judge a forecast takes at least "
                + (first + 1 + setup().lastOffset()) + " (a window of " + setup().window() + ", a period of " + setup().period()
                + ", a horizon of " + setup().horizon() + ")");
        }
        double[][] forecasts = forecasts(series, first, end, threads, precision);
        return ForecastEvaluation.of(setup(), series.select(setup().targets()), first, forecasts, intervals());
    }

    /** The moment after which the first forecast is judged, where none of a moment before {@code from} is. */
    public int firstJudged(int from) {
        return Math.max(setup().firstJudged(), from - setup().offset(0));
    }

    /** What it reads and says. */
    public ForecastSetup setup() {
        return scaling.setup();
    }

    /** The share of truths that the intervals around its forecasts shall hold. */
    public double interval() {
        return probability;
    }

    /** How far the truth lay from the forecasts on the held-out part of the training data; empty if there was none. */
    public Optional<ForecastIntervals> intervals() {
        return Optional.ofNullable(intervals);
    }

    @Override
    public String task() {
        return TASK;
    }

    @Override
    public String target() {
        return "forecast";
    }

    /** The mean squared error of the scaled outputs: 1 for who always says the mean. */
    @Override
    public String lossUnit() {
        return "scaled squared error";
    }

    @Override
    public String describeLoss(double loss) {
        return String.format(Locale.ROOT, "%.4g %s", loss, lossUnit());
    }

    @Override
    public String describe() {
        ForecastSetup setup = setup();
        String when = setup.horizon() == 0 ? "at the same moment" : setup.horizon() == 1 ? "of the next moment"
            : "of the next " + setup.horizon() + " moments";
        return "a forecaster of " + String.join(", ", setup.targets()) + " " + when + " from " + String.join(", ", setup.columns())
            + (setup.stateful() ? ", read as a stream" : " of the last " + setup.window());
    }

    @Override
    protected Map<String, String> metadata() {
        return Map.of(TASK, ForecastJson.write(scaling, probability, intervals()).toString());
    }

    ForecastScaling scaling() {
        return scaling;
    }

    ForecastReader newReader(Network network, int threads) {
        return new ForecastReader(network, setup(), scaling, threads);
    }

    /** Takes the intervals from errors {@code [forecasts][outputs]} on data that is not learned from. */
    void calibrate(double[][] errors) {
        intervals = ForecastIntervals.of(errors, probability);
    }

    private static Forecaster read(Checkpoint checkpoint) throws IOException {
        ForecastJson json = read(checkpoint, checkpoint.require(TASK));
        return OldTaskFile.checked(checkpoint, "forecaster", model -> {
            Value inputs = model.value(INPUTS);
            Value forecast = model.value(FORECAST);
            ForecastSetup setup = json.scaling().setup();
            Value.Rows rows = setup.stateful() ? Value.Rows.PER_STEP : Value.Rows.PER_SEQUENCE;
            if (!inputs.input() || inputs.columns() != setup.columns().size() || forecast.columns() != setup.outputs()
                || forecast.rows() != rows) {
                throw new IllegalArgumentException("its graph reads " + inputs.columns() + " and says "
                    + forecast.columns() + " numbers, its setup is of " + setup.columns().size() + " and " + setup.outputs());
            }
            return new Forecaster(json.scaling(), json.probability(), json.intervals(), model);
        });
    }

    private static ForecastJson read(Checkpoint checkpoint, String text) throws CheckpointException {
        try {
            return ForecastJson.read(JsonObject.parse(text));
        } catch (IllegalArgumentException e) {
            throw new CheckpointException(checkpoint.path() + ": the forecaster's setup is not understood: " + e.getMessage(), e);
        }
    }
}
