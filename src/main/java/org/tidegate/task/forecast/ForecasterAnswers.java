package org.tidegate.task.forecast;

import java.util.List;
import java.util.Locale;
import org.tidegate.data.Series;
import org.tidegate.task.Answers;
import org.tidegate.task.Figures;
import org.tidegate.task.Workers;
import org.tidegate.task.forecast.ForecastEvaluation.Score;

/** Forecasts series, for any number of threads at once. */
public final class ForecasterAnswers extends Answers<ForecasterReading> {
    ForecasterAnswers(ForecasterReading reading, Workers workers) {
        super(reading, workers);
    }

    /**
     * {@return the forecast after the last moment of a series}
     *
     * @param series a series with the columns of {@link ForecastSetup#needed}
     * @throws IllegalArgumentException if it lacks one, or is shorter than the window
     */
    public Forecast forecast(Series series) {
        return new Forecast(forecasts(series, series.length() - 1, series.length())[0], reading().setup().targets().size(),
                reading().intervals());
    }

    /**
     * {@return the forecasts after each moment of a range, {@code [end - first][steps x targets]}} A forecast reads nothing after its
     * moment.
     *
     * @param series a series with the columns of {@link ForecastSetup#needed}
     * @param first the first moment
     * @param end one past the last moment
     * @throws IllegalArgumentException as {@link #forecast}, of the moments up to the first one; or if there are no such moments
     */
    public double[][] forecasts(Series series, int first, int end) {
        int window = reading().setup().window();
        if (first < window - 1 || end > series.length() || first >= end) {
            throw new IllegalArgumentException("there are " + series.length() + " moments; a forecast reads the " + window
                    + " up to its own, so forecasts after the moments " + first + " to " + (end - 1) + " cannot be made");
        }
        return with(worker -> new ForecastReader(reading(), worker.session(), worker.batch()).forecasts(series, first, end));
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
        double[][] forecasts = forecasts(series, first, end);
        double loss = reading().loss(reading().errors(targets, first, forecasts));
        List<Score> scores = ForecastEvaluation.scores(setup, targets, first, forecasts, reading().intervals());
        return new ForecastEvaluation(forecasts.length, scores, loss, figures(forecasts.length, loss, scores));
    }

    /** The scores of a single target are figures; those of all targets are a table. */
    private Figures figures(int forecasts, double loss, List<Score> scores) {
        Figures.Builder figures = figures(forecasts, loss);
        if (reading().setup().targets().size() == 1) {
            Score all = scores.get(0);
            figures.put("target", all.target()).put("rmse", all.rmse(), text(all.rmse())).put("mae", all.mae(), text(all.mae()))
                    .put("persistence_rmse", all.persistenceRmse(), text(all.persistenceRmse()) + ", of the last value again")
                    .put("persistence_mae", all.persistenceMae(), text(all.persistenceMae()))
                    .put("beats_persistence", all.beatsPersistence(), verdict(all));
            if (reading().setup().period() > 0) {
                figures.put("seasonal_rmse", all.seasonalRmse(),
                        text(all.seasonalRmse()) + ", of the value " + reading().setup().period() + " before");
            }
            if (reading().intervals().isPresent()) {
                figures.put("coverage", all.coverage(), String.format(Locale.ROOT, "%.1f %%", 100 * all.coverage()));
            }
        }
        reading().intervals().ifPresentOrElse(intervals -> figures.put("probability", intervals.probability(),
                String.format(Locale.ROOT, "%.0f %% of the truths shall lie in the intervals", 100 * intervals.probability())),
                () -> figures.put("coverage", Double.NaN, "no intervals: nothing was held out in the training"));
        return figures.table("scores", Score.COLUMNS, scores.stream().map(Score::row).toList()).build();
    }

    private static String text(double value) {
        return String.format(Locale.ROOT, "%.4g", value);
    }

    private static String verdict(Score score) {
        double times = score.rmse() / score.persistenceRmse();
        return score.beatsPersistence() ? String.format(Locale.ROOT, "yes, RMSE %.1f %% below the last value's", 100 * (1 - times))
                : "NO, the last value again is as close or closer"
                        + (Double.isFinite(times) ? String.format(Locale.ROOT, ": RMSE %.3f times that", times) : "");
    }
}
