package org.tidegate.task.forecast;

import java.util.List;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.tidegate.data.CalendarFeature;
import org.tidegate.data.Scaler;
import org.tidegate.data.Series;
import org.tidegate.data.TimeAxis;

/**
 * Chooses the calendar features of a forecaster: those with which a linear autoregression of the targets, fitted to the first part of a
 * training series, errs least on the rest of it.
 */
final class CalendarChoice {
    /** The part that the regressions are fitted to. */
    private static final double FITTED = 0.8;
    /** How much smaller than without features the mean squared error shall be. */
    private static final double BETTER = 0.99;
    /** The last moments that are looked at, and the fewest. */
    private static final int MOST = 20_000;
    private static final int LEAST = 40;
    private static final int LAGS = 30;
    private static final int MOMENTS_OF_A_LAG = 10;

    private final ForecastSetup setup;
    private final Series targets;
    private final TimeAxis times;
    private final int lags;
    private final Scaler scale;
    private final List<CalendarFeature> known;

    private CalendarChoice(ForecastSetup setup, Series series) {
        this.setup = setup;
        Series last = series.range(Math.max(0, series.length() - MOST), series.length());
        targets = last.select(setup.targets());
        times = last.times().orElseThrow();
        lags = Math.max(1, Math.min(Math.min(LAGS, setup.inputSteps()), last.length() / MOMENTS_OF_A_LAG));
        scale = Scaler.of(Math.max(1, last.length() - setup.history()), IntStream.range(0, setup.targets().size()).mapToObj(target ->
                (IntToDoubleFunction) i -> setup.transforms().get(target).at(at -> targets.value(target, at), setup.history() + i,
                        setup.period())).toArray(IntToDoubleFunction[]::new));
        known = CalendarFeature.of(series.times().orElseThrow());
    }

    /** The features for a training series, without what is held out; none if it has no times, or none helps. */
    static List<CalendarFeature> of(ForecastSetup setup, Series series) {
        return series.times().isEmpty() || series.length() < LEAST + setup.history() ? List.of() : new CalendarChoice(setup, series).best();
    }

    private List<CalendarFeature> best() {
        int fitted = (int) (targets.length() * FITTED);
        List<LeastSquares> early = IntStream.range(0, setup.targets().size()).mapToObj(target -> sums(target, 0, fitted)).toList();
        List<LeastSquares> late = IntStream.range(0, setup.targets().size())
                .mapToObj(target -> sums(target, fitted, targets.length())).toList();
        if (Stream.concat(early.stream(), late.stream()).anyMatch(sums -> sums.rows() <= lags)) {
            return List.of();
        }
        List<CalendarFeature> best = List.of();
        double least = BETTER;
        for (int set = 1; set < 1 << known.size(); set++) {
            int chosen = set;
            List<CalendarFeature> some = IntStream.range(0, known.size()).filter(i -> (chosen >> i & 1) == 1).mapToObj(known::get).toList();
            double error = IntStream.range(0, early.size()).mapToDouble(target -> error(early.get(target), late.get(target), some)
                    / Math.max(Double.MIN_NORMAL, error(early.get(target), late.get(target), List.of()))).average().orElseThrow();
            if (error < least) {
                least = error;
                best = some;
            }
        }
        return best;
    }

    private double error(LeastSquares early, LeastSquares late, List<CalendarFeature> some) {
        int[] read = IntStream.concat(IntStream.range(0, lags), some.stream().mapToInt(known::indexOf)
                .flatMap(feature -> IntStream.of(lags + 2 * feature, lags + 2 * feature + 1))).toArray();
        return late.error(early.weights(read), read);
    }

    /** Rows of lags, sines and cosines after the moments from one (inclusive) to another (exclusive), and the first step's truth. */
    private LeastSquares sums(int target, int from, int to) {
        LeastSquares sums = new LeastSquares(lags + 2 * known.size());
        ForecastTransform transform = setup.transforms().get(target);
        int offset = setup.offset(0);
        int last = offset - 1; // from a moment to the last one whose target is known
        double[] row = new double[lags + 2 * known.size() + 1];
        for (int moment = Math.max(from, setup.history() + lags); moment < to && moment + offset < targets.length(); moment++) {
            if (targets.isFilled(target, moment + offset)) {
                continue;
            }
            for (int lag = 0; lag < lags; lag++) {
                row[lag] = scale.scale(target, transform.at(at -> targets.value(target, at), moment + last - lag, setup.period()));
            }
            int next = lags;
            for (CalendarFeature feature : known) {
                row[next++] = feature.sine(times.at(moment));
                row[next++] = feature.cosine(times.at(moment));
            }
            row[next] = ForecasterReading.truth(setup, targets, moment, 0, target) / scale.deviation()[target];
            sums.add(row);
        }
        return sums;
    }
}
