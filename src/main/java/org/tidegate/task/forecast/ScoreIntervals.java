package org.tidegate.task.forecast;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.tidegate.data.Series;
import org.tidegate.metrics.Bootstrap;

/**
 * The confidence intervals of a target's figures over all steps, by drawing forecasts again in blocks of those that follow one another:
 * their errors overlap over the horizon, and go on after it. A block is the horizon and the third root of the number of forecasts long.
 */
final class ScoreIntervals {
    private static final int SQUARES = 0;
    private static final int SIZES = 1;
    private static final int COVERED = 2;
    private static final int COUNT = 3;
    private static final int BASELINES = 4; // their squares, one after another

    private final Bootstrap forecasts;
    private final int baselines;

    private ScoreIntervals(Bootstrap forecasts, int baselines) {
        this.forecasts = forecasts;
        this.baselines = baselines;
    }

    /**
     * Takes forecasts; truths that are missing do not count.
     *
     * @param truth the targets alone, in their order
     * @param first the last moment that the first forecast read; the others follow one by one
     */
    static ScoreIntervals of(ForecasterReading reading, Series truth, int first, List<Forecast> forecasts, int target) {
        ForecastSetup setup = reading.setup();
        List<ForecastBaseline> baselines = ForecastBaseline.of(reading);
        Bootstrap drawn = Bootstrap.blocks(block(setup.lastOffset(), forecasts.size()));
        for (int i = 0; i < forecasts.size(); i++) {
            int moment = first + i;
            double[] sums = new double[BASELINES + baselines.size()];
            for (int step = 0; step < setup.steps(); step++) {
                if (truth.isFilled(target, moment + setup.offset(step))) {
                    continue;
                }
                double value = truth.value(target, moment + setup.offset(step));
                double error = value - forecasts.get(i).value(step, target);
                sums[SQUARES] += error * error;
                sums[SIZES] += Math.abs(error);
                sums[COVERED] += forecasts.get(i).contains(step, target, value) ? 1 : 0;
                sums[COUNT]++;
                for (int b = 0; b < baselines.size(); b++) {
                    double other = value - baselines.get(b).value(reading, truth, target, moment, step);
                    sums[BASELINES + b] += other * other;
                }
            }
            drawn.add(sums);
        }
        return new ScoreIntervals(drawn, baselines.size());
    }

    /** The length of a block. */
    static int block(int horizon, int forecasts) {
        return Math.max(1, horizon) - 1 + (int) Math.ceil(Math.cbrt(forecasts));
    }

    Optional<Bootstrap.Interval> rmse() {
        return forecasts.interval(sums -> Math.sqrt(sums[SQUARES] / sums[COUNT]));
    }

    Optional<Bootstrap.Interval> mae() {
        return forecasts.interval(sums -> sums[SIZES] / sums[COUNT]);
    }

    /** Of the RMSE divided by that of the baseline that is the best of the forecasts drawn. */
    Optional<Bootstrap.Interval> ratio() {
        return forecasts.interval(sums -> Math.sqrt(sums[SQUARES]
                / IntStream.range(0, baselines).mapToDouble(b -> sums[BASELINES + b]).min().orElse(Double.NaN)));
    }

    Optional<Bootstrap.Interval> coverage() {
        return forecasts.interval(sums -> sums[COVERED] / sums[COUNT]);
    }
}
