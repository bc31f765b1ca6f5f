package org.tidegate.task.forecast;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.tidegate.data.Series;
import org.tidegate.task.Evaluation;
import org.tidegate.task.Figures;

/**
 * The evaluation of a forecaster on a series, beside its baselines ({@link ForecastBaseline}). All are measured at the same moments, in
 * the targets' own units. Values that stand for missing ones ({@link Series#isFilled}) are read, but are
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
     * @param baselines the errors of each baseline that the forecaster has, at least of persistence
     * @param coverage the share of truths within the prediction intervals, NaN if the forecaster has none
     * @param width the mean width of the prediction intervals, NaN if the forecaster has none
     */
    public record Score(String target, int step, double rmse, double mae, List<BaselineScore> baselines, double coverage,
            double width) {
        static final List<String> COLUMNS = Stream.of(Stream.of("target", "step", "rmse", "mae"),
                Arrays.stream(ForecastBaseline.values()).flatMap(each -> Stream.of(each.key() + "_rmse", each.key() + "_mae")),
                Stream.of("coverage", "width", "beats_persistence", "best_baseline", "beats_baselines"))
                .flatMap(columns -> columns).toList();

        /**
         * Takes a copy of the baselines.
         *
         * @param target its name
         * @param step the step of the forecast from 1 on; 0 for all steps together
         * @param rmse root mean squared error
         * @param mae mean absolute error
         * @param baselines the errors of each baseline that the forecaster has, at least of persistence
         * @param coverage the share of truths within the prediction intervals, NaN if the forecaster has none
         * @param width the mean width of the prediction intervals, NaN if the forecaster has none
         */
        public Score {
            baselines = List.copyOf(baselines);
        }

        /**
         * {@return the errors of a baseline; both NaN if the forecaster does not have it}
         *
         * @param baseline the baseline
         */
        public BaselineScore of(ForecastBaseline baseline) {
            return baselines.stream().filter(each -> each.baseline() == baseline).findFirst()
                    .orElse(new BaselineScore(baseline, Double.NaN, Double.NaN));
        }

        /** {@return the baseline with the least RMSE} */
        public BaselineScore best() {
            return baselines.stream().min(Comparator.comparingDouble(BaselineScore::rmse)).orElseThrow();
        }

        /** {@return the RMSE divided by that of the best baseline} */
        public double ratio() {
            return rmse / best().rmse();
        }

        /** {@return whether the forecasts' RMSE is below that of every baseline} */
        public boolean beatsBaselines() {
            return rmse < best().rmse();
        }

        /** {@return whether the forecasts' RMSE is below that of persistence} */
        public boolean beatsPersistence() {
            return rmse < of(ForecastBaseline.PERSISTENCE).rmse();
        }

        /** The cells of the {@link #COLUMNS}. */
        List<Object> row() {
            List<Object> row = new ArrayList<>(List.of(target, step, rmse, mae));
            Arrays.stream(ForecastBaseline.values()).map(this::of).forEach(each -> row.addAll(List.of(each.rmse(), each.mae())));
            row.addAll(List.of(coverage, width, beatsPersistence(), best().baseline().key(), beatsBaselines()));
            return row;
        }
    }

    /**
     * The errors of a baseline.
     *
     * @param baseline the baseline
     * @param rmse root mean squared error
     * @param mae mean absolute error
     */
    public record BaselineScore(ForecastBaseline baseline, double rmse, double mae) {
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
    static List<Score> scores(ForecasterReading reading, Series truth, int first, List<Forecast> forecasts) {
        List<Score> scores = new ArrayList<>();
        each(reading.setup(), (target, step, from, to) -> scores.add(score(reading, truth, first, forecasts, target, step, from, to)));
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

    /** Sums of errors. */
    private static final class Errors {
        private double squares;
        private double sizes;
        private int count;

        void add(double error) {
            squares += error * error;
            sizes += Math.abs(error);
            count++;
        }

        double rmse() {
            return Math.sqrt(squares / count);
        }

        double mae() {
            return sizes / count;
        }
    }

    private static Score score(ForecasterReading reading, Series truth, int first, List<Forecast> forecasts, int target, int number,
            int from, int to) {
        ForecastSetup setup = reading.setup();
        List<ForecastBaseline> baselines = ForecastBaseline.of(reading);
        Errors model = new Errors();
        List<Errors> others = baselines.stream().map(baseline -> new Errors()).toList();
        double widths = 0;
        int covered = 0;
        for (int i = 0; i < forecasts.size(); i++) {
            Forecast forecast = forecasts.get(i);
            int moment = first + i;
            for (int step = from; step < to; step++) {
                if (truth.isFilled(target, moment + setup.offset(step))) {
                    continue;
                }
                double value = truth.value(target, moment + setup.offset(step));
                model.add(value - forecast.value(step, target));
                for (int b = 0; b < baselines.size(); b++) {
                    others.get(b).add(value - baselines.get(b).value(reading, truth, target, moment, step));
                }
                widths += forecast.high(step, target) - forecast.low(step, target);
                covered += forecast.contains(step, target, value) ? 1 : 0;
            }
        }
        double coverage = Double.isNaN(widths) ? Double.NaN : (double) covered / model.count;
        List<BaselineScore> scores = new ArrayList<>();
        for (int b = 0; b < baselines.size(); b++) {
            scores.add(new BaselineScore(baselines.get(b), others.get(b).rmse(), others.get(b).mae()));
        }
        return new Score(setup.targets().get(target), number, model.rmse(), model.mae(), scores, coverage, widths / model.count);
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
