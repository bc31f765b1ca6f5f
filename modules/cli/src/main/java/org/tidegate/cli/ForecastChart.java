package org.tidegate.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;
import org.tidegate.data.Series;
import org.tidegate.data.TimeAxis;
import org.tidegate.task.forecast.Forecast;
import org.tidegate.task.forecast.ForecastBaseline;
import org.tidegate.task.forecast.ForecastSetup;
import org.tidegate.task.forecast.ForecasterAnswers;

/** Truth, forecast, prediction interval and the best baseline, as a picture for each target. */
final class ForecastChart {
    /** More moments would overlap. */
    private static final int MOST = 200;
    private static final int TRUTH = 5;
    private static final int FORECAST = 1;
    private static final int BASELINE = 3;

    private final ForecasterAnswers answers;
    private final ForecastSetup setup;

    ForecastChart(ForecasterAnswers answers) {
        this.answers = answers;
        setup = answers.reading().setup();
    }

    /**
     * Draws the last moments of a series, each as it was forecast from the moments before it.
     *
     * @param from the first moment that may be drawn
     * @return the files, one for each target
     */
    List<Path> evaluation(Series series, int from, Path file) throws IOException {
        int offset = setup.horizon() == 0 ? 0 : 1;
        int end = series.length() - offset;
        int first = Math.max(setup.firstJudged(from), end - MOST);
        List<Forecast> forecasts = answers.forecasts(series, first, end);
        Optional<TimeScale> scale = series.times().map(axis -> TimeScale.between(axis.at(first + offset), axis.at(end + offset - 1)));
        double[] moments = places(series, scale, first + offset, end + offset);
        Series truth = series.select(setup.targets());
        List<Path> files = new ArrayList<>();
        for (int target = 0; target < setup.targets().size(); target++) {
            int which = target;
            double[] predicted = forecasts.stream().mapToDouble(forecast -> forecast.value(0, which)).toArray();
            double[] were = IntStream.range(first, end).mapToDouble(moment -> truth.value(which, moment + offset)).toArray();
            LineChart picture = picture(scale, target, offset == 0 ? "forecast at the same moment" : "forecast one moment before");
            if (hasIntervals(forecasts.get(0))) {
                picture.band(band(forecasts.get(0)), moments, forecasts.stream().mapToDouble(forecast -> forecast.low(0, which)).toArray(),
                        forecasts.stream().mapToDouble(forecast -> forecast.high(0, which)).toArray(), FORECAST);
            }
            picture.curve("truth", moments, were, TRUTH, false).curve("forecast", moments, predicted, FORECAST, false);
            ForecastBaseline best = best(series, were, first, end, which);
            picture.curve(best.key(), moments, baseline(best, series, first, end, which), BASELINE, true);
            files.add(save(picture, target, file));
        }
        return files;
    }

    /** Of all baselines the one that is nearest to the truths of a target. */
    private ForecastBaseline best(Series series, double[] truths, int first, int end, int target) {
        return answers.baselines().stream().min(Comparator.comparingDouble(each -> {
            double[] values = baseline(each, series, first, end, target);
            return IntStream.range(0, values.length).mapToDouble(i -> (values[i] - truths[i]) * (values[i] - truths[i])).sum();
        })).orElseThrow();
    }

    private double[] baseline(ForecastBaseline baseline, Series series, int first, int end, int target) {
        return Arrays.stream(answers.baseline(baseline, series, first, end)).mapToDouble(forecast -> forecast[target]).toArray();
    }

    /** Draws the end of a series and what is forecast to come next; the files, one for each target. */
    List<Path> next(Series series, Forecast forecast, Path file) throws IOException {
        Series truth = series.select(setup.targets());
        int first = Math.max(0, series.length() - Math.max(3 * forecast.steps(), setup.window()));
        int last = series.length() - (setup.horizon() == 0 ? 1 : 0);
        Optional<TimeScale> scale = forecast.times().map(
                axis -> TimeScale.between(series.times().orElseThrow().at(first), axis.at(axis.length() - 1)));
        double[] before = places(series, scale, first, series.length());
        double[] after = forecast.times().map(axis -> places(axis, scale.orElseThrow(), 0, axis.length()))
                .orElseGet(() -> IntStream.range(last, last + forecast.steps()).asDoubleStream().toArray());
        List<Path> files = new ArrayList<>();
        for (int target = 0; target < setup.targets().size(); target++) {
            int which = target;
            LineChart picture = picture(scale, target, "what comes next");
            if (hasIntervals(forecast) && after.length > 1) {
                picture.band(band(forecast), after,
                        IntStream.range(0, after.length).mapToDouble(step -> forecast.low(step, which)).toArray(),
                        IntStream.range(0, after.length).mapToDouble(step -> forecast.high(step, which)).toArray(), FORECAST);
            } else if (hasIntervals(forecast)) {
                double[] ends = {forecast.low(0, which), forecast.high(0, which)};
                picture.curve(band(forecast), new double[] {after[0], after[0]}, ends, FORECAST, true);
            }
            double[] were = IntStream.range(first, series.length()).mapToDouble(moment -> truth.value(which, moment)).toArray();
            double[] predicted = IntStream.range(0, after.length).mapToDouble(step -> forecast.value(step, which)).toArray();
            picture.curve("truth", before, were, TRUTH, false);
            picture.points("forecast", after, predicted, FORECAST);
            files.add(save(picture, target, file));
        }
        return files;
    }

    private LineChart picture(Optional<TimeScale> scale, int target, String what) {
        String name = setup.targets().get(target);
        LineChart picture = new LineChart(name + ", " + what, scale.isPresent() ? "" : "moment", name, false);
        return scale.map(picture::over).orElse(picture);
    }

    /** Where moments stand on the x axis: by their times, or by their numbers. */
    private static double[] places(Series series, Optional<TimeScale> scale, int from, int to) {
        return scale.map(each -> places(series.times().orElseThrow(), each, from, to))
                .orElseGet(() -> IntStream.range(from, to).asDoubleStream().toArray());
    }

    private static double[] places(TimeAxis axis, TimeScale scale, int from, int to) {
        return IntStream.range(from, to).mapToDouble(moment -> scale.place(axis.at(moment))).toArray();
    }

    private static boolean hasIntervals(Forecast forecast) {
        return !Double.isNaN(forecast.probability());
    }

    private static String band(Forecast forecast) {
        return String.format(Locale.ROOT, "%.0f %% interval", 100 * forecast.probability());
    }

    private Path save(LineChart picture, int target, Path file) throws IOException {
        Path own = setup.targets().size() == 1 ? file
            : OutputFile.beside(file, "-" + setup.targets().get(target).replaceAll("[^\\w.-]", "_") + ".png");
        picture.save(own);
        return own;
    }
}
