package org.tidegate.task.forecast;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.tidegate.data.Series;
import org.tidegate.data.TimeAxis;
import org.tidegate.data.TimeColumn;
import org.tidegate.metrics.Bootstrap;
import org.tidegate.task.Answers;
import org.tidegate.task.Figures;
import org.tidegate.task.Workers;
import org.tidegate.task.forecast.ForecastEvaluation.BaselineScore;
import org.tidegate.task.forecast.ForecastEvaluation.QuantileScore;
import org.tidegate.task.forecast.ForecastEvaluation.Score;

/** Forecasts series, for any number of threads at once. */
public final class ForecasterAnswers extends Answers<ForecasterReading> {
    /** Windows of a batch. */
    private static final int BATCH = 64;
    private static final List<String> INTERVALS = List.of("target", "figure", "value", "low", "high");

    ForecasterAnswers(ForecasterReading reading, Workers workers) {
        super(reading, workers);
    }

    /**
     * {@return the forecast after the last moment of a series} If the series has times, so has the forecast: those that follow by the
     * step of
     * the series that was learned, or by its own.
     *
     * @param series a series with the columns of {@link ForecastSetup#needed}
     * @throws IllegalArgumentException if it lacks one, or is shorter than the window
     */
    public Forecast forecast(Series series) {
        return forecast(List.of(series)).get(0);
    }

    /**
     * {@return the forecast after the last moment of each of many series, as {@link #forecast(Series)}} Windows are read in batches; a
     * forecast does not depend on the other series.
     *
     * @param all series with the columns of {@link ForecastSetup#needed}
     * @throws IllegalArgumentException if one lacks a column, or is shorter than the window
     */
    public List<Forecast> forecast(List<Series> all) {
        all.forEach(series -> checkMoments(series, series.length() - 1, series.length()));
        List<double[]> outputs = reading().setup().stateful()
                ? all.stream().map(series -> outputs(series, series.length() - 1, series.length())[0]).toList()
                : inGroups(all, series -> 1, BATCH, (worker, group) -> new ForecastReader(reading(), worker.session(), worker.batch())
                        .lastOutputs(group));
        return IntStream.range(0, all.size()).mapToObj(i -> reading().forecast(outputs.get(i))
                .at(all.get(i).times().flatMap(axis -> times(axis, axis.length() - 1)))).toList();
    }

    /**
     * {@return the forecast after the last moment of a series, as {@link #forecast(Series)}, with intervals that are wider where the truths
     * of the moments before it lay outside too often} They are never narrower: the series may be one that the model has learned by heart.
     * Without the targets, and of quantiles, the forecast is that of {@link #forecast(Series)}.
     *
     * @param series a series with the columns of {@link ForecastSetup#needed}
     * @param judged the number of moments before the last one whose forecasts are made and judged, where there are so many; 0 or more
     * @throws IllegalArgumentException if it lacks a column, or is shorter than the window
     */
    public Forecast forecast(Series series, int judged) {
        Forecast plain = forecast(series);
        int last = series.length() - 1;
        int first = Math.max(reading().setup().window() - 1, last - Math.max(0, judged));
        if (reading().intervals().isEmpty() || first == last) {
            return plain;
        }
        ForecastIntervals followed = forecasts(series, first, last + 1).get(last - first).intervals().orElseThrow();
        return new Forecast(plain.values(), plain.targets(), Optional.of(followed.atLeast(plain.intervals().orElseThrow())),
                Optional.empty(), plain.times());
    }

    /** The times of the forecast after a moment. */
    private Optional<TimeAxis> times(TimeAxis axis, int moment) {
        ForecastSetup setup = reading().setup();
        if (setup.horizon() == 0) {
            return Optional.of(axis.range(moment, moment + 1));
        }
        return reading().time().flatMap(TimeColumn::step).or(axis::step).map(step -> axis.after(moment, step, setup.steps()));
    }

    /**
     * {@return the forecasts after each moment of a range, one for each moment} A forecast reads nothing after its moment. They
     * have no times. Where the series has the targets, the intervals of each follow the errors of those before it: wider where truths lie
     * outside more often than they should, narrower where less.
     *
     * @param series a series with the columns of {@link ForecastSetup#needed}
     * @param first the first moment
     * @param end one past the last moment
     * @throws IllegalArgumentException as {@link #forecast}, of the moments up to the first one; or if there are no such moments
     */
    public List<Forecast> forecasts(Series series, int first, int end) {
        return reading().forecasts(series, first, outputs(series, first, end));
    }

    /**
     * {@return the baselines that this forecaster is judged beside, in their order in tables}
     */
    public List<ForecastBaseline> baselines() {
        return ForecastBaseline.of(reading());
    }

    /**
     * {@return the forecasts of a baseline after each moment of a range, {@code [moments][steps x targets]}}
     *
     * @param baseline one of {@link #baselines}
     * @param series a series with the setup's targets
     * @param first the first moment, {@link ForecastSetup#firstJudged} or later
     * @param end one past the last moment
     * @throws IllegalArgumentException if the forecaster does not have the baseline, the series lacks a target, or there are no such moments
     */
    public double[][] baseline(ForecastBaseline baseline, Series series, int first, int end) {
        ForecastSetup setup = reading().setup();
        if (!baselines().contains(baseline) || first < setup.firstJudged(0) || end > series.length()) {
            throw new IllegalArgumentException("forecasts of " + baseline.key() + " after the moments " + first + " to " + (end - 1)
                    + " of " + series.length() + "; expected one of " + baselines() + ", from the moment " + setup.firstJudged(0) + " on");
        }
        Series targets = series.select(setup.targets());
        int names = setup.targets().size();
        return IntStream.range(first, end).mapToObj(moment -> IntStream.range(0, setup.outputs())
                .mapToDouble(output -> baseline.value(reading(), targets, output % names, moment, output / names)).toArray())
                .toArray(double[][]::new);
    }

    private double[][] outputs(Series series, int first, int end) {
        checkMoments(series, first, end);
        return with(worker -> new ForecastReader(reading(), worker.session(), worker.batch()).outputs(series, first, end));
    }

    private void checkMoments(Series series, int first, int end) {
        int window = reading().setup().window();
        reading().setup().checkTimes(series.times().isPresent());
        if (first < window - 1 || end > series.length() || first >= end) {
            throw new IllegalArgumentException("there are " + series.length() + " moments; a forecast reads the " + window
                    + " up to its own, so forecasts after the moments " + first + " to " + (end - 1) + " cannot be made");
        }
    }

    /**
     * {@return a stream that forecasts after each moment as it arrives} The caller closes it.
     *
     * @throws IllegalStateException if the setup is not {@link ForecastSetup#stateful}, or this object is closed
     */
    public ForecastStream stream() {
        if (!reading().setup().stateful()) {
            throw new IllegalStateException("This forecaster reads windows of " + reading().setup().window() + " moments, which carry no"
                    + " state; ask for the forecast of a series, or train one whose setup is stateful.");
        }
        return new ForecastStream(reading(), workers());
    }

    /**
     * Measures the model on a held-out series: all forecasts from the first whose window is full and whose baselines have their values.
     *
     * @param series a series with the columns of {@link ForecastSetup#names}
     * @return the evaluation
     * @throws IllegalArgumentException if it lacks one or is too short
     */
    public ForecastEvaluation evaluate(Series series) {
        return evaluate(series, 0);
    }

    /**
     * Measures the model on the end of a series, as {@link #evaluate(Series)}; the moments before it are only read.
     *
     * @param series a series with the columns of {@link ForecastSetup#names}
     * @param from the first evaluated moment
     * @return the evaluation
     * @throws IllegalArgumentException if it lacks one or is too short
     */
    public ForecastEvaluation evaluate(Series series, int from) {
        ForecastSetup setup = reading().setup();
        int first = setup.firstJudged(from);
        int end = series.length() - setup.lastOffset();
        if (end <= first) {
            throw new IllegalArgumentException("the series has " + series.length() + " moments; to judge a forecast takes at least "
                    + (first + 1 + setup.lastOffset()) + " (a window of " + setup.window() + ", a period of " + setup.period()
                    + ", a horizon of " + setup.horizon() + ")");
        }
        Series targets = series.select(setup.targets());
        double[][] outputs = outputs(series, first, end);
        List<Forecast> forecasts = reading().forecasts(series, first, outputs);
        long missing = reading().missing(targets, first, forecasts.size());
        reading().checkTruths(targets, first, forecasts.size());
        double loss = reading().loss(targets, first, forecasts);
        List<Score> scores = ForecastEvaluation.scores(reading(), targets, first, forecasts);
        List<QuantileScore> quantiles = ForecastEvaluation.quantileScores(setup, targets, first, forecasts);
        Figures.Builder figures = figures(forecasts.size(), loss).measure("target", String.join(", ", setup.targets()))
                .measure("horizon", setup.horizon());
        if (missing > 0) {
            figures.put("missing_truths", missing, String.format(Locale.ROOT, "%,d, which do not count", missing));
        }
        if (setup.targets().size() == 1) {
            putScore(figures, scores.get(0), ScoreIntervals.of(reading(), targets, first, forecasts, 0));
        }
        if (reading().loss().givesQuantiles()) {
            putQuantiles(figures, quantiles, (double) Arrays.stream(outputs).mapToInt(reading()::crossed).sum()
                    / outputs.length / setup.outputs());
        }
        double probability = forecasts.get(0).probability();
        if (Double.isNaN(probability)) {
            figures.put("coverage", Double.NaN, reading().loss().givesQuantiles() ? "no intervals: there is a single level"
                    : "no intervals: nothing was held out in the training");
        } else {
            figures.measure("probability of the intervals", probability).put("probability", probability,
                    String.format(Locale.ROOT, "%.0f %% of the truths shall lie in the intervals", 100 * probability));
        }
        figures.table("scores", Score.COLUMNS, scores.stream().map(Score::row).toList());
        if (setup.targets().size() > 1) {
            figures.table("intervals", INTERVALS, scores.stream().filter(score -> score.step() == 0).flatMap(score -> intervals(score,
                    ScoreIntervals.of(reading(), targets, first, forecasts, setup.targets().indexOf(score.target())))).toList());
        }
        if (!quantiles.isEmpty()) {
            figures.table("quantiles", QuantileScore.COLUMNS, quantiles.stream().map(QuantileScore::row).toList());
        }
        return new ForecastEvaluation(forecasts.size(), scores, quantiles, loss, figures.build());
    }

    /** The rows of a target in the table of the intervals of 95 %; none where the forecasts are too few. */
    private static Stream<List<Object>> intervals(Score score, ScoreIntervals intervals) {
        return Stream.of(row(score, "rmse", score.rmse(), intervals.rmse()), row(score, "mae", score.mae(), intervals.mae()),
                row(score, "rmse_ratio", score.ratio(), intervals.ratio()),
                row(score, "coverage", score.coverage(), Double.isNaN(score.coverage()) ? Optional.empty() : intervals.coverage()))
                .flatMap(Optional::stream);
    }

    private static Optional<List<Object>> row(Score score, String figure, double value, Optional<Bootstrap.Interval> interval) {
        return interval.map(found -> List.of(score.target(), figure, value, found.low(), found.high()));
    }

    /** The scores of a single target are figures; those of all targets are a table. */
    private void putScore(Figures.Builder figures, Score all, ScoreIntervals intervals) {
        figures.put("target", all.target()).put("rmse", all.rmse(), text(all.rmse()))
                .interval("rmse", intervals.rmse(), ForecasterAnswers::text).put("mae", all.mae(), text(all.mae()))
                .interval("mae", intervals.mae(), ForecasterAnswers::text);
        for (BaselineScore each : all.baselines()) {
            String key = each.baseline().key();
            figures.put(key + "_rmse", each.rmse(), text(each.rmse()) + ", " + each.baseline().text(reading()))
                    .put(key + "_mae", each.mae(), text(each.mae()));
        }
        figures.put("beats_persistence", all.beatsPersistence(), "").put("best_baseline", all.best().baseline().key(), "")
                .put("beats_baselines", all.beatsBaselines(), verdict(all));
        if (Double.isFinite(all.ratio())) {
            figures.put("rmse_ratio", all.ratio(), text(all.ratio()) + " times that of the best")
                    .interval("rmse_ratio", intervals.ratio(), ForecasterAnswers::text);
        }
        if (!Double.isNaN(all.coverage())) {
            figures.put("coverage", all.coverage(), String.format(Locale.ROOT, "%.1f %%", 100 * all.coverage()))
                    .interval("coverage", intervals.coverage(), end -> String.format(Locale.ROOT, "%.1f %%", 100 * end))
                    .put("width", all.width(), text(all.width()) + ", of the intervals on average");
        }
    }

    /** The pinball loss over the levels of a single target, and how often levels crossed. */
    private void putQuantiles(Figures.Builder figures, List<QuantileScore> quantiles, double crossed) {
        if (reading().setup().targets().size() == 1) {
            List<QuantileScore> all = quantiles.stream().filter(score -> score.step() == 0).toList();
            double pinball = all.stream().mapToDouble(QuantileScore::pinball).average().orElseThrow();
            double persistence = all.stream().mapToDouble(QuantileScore::persistencePinball).average().orElseThrow();
            figures.put("pinball", pinball, text(pinball) + ", mean of the levels")
                    .put("persistence_pinball", persistence, text(persistence) + ", of the last value again");
        }
        figures.put("crossed", crossed, String.format(Locale.ROOT, "%.1f %% of the forecasts had levels that crossed, and were sorted",
                100 * crossed));
    }

    private static String text(double value) {
        return String.format(Locale.ROOT, "%.4g", value);
    }

    /** "yes, RMSE 12.0 % below that of the best, persistence". */
    private static String verdict(Score score) {
        double times = score.rmse() / score.best().rmse();
        String best = score.baselines().size() == 1 ? score.best().baseline().key() : "the best, " + score.best().baseline().key();
        return score.beatsBaselines() ? String.format(Locale.ROOT, "yes, RMSE %.1f %% below that of %s", 100 * (1 - times), best)
                : "NO, " + score.best().baseline().key() + " is as close or closer"
                        + (Double.isFinite(times) ? String.format(Locale.ROOT, ": RMSE %.3f times that", times) : "");
    }
}
