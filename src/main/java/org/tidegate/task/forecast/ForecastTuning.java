package org.tidegate.task.forecast;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.tidegate.data.Series;
import org.tidegate.data.TimeAxis;
import org.tidegate.data.TimeStep;
import org.tidegate.task.forecast.ForecastSetup.Tuned;

/** Finds the settings of a forecaster that follow from its training series: see {@link ForecastSetup#tuned}. */
final class ForecastTuning {
    /** The last moments that are looked at. */
    private static final int MOMENTS = 2000;
    /** The fewest seasons that show one. */
    private static final int SEASONS = 2;
    /** How much smaller a criterion must be, over all moments, for a logarithm. */
    private static final double PRIOR = 4;
    /** The least autocorrelation of changes that speaks for a season, and that without a time step to expect one of. */
    private static final double EXPECTED = 0.2;
    private static final double UNEXPECTED = 0.4;
    private static final int LEAST_STEPS = 6;
    /** The sum of the sizes of the last weights of a short series that are left out. */
    private static final double UNUSED = 0.1;
    private static final int PART = 4;
    private static final long HOUR = 3_600_000_000_000L;

    private final Series whole;
    private final Series series;
    private final Set<Tuned> which;
    private ForecastSetup setup;

    ForecastTuning(Series all, Set<Tuned> which) {
        this.which = which;
        whole = all;
        series = all.length() > MOMENTS ? all.range(all.length() - MOMENTS, all.length()) : all;
    }

    ForecastSetup of(ForecastSetup given) {
        setup = given;
        if (which.contains(Tuned.PERIOD)) {
            setup = setup.period(period());
        }
        if (which.contains(Tuned.TRANSFORMS)) {
            setup = setup.transforms(transforms());
        }
        if (which.contains(Tuned.PERIOD) && setup.period() > setup.window() && !(which.contains(Tuned.WINDOW) && readsSeason())
                && setup.transforms().stream().noneMatch(ForecastTransform::seasonal)) {
            setup = setup.period(0); // a baseline alone shall not ask for longer series
        }
        if (which.contains(Tuned.WINDOW)) {
            setup = setup.window(window());
        }
        if (which.contains(Tuned.LINEAR)) {
            setup = setup.linear(linear());
        }
        return which.contains(Tuned.CALENDAR) ? setup.calendar(CalendarChoice.of(setup, whole)) : setup;
    }

    /** The length of the season: of those that the step of the times makes likely, else any. */
    private int period() {
        Series targets = series.select(setup.targets());
        Optional<TimeStep> step = series.times().flatMap(TimeAxis::step);
        int[] likely = step.map(ForecastTuning::likely).orElse(new int[0]);
        int[] tried = step.isPresent() ? likely : IntStream.rangeClosed(2, series.length() / (SEASONS + 1)).toArray();
        double least = Math.max(step.isPresent() ? EXPECTED : UNEXPECTED, 2 / Math.sqrt(series.length()));
        double[] correlations = IntStream.of(tried).mapToDouble(lag -> IntStream.range(0, setup.targets().size())
                .mapToDouble(target -> correlation(targets, target, lag)).max().orElse(0)).toArray();
        double greatest = Arrays.stream(correlations).max().orElse(0);
        for (int i = 0; i < tried.length && greatest > least; i++) {
            if (correlations[i] > 0.9 * greatest) {
                return tried[i]; // the first of a season and its multiples
            }
        }
        return 0;
    }

    private static int[] likely(TimeStep step) {
        return switch (step.unit()) {
            case NANOSECONDS -> IntStream.of(1, 7).filter(days -> 24 * HOUR % step.count() == 0 && days * 24 * HOUR / step.count() > 1)
                    .map(days -> (int) Math.min(Integer.MAX_VALUE, days * 24 * HOUR / step.count())).toArray();
            case DAYS -> step.count() == 1 ? new int[] {7, 365} : step.count() == 7 ? new int[] {52} : new int[0];
            case BUSINESS_DAYS -> step.count() == 1 ? new int[] {5} : new int[0];
            case MONTHS, MONTH_ENDS -> 12 % step.count() == 0 && step.count() < 12 ? new int[] {(int) (12 / step.count())} : new int[0];
        };
    }

    /** Of the changes of a column with those some moments before. */
    private static double correlation(Series targets, int target, int lag) {
        int count = targets.length() - 1;
        if (count < SEASONS * lag) {
            return 0;
        }
        double[] changes = IntStream.range(0, count).mapToDouble(t -> targets.value(target, t + 1) - targets.value(target, t)).toArray();
        double mean = Arrays.stream(changes).average().orElse(0);
        double products = 0;
        double squares = 0;
        for (int t = 0; t < count; t++) {
            squares += (changes[t] - mean) * (changes[t] - mean);
            products += t < lag ? 0 : (changes[t] - mean) * (changes[t - lag] - mean);
        }
        return squares > 0 ? products / squares * count / (count - lag) : 0;
    }

    /** The transform of each target by the errors of an autoregression one step ahead. */
    private List<ForecastTransform> transforms() {
        List<ForecastTransform> found = new ArrayList<>();
        for (int target = 0; target < setup.targets().size(); target++) {
            found.add(setup.horizon() == 0 || setup.residual() ? ForecastTransform.NONE : transform(target));
        }
        return found;
    }

    private ForecastTransform transform(int target) {
        Series values = series.select(setup.targets());
        int length = values.length();
        int period = setup.period();
        boolean windowIsFree = which.contains(Tuned.WINDOW);
        boolean[] filled = new boolean[length];
        boolean positive = true;
        double logarithms = 0;
        int from = AveragedRegression.firstJudged(length, period);
        for (int t = 0; t < length; t++) {
            filled[t] = values.isFilled(target, t);
            positive &= values.value(target, t) > 0;
            logarithms += t >= from ? Math.log(values.value(target, t)) / (length - from) : 0;
        }
        int levels = windowIsFree ? Integer.MAX_VALUE : setup.window() - 1;
        ForecastTransform best = ForecastTransform.NONE;
        double least = Double.POSITIVE_INFINITY;
        for (boolean log : positive ? new boolean[] {false, true} : new boolean[] {false}) {
            double[] read = IntStream.range(0, length).mapToDouble(t -> log ? Math.log(values.value(target, t)) : values.value(target, t))
                    .toArray();
            AveragedRegression.Best one = AveragedRegression.best(new AveragedRegression.Levels(read, filled, new double[0][], period, 1),
                    levels, !setup.stateful());
            double criterion = one.criterion() + (log ? 2 * logarithms + PRIOR / length : 0);
            if (criterion < least) {
                least = criterion;
                best = seen(one.transform(), target, log);
            }
        }
        return best;
    }

    /** What the network reads where a transform seems best: a path that reads a season needs no seasonal differences. */
    private ForecastTransform seen(ForecastTransform best, int target, boolean log) {
        if (setup.stateful() || !best.differences()) {
            return ForecastTransform.of(log, false, false);
        }
        return hasPath() && setup.columns().contains(setup.targets().get(target)) && setup.period() <= AveragedRegression.LONGEST_SEASON
                ? ForecastTransform.of(log, true, false) : ForecastTransform.of(log, best.difference(), best.seasonal());
    }

    /** Whether there is to be a linear path. */
    private boolean hasPath() {
        return which.contains(Tuned.LINEAR) && setup.horizon() > 0 && setup.targets().stream().anyMatch(setup.columns()::contains);
    }

    /** Whether the path reads a season. */
    private boolean readsSeason() {
        return hasPath() && AveragedRegression.isSeasonal(series.length(), setup.period());
    }

    /** The moments that a forecast reads: few of short series, of which many moments teach nothing but noise; all of the linear path. */
    private int window() {
        if (setup.stateful()) {
            return setup.window();
        }
        int history = setup.history();
        int few = Math.max(1, Math.min(ForecastSetup.WINDOW, Math.max(LEAST_STEPS, (series.length() - history) / PART)));
        return history + (!hasPath() ? few : ForecastDefaults.isShort(series.length()) ? reach() : Math.max(few, reach()));
    }

    /** The moments of the linear path; none where no target is read. */
    private int linear() {
        return hasPath() ? Math.min(setup.inputSteps(), reach()) : 0;
    }

    /** The moments that the linear path of any target uses. */
    private int reach() {
        return IntStream.range(0, setup.targets().size()).map(this::reach).max().orElse(0);
    }

    private int reach(int target) {
        ForecastTransform transform = setup.transforms().get(target);
        int most = transform.seasonal() ? AveragedRegression.lags(series.length(), setup.history())
                : AveragedRegression.reach(series.length(), setup.period(), transform.difference());
        if (!ForecastDefaults.isShort(series.length()) || setup.stateful()) {
            return most;
        }
        Series values = series.select(setup.targets());
        double[] read = IntStream.range(0, values.length()).mapToDouble(t -> transform.level(values.value(target, t))).toArray();
        boolean[] filled = new boolean[values.length()];
        for (int t = 0; t < filled.length; t++) {
            filled[t] = values.isFilled(target, t);
        }
        int used = Math.min(LEAST_STEPS, most);
        for (int step : new int[] {0, setup.steps() - 1}) {
            double[] weights = AveragedRegression.of(new AveragedRegression.Levels(read, filled, new double[0][], setup.period(),
                    setup.offset(step)), ForecastTransform.of(false, transform.difference(), transform.seasonal()), most).weights();
            double left = 0;
            for (int i = most - 1; i >= used; i--) {
                left += Math.abs(weights[i]);
                used = left > UNUSED ? i + 1 : used;
            }
        }
        return used;
    }
}
