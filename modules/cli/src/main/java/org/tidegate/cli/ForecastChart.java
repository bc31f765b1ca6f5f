package org.tidegate.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;
import org.tidegate.Precision;
import org.tidegate.data.Series;
import org.tidegate.task.Forecast;
import org.tidegate.task.ForecastIntervals;
import org.tidegate.task.ForecastSetup;
import org.tidegate.task.Forecaster;

/** Truth, forecast and the band in which the truth should lie, as a picture for each target. */
final class ForecastChart {
    /** More moments would be one blot. */
    private static final int MOST = 200;
    private static final int TRUTH = 5;
    private static final int SAID = 1;

    private final Forecaster model;
    private final int threads;
    private final Precision precision;

    ForecastChart(Forecaster model, int threads, Precision precision) {
        this.model = model;
        this.threads = threads;
        this.precision = precision;
    }

    /**
     * Draws the last moments of a series, each as it was forecast from the moments before it.
     *
     * @param from the first moment that may be drawn
     * @return the files, one for each target
     */
    List<Path> evaluation(Series series, int from, Path file) throws IOException {
        ForecastSetup setup = model.setup();
        int offset = setup.horizon() == 0 ? 0 : 1;
        int end = series.length() - offset;
        int first = Math.max(model.firstJudged(from), end - MOST);
        double[][] forecasts = model.forecasts(series, first, end, threads, precision);
        double[] moments = IntStream.range(first, end).mapToDouble(moment -> moment + offset).toArray();
        Series truth = series.select(setup.targets());
        List<Path> files = new ArrayList<>();
        for (int target = 0; target < setup.targets().size(); target++) {
            int which = target;
            double[] said = IntStream.range(0, forecasts.length).mapToDouble(i -> forecasts[i][which]).toArray();
            double[] were = IntStream.range(first, end).mapToDouble(moment -> truth.value(which, moment + offset)).toArray();
            LineChart picture = picture(target, offset == 0 ? "said at the same moment" : "forecast one moment before");
            Optional<ForecastIntervals> intervals = model.intervals();
            if (intervals.isPresent()) {
                double low = intervals.get().low()[target];
                double high = intervals.get().high()[target];
                picture.band(band(), moments, IntStream.range(0, said.length).mapToDouble(i -> said[i] + low).toArray(),
                    IntStream.range(0, said.length).mapToDouble(i -> said[i] + high).toArray(), SAID);
            }
            picture.curve("truth", moments, were, TRUTH, false).curve("forecast", moments, said, SAID, false);
            files.add(save(picture, target, file));
        }
        return files;
    }

    /** Draws the end of a series and what a forecast says comes next; the files, one for each target. */
    List<Path> next(Series series, Forecast forecast, Path file) throws IOException {
        ForecastSetup setup = model.setup();
        Series truth = series.select(setup.targets());
        int first = Math.max(0, series.length() - Math.max(3 * forecast.steps(), setup.window()));
        int last = series.length() - (setup.horizon() == 0 ? 1 : 0);
        double[] before = IntStream.range(first, series.length()).asDoubleStream().toArray();
        double[] after = IntStream.range(last, last + forecast.steps()).asDoubleStream().toArray();
        List<Path> files = new ArrayList<>();
        for (int target = 0; target < setup.targets().size(); target++) {
            int which = target;
            LineChart picture = picture(target, "what comes next");
            if (forecast.intervals().isPresent() && after.length > 1) {
                picture.band(band(), after, IntStream.range(0, after.length).mapToDouble(step -> forecast.low(step, which)).toArray(),
                    IntStream.range(0, after.length).mapToDouble(step -> forecast.high(step, which)).toArray(), SAID);
            } else if (forecast.intervals().isPresent()) {
                double[] ends = {forecast.low(0, which), forecast.high(0, which)};
                picture.curve(band(), new double[] {after[0], after[0]}, ends, SAID, true);
            }
            double[] were = IntStream.range(first, series.length()).mapToDouble(moment -> truth.value(which, moment)).toArray();
            double[] said = IntStream.range(0, after.length).mapToDouble(step -> forecast.value(step, which)).toArray();
            picture.curve("truth", before, were, TRUTH, false);
            picture.points("forecast", after, said, SAID);
            files.add(save(picture, target, file));
        }
        return files;
    }

    private LineChart picture(int target, String what) {
        String name = model.setup().targets().get(target);
        return new LineChart(name + ", " + what, "moment", name, false);
    }

    private String band() {
        return String.format(Locale.ROOT, "%.0f %% interval", 100 * model.intervals().orElseThrow().probability());
    }

    private Path save(LineChart picture, int target, Path file) throws IOException {
        Path own = model.setup().targets().size() == 1 ? file
            : OutputFile.beside(file, "-" + model.setup().targets().get(target).replaceAll("[^\\w.-]", "_") + ".png");
        picture.save(own);
        return own;
    }
}
