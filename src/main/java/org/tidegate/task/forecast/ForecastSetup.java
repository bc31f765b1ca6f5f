package org.tidegate.task.forecast;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.tidegate.data.CalendarFeature;
import org.tidegate.data.Missing;
import org.tidegate.data.Series;
import org.tidegate.json.JsonObject;

/**
 * The columns and targets of a forecaster: it forecasts the targets of the next moments from the columns up to a moment, all steps at once
 * (direct multi-step forecasting). Immutable: every setter returns a changed copy, in any order.
 */
public final class ForecastSetup {
    /** The number of moments of a window by default. */
    public static final int WINDOW = 30;
    /** The number of forecast moments by default. */
    public static final int HORIZON = 1;
    private static final int MOST_WINDOW = 1 << 20;
    private static final int MOST_HORIZON = 1 << 16;
    private static final int MOST_PERIOD = 1 << 30;
    private static final int MOST_OUTPUTS = 1 << 24;

    private final List<String> columns;
    private final List<String> targets;
    private int window = WINDOW;
    private int horizon = HORIZON;
    private boolean stateful;
    private boolean residual;
    private int period;
    private Missing missing = Missing.REFUSE;
    private List<ForecastTransform> transforms; // one for each target
    private int linear;
    private List<CalendarFeature> calendar = List.of();

    private ForecastSetup(List<String> columns, List<String> targets) {
        this.columns = columns;
        this.targets = targets;
        transforms = Collections.nCopies(targets.size(), ForecastTransform.NONE);
    }

    private ForecastSetup(ForecastSetup other) {
        columns = other.columns;
        targets = other.targets;
        window = other.window;
        horizon = other.horizon;
        stateful = other.stateful;
        residual = other.residual;
        period = other.period;
        missing = other.missing;
        transforms = other.transforms;
        linear = other.linear;
        calendar = other.calendar;
    }

    /**
     * {@return a setup that forecasts the next value of the targets from windows of {@link #WINDOW} moments}
     *
     * @param columns the names of the columns that are read
     * @param targets the names of the columns that are forecast
     * @throws IllegalArgumentException if there is none of either, or a name occurs twice
     */
    public static ForecastSetup of(List<String> columns, List<String> targets) {
        if (columns.isEmpty() || targets.isEmpty() || hasTwice(columns) || hasTwice(targets)) {
            throw new IllegalArgumentException("the columns " + columns + " and the targets " + targets
                    + " are no forecast; expected at least one of each, none of them twice");
        }
        return new ForecastSetup(List.copyOf(columns), List.copyOf(targets));
    }

    /**
     * {@return a setup that forecasts the next value of a column from the column itself, as {@link #of(List, List)}}
     *
     * @param column its name
     */
    public static ForecastSetup of(String column) {
        return of(List.of(column), List.of(column));
    }

    static ForecastSetup of(JsonObject json) {
        json.only("columns", "targets", "window", "horizon", "stateful", "residual", "period", "missing", "transforms", "linear",
                "calendar");
        ForecastSetup setup = of(json.strings("columns"), json.strings("targets"))
                .window(json.integer("window")).horizon(json.integer("horizon"))
                .stateful(json.flag("stateful")).residual(json.flag("residual")).period(json.integer("period"))
                .missing(json.has("missing") ? json.constant("missing", Missing.class) : Missing.REFUSE)
                .linear(json.has("linear") ? json.integer("linear") : 0)
                .calendar(json.has("calendar") ? json.strings("calendar").stream().map(CalendarFeature::named).toList() : List.of());
        return json.has("transforms")
                ? setup.transforms(json.strings("transforms").stream().map(ForecastTransform::named).toList()) : setup;
    }

    /**
     * Sets the number of moments of a window, {@link #WINDOW} by default. For a stream it is the length of truncated backpropagation
     * through time, and of the warm-up before an evaluation.
     *
     * @param moments the number
     * @return a changed copy
     * @throws IllegalArgumentException if it is not positive, or more than 2^20
     */
    public ForecastSetup window(int moments) {
        ForecastSetup setup = new ForecastSetup(this);
        setup.window = within(1, MOST_WINDOW, "window", moments);
        return setup;
    }

    /**
     * Sets the number of forecast moments, {@link #HORIZON} by default.
     *
     * @param moments the number; 0 forecasts the targets at the last moment that is read, where they themselves are not read
     * @return a changed copy
     * @throws IllegalArgumentException if it is negative, or more than 2^16
     */
    public ForecastSetup horizon(int moments) {
        ForecastSetup setup = new ForecastSetup(this);
        setup.horizon = within(0, MOST_HORIZON, "horizon", moments);
        return setup;
    }

    /**
     * Sets whether the series is read as one stream with its state carried along, instead of in windows; false by default.
     *
     * @param value whether it is
     * @return a changed copy
     */
    public ForecastSetup stateful(boolean value) {
        ForecastSetup setup = new ForecastSetup(this);
        setup.stateful = value;
        return setup;
    }

    /**
     * Sets whether the network's outputs are changes from the last value instead of values; false by default.
     *
     * @param value whether they are
     * @return a changed copy
     */
    public ForecastSetup residual(boolean value) {
        ForecastSetup setup = new ForecastSetup(this);
        setup.residual = value;
        return setup;
    }

    /**
     * Sets the period of the seasonal baseline: 7 for the week of daily values, 365 for the year.
     *
     * @param moments the number of moments, 0 (the default) for none
     * @return a changed copy
     * @throws IllegalArgumentException if it is negative, or more than 2^30
     */
    public ForecastSetup period(int moments) {
        ForecastSetup setup = new ForecastSetup(this);
        setup.period = within(0, MOST_PERIOD, "period", moments);
        return setup;
    }

    /**
     * Sets what was done about missing values of the training series, so that who answers does the same: {@link Missing#REFUSE} by default.
     *
     * @param value what is done; the columns of {@link Missing#MASK} are named among the setup's
     * @return a changed copy
     */
    public ForecastSetup missing(Missing value) {
        ForecastSetup setup = new ForecastSetup(this);
        setup.missing = Objects.requireNonNull(value, "missing");
        return setup;
    }

    /**
     * Sets what is done to each target before the network reads and learns it, {@link ForecastTransform#NONE} by default; {@link #tuned}
     * finds it. Where a target is among the columns it is read so, too.
     *
     * @param each one for each target, in their order
     * @return a changed copy
     * @throws IllegalArgumentException if there are more or fewer
     */
    public ForecastSetup transforms(List<ForecastTransform> each) {
        if (each.size() != targets.size()) {
            throw new IllegalArgumentException("got the transforms " + each + " for " + targets.size() + " targets; expected one for each");
        }
        ForecastSetup setup = new ForecastSetup(this);
        setup.transforms = List.copyOf(each);
        return setup;
    }

    /**
     * Sets how many of the last moments a linear path beside the recurrent layers reads, an autoregression that begins as the one of least
     * squares (LSTNet, Lai et al. 2018); {@link #tuned} finds it.
     *
     * @param moments the number, 0 (the default) for no such path
     * @return a changed copy
     * @throws IllegalArgumentException if it is negative, or more than 2^20
     */
    public ForecastSetup linear(int moments) {
        ForecastSetup setup = new ForecastSetup(this);
        setup.linear = within(0, MOST_WINDOW, "linear path's number of moments", moments);
        return setup;
    }

    /** A setting that {@link #tuned(Series, Set)} finds. */
    public enum Tuned {
        /**
         * The length of a season: the one with the greatest autocorrelation of changes, of those that the step of the times makes likely (a
         * day or a week of hours, a week or a year of days, a year of months), or of any without times; 0 where none is great.
         */
        PERIOD,
        /**
         * The transform of each target: that with which a linear autoregression has the least error one moment ahead, as Akaike's criterion
         * estimates it. A stream keeps no values, so that nothing but the logarithm is tried for one.
         */
        TRANSFORMS,
        /** The window: {@link #WINDOW} moments or, where a short series has few of them, fewer; and before them what differences need. */
        WINDOW,
        /** The linear path: as many moments as there are data for, at most 30; none where no target is read. */
        LINEAR,
        /**
         * The calendar features: of those that the times can tell ({@link CalendarFeature#of}) the ones with which a linear autoregression,
         * fitted to the first four fifths of the series, errs least on the rest; none without times.
         */
        CALENDAR
    }

    /**
     * {@return this setup with all settings of {@link Tuned} as they suit a series}
     *
     * @param series the training series, without what is held out
     * @throws IllegalArgumentException if the series lacks a column of the setup
     */
    public ForecastSetup tuned(Series series) {
        return tuned(series, EnumSet.allOf(Tuned.class));
    }

    /**
     * {@return this setup with some settings as they suit a series and the others}
     *
     * @param series the training series, without what is held out
     * @param which the settings
     * @throws IllegalArgumentException if the series lacks a column of the setup
     */
    public ForecastSetup tuned(Series series, Set<Tuned> which) {
        return new ForecastTuning(series, which).of(this);
    }

    /**
     * Sets the cycles of the calendar that a moment's time is read by, as a sine and a cosine each: none by default. Training and answers
     * then need series with times.
     *
     * @param features the cycles, none of them twice
     * @return a changed copy
     * @throws IllegalArgumentException if one occurs twice
     */
    public ForecastSetup calendar(List<CalendarFeature> features) {
        if (new HashSet<>(features).size() != features.size()) {
            throw new IllegalArgumentException("the calendar features " + features + "; expected none of them twice");
        }
        ForecastSetup setup = new ForecastSetup(this);
        setup.calendar = List.copyOf(features);
        return setup;
    }

    /** {@return the cycles of the calendar that a moment's time is read by} */
    public List<CalendarFeature> calendar() {
        return calendar;
    }

    /** The number of the network's inputs: the columns, and a sine and a cosine of each calendar feature. */
    int inputs() {
        return columns.size() + 2 * calendar.size();
    }

    /**
     * The columns of a series, and behind them the sines and cosines of its times.
     *
     * @throws IllegalArgumentException if it lacks a column, or has no times where they are read
     */
    Series inputs(Series series) {
        Series read = series.select(columns);
        if (calendar.isEmpty()) {
            return read;
        }
        checkTimes(series.times().isPresent());
        List<String> names = new ArrayList<>(columns);
        List<double[]> values = new ArrayList<>();
        for (int column = 0; column < columns.size(); column++) {
            int which = column;
            values.add(IntStream.range(0, read.length()).mapToDouble(moment -> read.value(which, moment)).toArray());
        }
        for (CalendarFeature feature : calendar) {
            names.add("sine of the " + feature + ' ' + names.size());
            names.add("cosine of the " + feature + ' ' + names.size());
            values.add(IntStream.range(0, read.length()).mapToDouble(moment -> feature.sine(series.times().get().at(moment))).toArray());
            values.add(IntStream.range(0, read.length()).mapToDouble(moment -> feature.cosine(series.times().get().at(moment))).toArray());
        }
        return Series.of(names, values.toArray(double[][]::new));
    }

    /**
     * Checks that times are there where they are read.
     *
     * @throws IllegalArgumentException if they are not
     */
    void checkTimes(boolean present) {
        if (!calendar.isEmpty() && !present) {
            throw new IllegalArgumentException("the forecaster reads the " + describeCalendar() + " of each moment's time, and the series has"
                    + " no times; give them, or train one without calendar features");
        }
    }

    /** "hour and month". */
    String describeCalendar() {
        return calendar.stream().map(CalendarFeature::toString).collect(Collectors.joining(" and "));
    }

    /** {@return what is done about missing values} */
    public Missing missing() {
        return missing;
    }

    /** {@return the names of the columns that are read} */
    public List<String> columns() {
        return columns;
    }

    /** {@return the names of the columns that are forecast} */
    public List<String> targets() {
        return targets;
    }

    /** {@return the number of moments of a window} */
    public int window() {
        return window;
    }

    /** {@return the number of forecast moments; 0 for the targets at the last moment that is read} */
    public int horizon() {
        return horizon;
    }

    /** {@return whether the series is read as one stream} */
    public boolean stateful() {
        return stateful;
    }

    /** {@return whether the network's outputs are changes from the last value} */
    public boolean residual() {
        return residual;
    }

    /** {@return the period of the seasonal baseline, 0 for none} */
    public int period() {
        return period;
    }

    /** {@return what is done to each target before the network reads and learns it} */
    public List<ForecastTransform> transforms() {
        return transforms;
    }

    /** {@return how many of the last moments the linear path reads, 0 where there is none} */
    public int linear() {
        return linear;
    }

    /** {@return all names, the columns and then the targets that are not among them} Training and evaluation need these. */
    public List<String> names() {
        Set<String> all = new LinkedHashSet<>(columns);
        all.addAll(targets);
        return List.copyOf(all);
    }

    /** {@return the names that a forecast needs: the columns, and for changes all names} */
    public List<String> needed() {
        return readsTargets() ? names() : columns;
    }

    /** Whether forecasts are changes from values of the targets, which must be known. */
    boolean readsTargets() {
        return residual || transforms.stream().anyMatch(ForecastTransform::differences);
    }

    /** What errors of a forecast {@code [steps x targets]} are parts of: the forecast where its logarithm is learned, else 1. */
    double[] sizes(double[] values) {
        return IntStream.range(0, outputs()).mapToDouble(output -> transforms.get(output % targets.size()).log() ? Math.abs(values[output])
                : 1).toArray();
    }

    /** The first moments of a window that only differences need. */
    int history() {
        return transforms.stream().mapToInt(transform -> transform.history(period)).max().orElse(0);
    }

    /** The moments of a window that the network reads. */
    int inputSteps() {
        return window - history();
    }

    /** {@return the number of steps of a forecast: the horizon, or 1} */
    public int steps() {
        return Math.max(horizon, 1);
    }

    /** {@return the number of outputs of a forecast: steps x targets, step by step} */
    public int outputs() {
        return steps() * targets.size();
    }

    /**
     * {@return the last moment that the first evaluated forecast reads: from there on the window is full, and each baseline has its value}
     *
     * @param from the first evaluated moment
     */
    public int firstJudged(int from) {
        int first = Math.max(Math.max(window - 1, period - offset(0)), horizon == 0 ? 1 : 0);
        return Math.max(first, from - offset(0));
    }

    /**
     * This setup, if its settings are consistent.
     *
     * @throws IllegalArgumentException if what it forecasts is among what it reads, or is absurdly much
     */
    ForecastSetup checked() {
        if ((long) steps() * targets.size() > MOST_OUTPUTS) {
            throw new IllegalArgumentException("a horizon of " + horizon + " moments of " + targets.size() + " targets; expected at most "
                    + MOST_OUTPUTS + " numbers of a forecast");
        }
        if (horizon == 0 && targets.stream().anyMatch(columns::contains)) {
            throw new IllegalArgumentException("with a horizon of 0 the targets are forecast at the moment that is read, so " + targets
                    + " must not be among the columns " + columns + "; give other columns, or a horizon of 1");
        }
        if (horizon == 0 && residual) {
            throw new IllegalArgumentException("with a horizon of 0 the target's last value is not known, so there is no change against"
                    + " it; leave residual out, or give a horizon of 1");
        }
        checkTransforms();
        if (linear > inputSteps()) {
            throw new IllegalArgumentException("the linear path reads " + linear + " moments, and the window leaves " + inputSteps()
                    + "; expected no more than that, or a longer window");
        }
        return this;
    }

    private void checkTransforms() {
        boolean differences = transforms.stream().anyMatch(ForecastTransform::differences);
        if (differences && (horizon == 0 || stateful || residual)) {
            throw new IllegalArgumentException("the transforms are " + transforms + ", and " + (horizon == 0
                    ? "with a horizon of 0 the targets' last values are not known" : stateful
                    ? "a stream keeps no values before its last one" : "the outputs are changes from the last value already")
                    + "; expected none or log" + (stateful && horizon > 0 ? ", with which residual gives changes" : ""));
        }
        if (period == 0 && transforms.stream().anyMatch(ForecastTransform::seasonal)) {
            throw new IllegalArgumentException("the transforms are " + transforms + " without a period; give the length of a season");
        }
        if (window <= history()) {
            throw new IllegalArgumentException("the window is " + window + ", and the transforms " + transforms + " take " + history()
                    + " moments before those that are read; expected more than that");
        }
    }

    /** The distance of a step, from 0 on, from the last moment that was read. */
    int offset(int step) {
        return horizon == 0 ? 0 : step + 1;
    }

    /** The distance of the last step from the last moment that was read. */
    int lastOffset() {
        return horizon;
    }

    /** The value of a target that the persistence baseline repeats. */
    double persistence(Series series, int target, int moment) {
        return series.value(target, horizon == 0 ? moment - 1 : moment);
    }

    /** The value of a target one season, or the fewest that suffice, before a forecast's step. */
    double seasonal(Series series, int target, int moment, int step) {
        int offset = offset(step);
        int seasons = Math.max(1, (offset + period - 1) / period);
        return series.value(target, moment + offset - seasons * period);
    }

    JsonObject toJson() {
        var json = JsonObject.builder().put("columns", columns).put("targets", targets).put("window", window).put("horizon", horizon)
                .put("stateful", stateful).put("residual", residual).put("period", period);
        if (missing != Missing.REFUSE) {
            json.put("missing", missing);
        }
        if (transforms.stream().anyMatch(transform -> transform != ForecastTransform.NONE)) {
            json.put("transforms", transforms.stream().map(ForecastTransform::toString).toList());
        }
        if (linear > 0) {
            json.put("linear", linear);
        }
        return calendar.isEmpty() ? json.build()
                : json.put("calendar", calendar.stream().map(CalendarFeature::toString).toList()).build();
    }

    /** Whether the other has the same settings. */
    @Override
    public boolean equals(Object other) {
        return other instanceof ForecastSetup that && toJson().equals(that.toJson());
    }

    @Override
    public int hashCode() {
        return toJson().hashCode();
    }

    /** The settings as JSON. */
    @Override
    public String toString() {
        return toJson().toString();
    }

    private static int within(int least, int greatest, String name, int value) {
        if (value < least || value > greatest) {
            throw new IllegalArgumentException("the " + name + " is " + value + "; expected "
                    + (value < least ? least + " or more" : greatest + " at most"));
        }
        return value;
    }

    private static boolean hasTwice(List<String> names) {
        return new HashSet<>(names).size() != names.size();
    }
}
