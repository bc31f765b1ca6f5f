package org.tidegate.task.forecast;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.tidegate.data.Series;
import org.tidegate.task.Evaluation;
import org.tidegate.task.Figures;

/**
 * The evaluation of a forecaster on a series, beside its baselines: the last value (persistence), and the value a season before. All are
 * measured at the same moments, in the targets' own units.
 *
 * @param forecasts the number of forecasts
 * @param scores for each target one over all steps and, where there are several steps, one for each step
 * @param loss the mean squared error of the scaled forecasts
 * @param figures all figures
 */
public record ForecastEvaluation(int forecasts, List<Score> scores, double loss, Figures figures) implements Evaluation {

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
     */
    public record Score(String target, int step, double rmse, double mae, double persistenceRmse, double persistenceMae,
            double seasonalRmse, double coverage) {
        static final List<String> COLUMNS = List.of("target", "step", "rmse", "mae", "persistence_rmse", "persistence_mae", "seasonal_rmse",
                "coverage", "beats_persistence");

        /** {@return whether the forecasts' RMSE is below that of persistence} */
        public boolean beatsPersistence() {
            return rmse < persistenceRmse;
        }

        /** The cells of the {@link #COLUMNS}. */
        List<Object> row() {
            return List.of(target, step, rmse, mae, persistenceRmse, persistenceMae, seasonalRmse, coverage, beatsPersistence());
        }
    }

    /**
     * Takes a copy of the scores.
     *
     * @param forecasts the number of forecasts
     * @param scores for each target one over all steps and, where there are several steps, one for each step
     * @param loss the mean squared error of the scaled forecasts
     * @param figures all figures
     */
    public ForecastEvaluation {
        scores = List.copyOf(scores);
    }

    /** {@return the scores over all steps, one for each target} */
    public List<Score> overall() {
        return scores.stream().filter(score -> score.step() == 0).toList();
    }

    /**
     * Scores forecasts.
     *
     * @param truth the targets alone, in their order
     * @param first the last moment that the first forecast read; the others follow one by one
     */
    static List<Score> scores(ForecastSetup setup, Series truth, int first, double[][] forecasts,
            Optional<ForecastIntervals> intervals) {
        List<Score> scores = new ArrayList<>();
        for (int target = 0; target < setup.targets().size(); target++) {
            Sums all = new Sums(setup, truth, target, intervals);
            List<Score> steps = new ArrayList<>();
            for (int step = 0; step < setup.steps(); step++) {
                Sums one = new Sums(setup, truth, target, intervals);
                for (int i = 0; i < forecasts.length; i++) {
                    one.add(first + i, step, forecasts[i]);
                    all.add(first + i, step, forecasts[i]);
                }
                steps.add(one.score(step + 1));
            }
            scores.add(all.score(0));
            if (steps.size() > 1) {
                scores.addAll(steps);
            }
        }
        return scores;
    }

    private static final class Sums {
        private final ForecastSetup setup;
        private final Series truth;
        private final int target;
        private final Optional<ForecastIntervals> intervals;
        private int count;
        private int covered;
        private double squares;
        private double sizes;
        private double persistenceSquares;
        private double persistenceSizes;
        private double seasonalSquares;

        Sums(ForecastSetup setup, Series truth, int target, Optional<ForecastIntervals> intervals) {
            this.setup = setup;
            this.truth = truth;
            this.target = target;
            this.intervals = intervals;
        }

        void add(int moment, int step, double[] forecast) {
            int output = step * setup.targets().size() + target;
            double value = truth.value(target, moment + setup.offset(step));
            double error = value - forecast[output];
            double persistence = value - setup.persistence(truth, target, moment);
            double seasonal = setup.period() == 0 ? Double.NaN : value - setup.seasonal(truth, target, moment, step);
            count++;
            squares += error * error;
            sizes += Math.abs(error);
            persistenceSquares += persistence * persistence;
            persistenceSizes += Math.abs(persistence);
            seasonalSquares += seasonal * seasonal;
            covered += intervals.isPresent() && intervals.get().contains(output, forecast[output], value) ? 1 : 0;
        }

        Score score(int step) {
            return new Score(setup.targets().get(target), step, Math.sqrt(squares / count), sizes / count,
                    Math.sqrt(persistenceSquares / count), persistenceSizes / count, Math.sqrt(seasonalSquares / count),
                    intervals.isEmpty() ? Double.NaN : (double) covered / count);
        }
    }
}
