package org.tidegate.task;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.tidegate.data.Series;

/**
 * How well a forecaster forecasts a series, beside what costs nothing: saying the last value again (persistence), or the one of a
 * season before. All are judged on the same moments, in the targets' own units.
 *
 * @param forecasts how many forecasts were judged
 * @param scores for each target one over all steps, and where there are several steps, then one for each step
 */
public record ForecastEvaluation(int forecasts, List<Score> scores) {

    /**
     * The figures of one target.
     *
     * @param target its name
     * @param step the step of the forecast from 1 on; 0 for all steps together
     * @param rmse root mean squared error
     * @param mae mean absolute error
     * @param persistenceRmse of saying the last value again
     * @param persistenceMae likewise
     * @param seasonalRmse of saying the value of a season before, NaN if the forecaster knows no period
     * @param coverage the share of truths that lay in the forecasts' intervals, NaN if the forecaster has none
     */
    public record Score(String target, int step, double rmse, double mae, double persistenceRmse, double persistenceMae,
            double seasonalRmse, double coverage) {

        /** Whether the forecasts are closer to the truth than the last value is. */
        public boolean beatsPersistence() {
            return rmse < persistenceRmse;
        }
    }

    /** Takes a copy of the scores. */
    public ForecastEvaluation {
        scores = List.copyOf(scores);
    }

    /** The scores over all steps, one for each target. */
    public List<Score> overall() {
        return scores.stream().filter(score -> score.step() == 0).toList();
    }

    /**
     * Judges forecasts.
     *
     * @param truth the targets alone, in their order
     * @param first the last moment that the first forecast had read; the others follow one by one
     */
    static ForecastEvaluation of(ForecastSetup setup, Series truth, int first, double[][] forecasts,
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
        return new ForecastEvaluation(forecasts.length, scores);
    }

    /** Truth minus forecast, {@code [forecasts][steps x targets]}. */
    static double[][] errors(ForecastSetup setup, Series truth, int first, double[][] forecasts) {
        int targets = setup.targets().size();
        double[][] errors = new double[forecasts.length][setup.outputs()];
        for (int i = 0; i < forecasts.length; i++) {
            for (int o = 0; o < errors[i].length; o++) {
                errors[i][o] = truth.value(o % targets, first + i + setup.offset(o / targets)) - forecasts[i][o];
            }
        }
        return errors;
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
