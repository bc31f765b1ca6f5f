package org.tidegate.task.forecast;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.tidegate.Network;
import org.tidegate.Value;
import org.tidegate.data.Scaler;
import org.tidegate.data.Series;
import org.tidegate.data.TimeAxis;
import org.tidegate.data.TimeColumn;
import org.tidegate.data.TimeForm;
import org.tidegate.data.TimeStep;
import org.tidegate.json.JsonObject;
import org.tidegate.task.GraphCheck;
import org.tidegate.task.Reading;

/**
 * What a forecaster knows besides its network, whose inputs and outputs are scaled to mean 0 and standard deviation 1.
 *
 * @param setup the columns and targets
 * @param inputs the scales of the columns
 * @param outputs the scales of the outputs {@code [steps x targets]}: of the targets, or of their changes
 * @param loss what the network was trained for
 * @param interval the probability of the prediction intervals, more than 0 and less than 1; of no meaning where the loss gives quantiles
 * @param intervals the prediction intervals, from the errors on the held-out part of the training data; empty if there was none, or if the
 *     loss gives quantiles
 * @param time where the times of the training series stood, and its step; empty if it had none
 * @param linear the autoregression of each target that forecasts are judged by; empty in files of before there was one
 */
public record ForecasterReading(ForecastSetup setup, Scaler inputs, Scaler outputs, ForecastLoss loss, double interval,
        Optional<ForecastIntervals> intervals, Optional<TimeColumn> time, List<LinearForecast> linear) implements Reading {
    /** The graph's only axis. */
    static final String AXIS = "moments";
    /** The graph's input of scaled columns, {@code [T,N,C]}. */
    static final String INPUTS = "inputs";
    /** The graph's input of the targets, scaled: {@code [N, outputs]} for windows, {@code [T,N, outputs]} for streams. */
    static final String TRUTH = "truth";
    /** The graph's output, with the rows of the targets: {@code levels x outputs} columns, level by level. */
    static final String FORECAST = "forecast";
    /** The graph's loss. */
    static final String LOSS = "loss";

    /**
     * Checks that all are consistent.
     *
     * @param setup the columns and targets
     * @param inputs the scales of the columns
     * @param outputs the scales of the outputs {@code [steps x targets]}: of the targets, or of their changes
     * @param loss what the network was trained for
     * @param interval the probability of the prediction intervals, more than 0 and less than 1; of no meaning where the loss gives
     *     quantiles
     * @param intervals the prediction intervals, from the errors on the held-out part of the training data; empty if there was none, or if
     *     the loss gives quantiles
     * @param time where the times of the training series stood, and its step; empty if it had none
     * @param linear the autoregression of each target that forecasts are judged by; empty in files of before there was one
     * @throws IllegalArgumentException if they do not
     */
    public ForecasterReading {
        linear = List.copyOf(linear);
        setup.checked();
        if (inputs.columns() != setup.columns().size() || outputs.columns() != setup.outputs()) {
            throw new IllegalArgumentException("scales of " + inputs.columns() + " inputs and " + outputs.columns() + " outputs for "
                    + setup.columns().size() + " columns and " + setup.outputs() + " numbers of a forecast");
        }
        if (!(interval > 0 && interval < 1)) {
            throw new IllegalArgumentException("the interval is " + interval + "; expected more than 0 and less than 1");
        }
        if (intervals.isPresent() && intervals.get().outputs() != setup.outputs()) {
            throw new IllegalArgumentException("intervals of " + intervals.get().outputs() + " numbers for the " + setup.outputs()
                    + " of a forecast");
        }
        if (!linear.isEmpty() && linear.size() != setup.targets().size()) {
            throw new IllegalArgumentException("linear autoregressions of " + linear.size() + " targets; expected one of each of "
                    + setup.targets());
        }
        if (intervals.isPresent() && loss.givesQuantiles()) {
            throw new IllegalArgumentException("intervals from held-out data beside quantiles, which are intervals; expected one of both");
        }
    }

    /** With the scales of a training series, without intervals. */
    static ForecasterReading of(ForecastSetup setup, Series series, ForecastLoss loss, double interval) {
        Series columns = series.select(setup.columns());
        Series targets = series.select(setup.targets());
        int names = setup.targets().size();
        int history = setup.history();
        Scaler inputs = Scaler.of(series.length() - history,
                each(setup.columns().size(), column -> moment -> input(setup, columns, column, history + moment)));
        int before = Math.max(0, history - 1);
        Scaler outputs = Scaler.of(series.length() - setup.lastOffset() - before, each(setup.outputs(),
                output -> moment -> truth(setup, targets, before + moment, output / names, output % names)));
        return new ForecasterReading(setup, inputs, outputs, loss, interval, Optional.empty(), series.times().map(TimeAxis::column),
                IntStream.range(0, names).mapToObj(target -> LinearForecast.of(at -> targets.value(target, at), series.length(),
                        Math.min(LinearForecast.MOST, setup.window() - 1))).toList());
    }

    static ForecasterReading of(JsonObject json) {
        json.only("setup", "inputs", "outputs", "loss", "interval", "intervals", "time", "linear");
        ForecastLoss loss = json.has("loss") ? ForecastLoss.of(json.object("loss")) : ForecastLoss.mse(); // files of before it had a choice
        double interval = json.number("interval");
        Optional<ForecastIntervals> intervals = Optional.empty();
        if (json.has("intervals")) {
            JsonObject ends = json.object("intervals").only("errors", "low", "high", "relative");
            intervals = Optional.of(new ForecastIntervals(interval, ends.has("errors") ? ends.integer("errors") : 0, // files of before
                    ends.numbers("low"), ends.numbers("high"), ends.has("relative") && ends.flag("relative")));
        }
        return new ForecasterReading(ForecastSetup.of(json.object("setup")), scaler(json.object("inputs")), scaler(json.object("outputs")),
                loss, interval, intervals, json.has("time") ? Optional.of(time(json.object("time"))) : Optional.empty(),
                json.has("linear") ? json.objects("linear").stream().map(LinearForecast::of).toList() : List.of());
    }

    @Override
    public JsonObject toJson() {
        var json = JsonObject.builder().put("setup", setup.toJson()).put("inputs", json(inputs)).put("outputs", json(outputs))
                .put("loss", loss.toJson()).put("interval", interval);
        intervals.ifPresent(ends -> json.put("intervals", JsonObject.builder().put("errors", ends.errors())
                .put("low", ends.low()).put("high", ends.high()).put("relative", ends.relative()).build()));
        time.ifPresent(column -> json.put("time", json(column)));
        if (!linear.isEmpty()) {
            json.put("linear", linear.stream().map(LinearForecast::toJson).toList());
        }
        return json.build();
    }

    @Override
    public String task() {
        return Forecaster.TASK;
    }

    @Override
    public String target() {
        return "forecast";
    }

    /** That of the scaled outputs: a mean squared error of 1 is that of forecasts that are always the mean. */
    @Override
    public String lossUnit() {
        return loss.unit();
    }

    /** That of the first target over all steps, in its units. */
    @Override
    public Optional<String> figure() {
        return Optional.of(setup.targets().size() == 1 ? "rmse" : "rmse_" + setup.targets().get(0));
    }

    @Override
    public String describe() {
        String when = setup.horizon() == 0 ? "at the same moment" : setup.horizon() == 1 ? "of the next moment"
                : "of the next " + setup.horizon() + " moments";
        return "a forecaster of " + String.join(", ", setup.targets()) + " " + when + " from " + String.join(", ", setup.columns())
                + (setup.calendar().isEmpty() ? "" : ", " + setup.describeCalendar())
                + (setup.stateful() ? ", read as a stream" : " of the last " + setup.window()) + learned()
                + intervals.filter(ends -> ends.errors() > 0).map(ends -> String.format(Locale.ROOT, ", intervals of %.0f %% from %,d errors"
                        + " on held-out data", 100 * interval, ends.errors())).orElse("");
    }

    /** "; learns difference of temp, a linear path reads 30 moments, a season has 7". */
    private String learned() {
        List<String> parts = new ArrayList<>();
        for (int target = 0; target < setup.targets().size(); target++) {
            if (setup.transforms().get(target) != ForecastTransform.NONE) {
                parts.add("learns " + setup.transforms().get(target) + " of " + setup.targets().get(target));
            }
        }
        if (setup.linear() > 0) {
            parts.add("a linear path reads " + setup.linear() + (setup.linear() == 1 ? " moment" : " moments"));
        }
        if (setup.period() > 0) {
            parts.add("a season has " + setup.period());
        }
        return parts.isEmpty() ? "" : "; " + String.join(", ", parts);
    }

    @Override
    public String describeLoss(double loss) {
        return String.format(Locale.ROOT, "%.4g %s", loss, lossUnit());
    }

    @Override
    public void checkFits(Network network) {
        Value.Rows rows = setup.stateful() ? Value.Rows.PER_STEP : Value.Rows.PER_SEQUENCE;
        GraphCheck.of(network).axes(AXIS).reals(INPUTS, Value.Rows.PER_STEP, setup.inputs()).reals(TRUTH, rows, setup.outputs())
                .output(FORECAST, rows, outputsOfNetwork()).holds(loss.isOf(network.node(LOSS)),
                        "its loss is '" + network.node(LOSS) + "'; expected " + loss.toJson());
    }

    /** Of the settings; the scales and the intervals follow from the data, which are compared by their fingerprint. */
    @Override
    public List<String> differences(Reading other) {
        ForecasterReading that = (ForecasterReading) other;
        List<String> differences = new ArrayList<>(setup.toJson().differences(that.setup.toJson()));
        differences.addAll(JsonObject.builder().put("loss", loss.toJson()).build()
                .differences(JsonObject.builder().put("loss", that.loss.toJson()).build()));
        if (interval != that.interval) {
            differences.add("interval is " + interval);
        }
        return differences;
    }

    /** A copy with intervals. */
    ForecasterReading with(ForecastIntervals found) {
        return new ForecasterReading(setup, inputs, outputs, loss, interval, Optional.of(found), time, linear);
    }

    /** Writes steps of {@link ForecastSetup#inputs(Series)} as sequence n of N, packed: rows n, n + N, and so on. */
    void putInputs(Series columns, int from, int steps, FloatBuffer rows, int n, int sequences) {
        int count = setup.inputs();
        for (int t = 0; t < steps; t++) {
            int row = (t * sequences + n) * count;
            for (int c = 0; c < count; c++) {
                rows.put(row + c, c < inputs.columns() ? inputs.scale(c, input(setup, columns, c, from + t))
                        : (float) columns.value(c, from + t));
            }
        }
    }

    /** A column's value as the network reads it, of a setup without differences. */
    float input(int column, double value) {
        int target = setup.targets().indexOf(setup.columns().get(column));
        return inputs.scale(column, target < 0 ? value : setup.transforms().get(target).level(value));
    }

    /** Writes the truth after a moment as one row. */
    void putTruth(Series targets, int moment, FloatBuffer rows, int row) {
        int names = setup.targets().size();
        for (int output = 0; output < setup.outputs(); output++) {
            double value = truth(setup, targets, moment, output / names, output % names);
            rows.put(row * setup.outputs() + output, outputs.scale(output, value));
        }
    }

    /** The columns of the network's output: levels x steps x targets. */
    int outputsOfNetwork() {
        return loss.outputs() * setup.outputs();
    }

    /**
     * A row of the network's output in the targets' units, {@code [levels x steps x targets]}; quantiles may cross.
     *
     * @param base what a target's outputs are changes from
     */
    double[] unscaled(FloatBuffer rows, int row, Base base) {
        int names = setup.targets().size();
        int each = setup.outputs();
        double[] values = new double[outputsOfNetwork()];
        for (int column = 0; column < values.length; column++) {
            int output = column % each;
            double change = outputs.unscale(output, rows.get(row * values.length + column));
            values[column] = setup.transforms().get(output % names).value(change + base.of(output / names, output % names));
        }
        return values;
    }

    /** The level of a target that the output for a step is a change from; 0 where outputs are levels. */
    @FunctionalInterface
    interface Base {
        /** Of a step from 0 on. */
        double of(int step, int target);
    }

    /** What the outputs after a moment are changes from. */
    Base base(Series targets, int moment) {
        return (step, target) -> base(setup, targets, moment, step, target);
    }

    /** The base where no more of a target than its last value is known. */
    Base base(IntToDoubleFunction last) {
        return (step, target) -> setup.residual() ? setup.transforms().get(target).level(last.applyAsDouble(target)) : 0;
    }

    /** The forecast of a row of {@link #unscaled}, its quantiles sorted. */
    Forecast forecast(double[] row) {
        return forecast(row, intervals);
    }

    /** The forecast of a row with these intervals, where the loss does not give quantiles. */
    Forecast forecast(double[] row, Optional<ForecastIntervals> found) {
        int names = setup.targets().size();
        if (!loss.givesQuantiles()) {
            return new Forecast(row, names, found.map(ends -> ends.relative() ? ends.times(setup.sizes(row)) : ends), Optional.empty(),
                    Optional.empty());
        }
        int each = setup.outputs();
        double[] sorted = new double[row.length];
        for (int output = 0; output < each; output++) {
            double[] levels = levels(row, output);
            Arrays.sort(levels);
            for (int l = 0; l < levels.length; l++) {
                sorted[l * each + output] = levels[l];
            }
        }
        return new Forecast(Arrays.copyOfRange(sorted, loss.point() * each, (loss.point() + 1) * each), names, Optional.empty(),
                Optional.of(new ForecastQuantiles(loss.levels(), sorted)), Optional.empty());
    }

    /**
     * The forecasts of rows after one moment, the next one, and so on, whose intervals follow the errors of those before them where the
     * series has the targets.
     */
    List<Forecast> forecasts(Series series, int first, double[][] rows) {
        Optional<AdaptiveIntervals> adaptive = AdaptiveIntervals.of(this).filter(some -> series.names().containsAll(setup.targets()));
        if (adaptive.isEmpty()) {
            return Arrays.stream(rows).map(this::forecast).toList();
        }
        Series targets = series.select(setup.targets());
        return IntStream.range(0, rows.length).mapToObj(i -> forecast(rows[i], Optional.of(adaptive.get().next(rows[i], target ->
                targets.isFilled(target, first + i) ? Double.NaN : targets.value(target, first + i))))).toList();
    }

    /** How many numbers of a forecast have quantiles that cross in a row of {@link #unscaled}. */
    int crossed(double[] row) {
        return (int) IntStream.range(0, setup.outputs()).filter(output -> {
            double[] levels = levels(row, output);
            return IntStream.range(1, levels.length).anyMatch(l -> levels[l] < levels[l - 1]);
        }).count();
    }

    private double[] levels(double[] row, int output) {
        return IntStream.range(0, loss.outputs()).mapToDouble(l -> row[l * setup.outputs() + output]).toArray();
    }

    /**
     * Truth minus forecast, as a part of it where its logarithm is learned, {@code [forecasts][steps x targets]}, of the forecasts after
     * one moment, the next one, and so on; NaN where the truth is missing, beyond the series, or before the first moment that is judged.
     */
    double[][] errors(Series targets, int first, int judged, List<Forecast> forecasts) {
        int names = setup.targets().size();
        double[][] errors = new double[forecasts.size()][setup.outputs()];
        for (int i = 0; i < errors.length; i++) {
            double[] sizes = setup.sizes(forecasts.get(i).values());
            for (int o = 0; o < errors[i].length; o++) {
                int moment = first + i + setup.offset(o / names);
                errors[i][o] = moment < judged || moment >= targets.length() || isMissing(targets, first + i, o) ? Double.NaN
                        : (truth(targets, first + i, o) - forecasts.get(i).value(o / names, o % names)) / sizes[o];
            }
        }
        return errors;
    }

    /**
     * The mean loss of the forecasts after one moment, the next one, and so on, over steps, targets and levels; of scaled errors. Truths
     * that are missing do not count.
     */
    double loss(Series targets, int first, List<Forecast> forecasts) {
        int names = setup.targets().size();
        double[] deviation = outputs.deviation();
        double sum = 0;
        long truths = 0;
        for (int i = 0; i < forecasts.size(); i++) {
            Forecast forecast = forecasts.get(i);
            for (int o = 0; o < deviation.length; o++) {
                if (isMissing(targets, first + i, o)) {
                    continue;
                }
                truths++;
                ForecastTransform transform = setup.transforms().get(o % names);
                double truth = transform.level(truth(targets, first + i, o));
                for (int l = 0; l < loss.outputs(); l++) {
                    double value = loss.givesQuantiles() ? forecast.quantile(l, o / names, o % names)
                            : forecast.value(o / names, o % names);
                    sum += loss.of((truth - transform.level(value)) / deviation[o], l);
                }
            }
        }
        return sum / truths / loss.outputs();
    }

    /** How many truths of forecasts after one moment, the next one, and so on, are missing. */
    long missing(Series targets, int first, int forecasts) {
        return IntStream.range(first, first + forecasts).mapToLong(moment -> IntStream.range(0, setup.outputs())
                .filter(output -> isMissing(targets, moment, output)).count()).sum();
    }

    /**
     * Checks that each number of forecasts after one moment, the next one, and so on can be judged.
     *
     * @throws IllegalArgumentException if all truths of one are missing
     */
    void checkTruths(Series targets, int first, int forecasts) {
        for (int each = 0; each < setup.outputs(); each++) {
            int output = each;
            if (IntStream.range(first, first + forecasts).allMatch(moment -> isMissing(targets, moment, output))) {
                throw new IllegalArgumentException(String.format(Locale.ROOT, "all %,d values of %s that forecasts are judged by are"
                        + " missing; give a longer series, or hold more of it out", forecasts,
                        setup.targets().get(output % setup.targets().size())));
            }
        }
    }

    private boolean isMissing(Series targets, int moment, int output) {
        int names = setup.targets().size();
        return targets.isFilled(output % names, moment + setup.offset(output / names));
    }

    /** The truth of an output after a moment. */
    private double truth(Series targets, int moment, int output) {
        int names = setup.targets().size();
        return targets.value(output % names, moment + setup.offset(output / names));
    }

    /** What a number of the network's output after a moment should be, in units of the transform. */
    static double truth(ForecastSetup setup, Series targets, int moment, int step, int target) {
        double level = setup.transforms().get(target).level(targets.value(target, moment + setup.offset(step)));
        return level - base(setup, targets, moment, step, target);
    }

    private static double base(ForecastSetup setup, Series targets, int moment, int step, int target) {
        ForecastTransform transform = setup.transforms().get(target);
        return setup.residual() ? transform.level(targets.value(target, moment))
                : transform.base(at -> targets.value(target, at), moment, setup.offset(step), setup.period());
    }

    /** A column as the network reads it; one that is a target is transformed. */
    static double input(ForecastSetup setup, Series columns, int column, int moment) {
        int target = setup.targets().indexOf(setup.columns().get(column));
        return target < 0 ? columns.value(column, moment)
                : setup.transforms().get(target).at(at -> columns.value(column, at), moment, setup.period());
    }

    private static IntToDoubleFunction[] each(int count, IntFunction<IntToDoubleFunction> column) {
        return IntStream.range(0, count).mapToObj(column).toArray(IntToDoubleFunction[]::new);
    }

    private static Scaler scaler(JsonObject json) {
        json.only("mean", "deviation");
        return new Scaler(json.numbers("mean"), json.numbers("deviation"));
    }

    private static JsonObject json(Scaler scaler) {
        return JsonObject.builder().put("mean", scaler.mean()).put("deviation", scaler.deviation()).build();
    }

    private static JsonObject json(TimeColumn time) {
        var json = JsonObject.builder().put("columns", time.columns()).put("form", time.form());
        time.step().ifPresent(step -> json.put("step", JsonObject.builder().put("unit", step.unit()).put("count", step.count()).build()));
        return json.build();
    }

    private static TimeColumn time(JsonObject json) {
        json.only("columns", "form", "step");
        Optional<TimeStep> step = Optional.empty();
        if (json.has("step")) {
            JsonObject one = json.object("step").only("unit", "count");
            step = Optional.of(new TimeStep(one.constant("unit", TimeStep.Unit.class), one.wholeNumber("count")));
        }
        return new TimeColumn(json.strings("columns"), json.constant("form", TimeForm.class), step);
    }
}
