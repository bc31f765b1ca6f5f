package org.tidegate.task;

import java.nio.FloatBuffer;
import org.tidegate.Batch;
import org.tidegate.Network;
import org.tidegate.Session;
import org.tidegate.data.Series;

/**
 * Reads series with a forecaster's network, in windows side by side or as one stream, and tells its forecasts in the targets' units.
 */
final class ForecastReader implements AutoCloseable {
    /** Windows of a call, or steps of one over a stream: bounds its memory. */
    private static final int ROWS = 256;

    private final ForecastSetup setup;
    private final ForecastScaling scaling;
    private final Session session;
    private final Batch batch;

    ForecastReader(Network network, ForecastSetup setup, ForecastScaling scaling, int threads) {
        this.setup = setup;
        this.scaling = scaling;
        session = Sessions.of(network, threads);
        session.setCarry(setup.stateful());
        batch = network.newBatch();
    }

    /**
     * The forecasts after each moment from one (inclusive) to another (exclusive), {@code [end - first][steps x targets]}. A stateful
     * forecaster reads from the series' first moment on.
     */
    double[][] forecasts(Series series, int first, int end) {
        double[][] forecasts = new double[end - first][];
        Series inputs = series.select(setup.columns());
        Series targets = setup.residual() ? series.select(setup.targets()) : null;
        session.reset();
        int from = setup.stateful() ? 0 : first;
        for (int at = from; at < end; at += ROWS) {
            int count = Math.min(ROWS, end - at);
            if (setup.stateful()) {
                batch.equalLengths(Forecaster.AXIS, 1, count);
                scaling.inputs(inputs, at, count, batch.writableReals(Forecaster.INPUTS), 0, 1);
            } else {
                batch.equalLengths(Forecaster.AXIS, count, setup.window());
                FloatBuffer rows = batch.writableReals(Forecaster.INPUTS);
                for (int n = 0; n < count; n++) {
                    scaling.inputs(inputs, at + n - setup.window() + 1, setup.window(), rows, n, count);
                }
            }
            session.forward(batch);
            FloatBuffer said = session.output(Forecaster.FORECAST).buffer();
            for (int row = Math.max(0, first - at); row < count; row++) {
                forecasts[at + row - first] = scaling.forecast(said, row, targets, at + row);
            }
        }
        return forecasts;
    }

    @Override
    public void close() {
        session.close();
    }
}
