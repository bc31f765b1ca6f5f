package org.tidegate.task.forecast;

import java.util.List;
import java.util.Locale;
import org.tidegate.data.Series;
import org.tidegate.task.Answers;
import org.tidegate.task.Figures;
import org.tidegate.task.Workers;
import org.tidegate.task.forecast.ForecastEvaluation.Score;

/** Forecasts what follows a series, for any number of threads at once. */
public final class ForecasterAnswers extends Answers<ForecasterReading> {
    ForecasterAnswers(ForecasterReading reading, Workers workers) {
        super(reading, workers);
    }

    /**
     * What follows a series.
     *
     * @param series with the columns that a forecast needs, {@link ForecastSetup#needed}
     * @throws IllegalArgumentException if it lacks one, or is shorter than the window
     */
    public Forecast forecast(Series series) {
        return new Forecast(forecasts(series, series.length() - 1, series.length())[0], reading().setup().targets().size(),
                reading().intervals());
    }

    /**
     * The forecasts after each moment from one (inclusive) to another (exclusive), {@code [end - first][steps x targets]}; a forecast uses
     * nothing after its moment.
     *
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
     * Judges all forecasts that a series allows, once the window was read and each baseline has its value.
     *
     * @param series with all columns of the setup, {@link ForecastSetup#names}
     * @throws IllegalArgumentException if it lacks one or is too short
     */
    public ForecastEvaluation evaluate(Series series) {
        return evaluate(series, 0);
    }

    /**
     * As {@link #evaluate(Series)}, but only the forecasts of moments from one on: what lies before it is read, not judged.
     *
     * @param from the first moment that is judged
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

    /**
     * A stream that forecasts after each moment as it comes. The caller closes it.
     *
     * @throws IllegalStateException if the forecaster reads windows, not a stream, or this is closed
     */
    public ForecastStream stream() {
        if (!reading().setup().stateful()) {
            throw new IllegalStateException("This forecaster reads windows of " + reading().setup().window() + " moments, which carry no"
                    + " state; ask for the forecast of a series, or train one whose setup is stateful.");
        }
        return new ForecastStream(reading(), workers());
    }

    /** Those of a single target stand among the figures; all stand in a table. */
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
