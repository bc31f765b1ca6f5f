package org.tidegate.task.forecast;

import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.Consumer;
import org.tidegate.Batch;
import org.tidegate.Model;
import org.tidegate.Session;
import org.tidegate.task.TrainingSource;

/** The batches of a training on a series: shuffled windows, or parallel streams; validated on the held-out end. */
final class ForecastSource implements TrainingSource {
    /** By which part of its loss the linear start must be beaten, times the number of held-out forecasts: so few tell nothing. */
    private static final double MARGIN = 6;
    /** Of many the part falls with the square of their number over this one. */
    private static final double MANY = 16;

    private final ForecasterReading reading;
    private final Model model;
    private final ForecastData data;
    private final Consumer<double[][]> calibration;
    private final Session session; // null if nothing is held out
    private final Batch batch;
    private OptionalDouble rmse = OptionalDouble.empty(); // of the last validation

    /** calibration: takes the errors {@code [forecasts][steps x targets]} of each validation, if the loss learns no intervals itself. */
    ForecastSource(ForecasterReading reading, Model model, ForecastData data, int threads, Consumer<double[][]> calibration) {
        this.reading = reading;
        this.model = model;
        this.data = data;
        this.calibration = calibration;
        session = data.heldOut() == 0 ? null : model.newSession();
        batch = model.newBatch();
        if (session != null) {
            session.setThreads(threads);
        }
    }

    @Override
    public long stepsPerEpoch() {
        return data.stepsPerEpoch();
    }

    @Override
    public void fill(long step, Batch to) {
        data.fill(step, to);
    }

    @Override
    public boolean forgetsState(long step) {
        return data.forgetsState(step);
    }

    /** The linear path begins as least squares have it: of many networks the one that few forecasts find best is so by chance. */
    @Override
    public double startMargin() {
        double count = Math.max(1, data.heldOut());
        return reading.setup().linear() > 0 ? Math.min(1, Math.min(MARGIN / count, MANY / count * MANY / count)) : 0;
    }

    /** What is held out is the nearest to what is to come. */
    @Override
    public void refitStart() {
        new LinearStart(reading, data.series()).put(model);
    }

    /**
     * The loss of the forecasts as they are answered. The errors of each step that is held out calibrate the intervals, also of forecasts
     * whose other steps are not.
     */
    @Override
    public OptionalDouble validate() {
        if (session == null) {
            return OptionalDouble.empty();
        }
        int from = data.firstPartlyHeldOut();
        int end = data.targets().length() - reading.setup().offset(0);
        List<Forecast> all = Arrays.stream(new ForecastReader(reading, session, batch).outputs(data.series(), from, end))
                .map(reading::forecast).toList();
        if (!reading.loss().givesQuantiles()) {
            calibration.accept(reading.errors(data.targets(), from, data.learned(), all));
        }
        int first = data.firstHeldOut();
        List<Forecast> forecasts = all.subList(first - from, first - from + data.heldOut());
        rmse = OptionalDouble.of(ForecastEvaluation.scores(reading, data.targets(), first, forecasts).get(0).rmse());
        return OptionalDouble.of(reading.loss(data.targets(), first, forecasts));
    }

    @Override
    public OptionalDouble figure() {
        return rmse;
    }

    @Override
    public void close() {
        if (session != null) {
            session.close();
        }
    }
}
