package org.tidegate.task.forecast;

import java.nio.FloatBuffer;
import java.util.List;
import java.util.stream.IntStream;
import org.tidegate.Batch;
import org.tidegate.Session;
import org.tidegate.data.Series;

/**
 * Runs a forecaster's network over a series, in batches of windows or as one stream.
 *
 * @param session a session of the network, owned by the caller
 */
record ForecastReader(ForecasterReading reading, Session session, Batch batch) {
    /** Windows of a call, or steps of one over a stream: bounds its memory. */
    private static final int ROWS = 256;

    /**
     * The network's outputs after each moment from one (inclusive) to another (exclusive), {@link ForecasterReading#unscaled}. A
     * stateful forecaster reads from the series' first moment on.
     */
    double[][] outputs(Series series, int first, int end) {
        ForecastSetup setup = reading.setup();
        double[][] outputs = new double[end - first][];
        Series columns = setup.inputs(series);
        Series targets = setup.readsTargets() ? series.select(setup.targets()) : null;
        session.reset();
        session.setCarry(setup.stateful());
        int from = setup.stateful() ? 0 : first;
        for (int at = from; at < end; at += ROWS) {
            int count = Math.min(ROWS, end - at);
            if (setup.stateful()) {
                batch.equalLengths(ForecasterReading.AXIS, 1, count);
                reading.putInputs(columns, at, count, batch.writableReals(ForecasterReading.INPUTS), 0, 1);
            } else {
                batch.equalLengths(ForecasterReading.AXIS, count, setup.inputSteps());
                FloatBuffer rows = batch.writableReals(ForecasterReading.INPUTS);
                for (int n = 0; n < count; n++) {
                    reading.putInputs(columns, at + n - setup.inputSteps() + 1, setup.inputSteps(), rows, n, count);
                }
            }
            session.forward(batch);
            FloatBuffer output = FloatBuffer.wrap(session.output(ForecasterReading.FORECAST).toArray());
            for (int row = Math.max(0, first - at); row < count; row++) {
                int moment = at + row;
                outputs[moment - first] = reading.unscaled(output, row, reading.base(targets, moment));
            }
        }
        return outputs;
    }

    /** The network's outputs after the last moment of each series, of a forecaster that reads windows. */
    List<double[]> lastOutputs(List<Series> all) {
        ForecastSetup setup = reading.setup();
        session.reset();
        session.setCarry(false);
        batch.equalLengths(ForecasterReading.AXIS, all.size(), setup.inputSteps());
        FloatBuffer rows = batch.writableReals(ForecasterReading.INPUTS);
        for (int n = 0; n < all.size(); n++) {
            Series last = all.get(n).range(all.get(n).length() - setup.window(), all.get(n).length());
            reading.putInputs(setup.inputs(last), setup.window() - setup.inputSteps(), setup.inputSteps(), rows, n, all.size());
        }
        session.forward(batch);
        FloatBuffer output = FloatBuffer.wrap(session.output(ForecasterReading.FORECAST).toArray());
        return IntStream.range(0, all.size()).mapToObj(n -> {
            Series targets = setup.readsTargets() ? all.get(n).select(setup.targets()) : null;
            return reading.unscaled(output, n, reading.base(targets, all.get(n).length() - 1));
        }).toList();
    }
}
