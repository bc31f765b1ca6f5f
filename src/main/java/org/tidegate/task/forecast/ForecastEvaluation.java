package org.tidegate.task.forecast;

import java.util.ArrayList;
import java.util.List;
import org.tidegate.data.Series;
import org.tidegate.task.Evaluation;
import org.tidegate.task.Figures;

/**
 * The evaluation of a forecaster on a series, beside its baselines: the last value (persistence), and the value a season before. All are
 * measured at the same moments, in the targets' own units. Values that stand for missing ones ({@link Series#isFilled}) are read, but are
 * no truths.
 *
 * @param forecasts the number of forecasts
 * @param scores for each target one over all steps and, where there are several steps, one for each step
 * @param quantiles for each score one for each level; empty unless the forecaster was trained for quantiles
 * @param loss the mean loss that the forecaster was trained for, of scaled numbers
 * @param figures all figures
 */
public record ForecastEvaluation(int forecasts, List<Score> scores, List<QuantileScore> quantiles, double loss, Figures figures)
        implements Evaluation {

    /**
     * The errors of one target.
     *
     * @param target its name
     * @param step the step of the forecast from 1 on; 0 for all steps together
     * @param rmse root mean squared error
     * @param mae mean absolute error
     * @param persistenceRmse the RMSE of persistence
     * @param persistenceMae the MAE of persistence
     * @param seasonalRmse the RMSE of the value a season before, NaN if the forecaster has no period
     * @param coverage the share of truths within the prediction intervals, NaN if the forecaster has none
     * @param width the mean width of the prediction intervals, NaN if the forecaster has none
     */
    public record Score(String target, int step, double rmse, double mae, double persistenceRmse, double persistenceMae,
            double seasonalRmse, double coverage, double width) {
        static final List<String> COLUMNS = List.of("target", "step", "rmse", "mae", "persistence_rmse", "persistence_mae", "seasonal_rmse",
                "coverage", "width", "beats_persistence");

        /** {@return whether the forecasts' RMSE is below that of persistence} */
        public boolean beatsPersistence() {
            return rmse < persistenceRmse;
        }

        /** The cells of the {@link #COLUMNS}. */
        List<Object> row() {
            return List.of(target, step, rmse, mae, persistenceRmse, persistenceMae, seasonalRmse, coverage, width,
                    beatsPersistence());
        }
    }

    /**
     * One quantile of one target.
     *
     * @param target its name
     * @param step the step of the forecast from 1 on; 0 for all steps together
     * @param level the level τ
     * @param pinball the mean pinball loss, max(τ e, (τ − 1) e) of e = truth − quantile
     * @param persistencePinball that of the last value
     * @param below the share of truths below the quantile or at it; near the level where the quantiles are honest
     */
    public record QuantileScore(String target, int step, double level, double pinball, double persistencePinball, double below) {
        static final List<String> COLUMNS = List.of("target", "step", "level", "pinball", "persistence_pinball", "below");

        /** The cells of the {@link #COLUMNS}. */
        List<Object> row() {
            return List.of(target, step, level, pinball, persistencePinball, below);
        }
    }

    /**
     * Takes copies of the scores.
     *
     * @param forecasts the number of forecasts
     * @param scores for each target one over all steps and, where there are several steps, one for each step
     * @param quantiles for each score one for each level; empty unless the forecaster was trained for quantiles
     * @param loss the mean loss that the forecaster was trained for, of scaled numbers
     * @param figures all figures
     */
    public ForecastEvaluation {
        scores = List.copyOf(scores);
        quantiles = List.copyOf(quantiles);
    }

    /** {@return the scores over all steps, one for each target} */
    public List<Score> overall() {
        return scores.stream().filter(score -> score.step() == 0).toList();
    }

    /**
     * Scores forecasts; truths that are missing do not count.
     *
     * @param truth the targets alone, in their order
     * @param first the last moment that the first forecast read; the others follow one by one
     */
    static List<Score> scores(ForecastSetup setup, Series truth, int first, List<Forecast> forecasts) {
        List<Score> scores = new ArrayList<>();
        each(setup, (target, step, from, to) -> scores.add(score(setup, truth, first, forecasts, target, step, from, to)));
        return scores;
    }

    /** Scores the quantiles of forecasts, as {@link #scores}; none if they have none. */
    static List<QuantileScore> quantileScores(ForecastSetup setup, Series truth, int first, List<Forecast> forecasts) {
        List<QuantileScore> scores = new ArrayList<>();
        List<Double> levels = forecasts.get(0).quantiles().map(ForecastQuantiles::levels).orElse(List.of());
        each(setup, (target, step, from, to) -> {
            for (int level = 0; level < levels.size(); level++) {
                scores.add(score(setup, truth, first, forecasts, target, step, from, to, levels.get(level), level));
            }
        });
        return scores;
    }

    /** What is scored together: steps from one (inclusive) to another (exclusive) of a target, under the number of a step, or 0. */
    @FunctionalInterface
    private interface Group {
        void of(int target, int step, int from, int to);
    }

    /** For each target all steps, and where there are several each step. */
    private static void each(ForecastSetup setup, Group group) {
        for (int target = 0; target < setup.targets().size(); target++) {
            group.of(target, 0, 0, setup.steps());
            for (int step = 0; step < setup.steps() && setup.steps() > 1; step++) {
                group.of(target, step + 1, step, step + 1);
            }
        }
    }

    private static Score score(ForecastSetup setup, Series truth, int first, List<Forecast> forecasts, int target, int number, int from,
            int to) {
        double squares = 0;
        double sizes = 0;
        double persistenceSquares = 0;
        double persistenceSizes = 0;
        double seasonalSquares = 0;
        double widths = 0;
        int covered = 0;
        int count = 0;
        for (int i = 0; i < forecasts.size(); i++) {
            Forecast forecast = forecasts.get(i);
            int moment = first + i;
            for (int step = from; step < to; step++) {
                if (truth.isFilled(target, moment + setup.offset(step))) {
                    continue;
                }
                count++;
                double value = truth.value(target, moment + setup.offset(step));
                double error = value - forecast.value(step, target);
                double persistence = value - setup.persistence(truth, target, moment);
                double seasonal = setup.period() == 0 ? Double.NaN : value - setup.seasonal(truth, target, moment, step);
                squares += error * error;
                sizes += Math.abs(error);
                persistenceSquares += persistence * persistence;
                persistenceSizes += Math.abs(persistence);
                seasonalSquares += seasonal * seasonal;
                widths += forecast.high(step, target) - forecast.low(step, target);
                covered += forecast.contains(step, target, value) ? 1 : 0;
            }
        }
        double coverage = Double.isNaN(widths) ? Double.NaN : (double) covered / count;
        return new Score(setup.targets().get(target), number, Math.sqrt(squares / count), sizes / count,
                Math.sqrt(persistenceSquares / count), persistenceSizes / count, Math.sqrt(seasonalSquares / count), coverage,
                widths / count);
    }

    private static QuantileScore score(ForecastSetup setup, Series truth, int first, List<Forecast> forecasts, int target, int number,
            int from, int to, double level, int position) {
        double pinball = 0;
        double persistence = 0;
        int below = 0;
        int count = 0;
        for (int i = 0; i < forecasts.size(); i++) {
            for (int step = from; step < to; step++) {
                if (truth.isFilled(target, first + i + setup.offset(step))) {
                    continue;
                }
                count++;
                double value = truth.value(target, first + i + setup.offset(step));
                double quantile = forecasts.get(i).quantile(position, step, target);
                pinball += ForecastLoss.pinball(value - quantile, level);
                persistence += ForecastLoss.pinball(value - setup.persistence(truth, target, first + i), level);
                below += value <= quantile ? 1 : 0;
            }
        }
        return new QuantileScore(setup.targets().get(target), number, level, pinball / count, persistence / count, (double) below / count);
    }
}
