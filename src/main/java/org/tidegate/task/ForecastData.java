package org.tidegate.task;

import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.zip.CRC32;
import org.tidegate.Batch;
import org.tidegate.data.Series;
import org.tidegate.data.SeriesStreams;

/** The series that a forecaster is trained on: what it learns from, what is held out, and how both come into batches. */
final class ForecastData {
    private final ForecastSetup setup;
    private final ForecastScaling scaling;
    private final Series series;
    private final Series inputs;
    private final Series targets;
    private final int learned;

    /** learned: how many moments from the beginning on are learned from. */
    ForecastData(ForecastScaling scaling, Series series, int learned) {
        this.scaling = scaling;
        this.setup = scaling.setup();
        this.series = series;
        this.learned = learned;
        inputs = series.select(setup.columns());
        targets = series.select(setup.targets());
    }

    void checkLongEnough(boolean holdsOut) {
        if (examples() < 1 || holdsOut && heldOut() < 1) {
            throw new IllegalArgumentException("the series has " + learned + " moments to learn from and "
                + (series.length() - learned)
                + " held out; a window of " + setup.window() + " and a horizon of " + setup.horizon() + " take at least "
                + (setup.window() + setup.lastOffset()) + " and " + setup.steps()
                + ". Give a longer series, or a smaller window or horizon");
        }
    }

    Series series() {
        return series;
    }

    /** The targets alone. */
    Series targets() {
        return targets;
    }

    /** How many windows there are to learn from, each with its forecast. */
    int examples() {
        return learned - setup.lastOffset() - (setup.window() - 1);
    }

    /** How many moments of a stream there are to learn from. */
    int moments() {
        return learned - setup.lastOffset();
    }

    /** The last moment that the first forecast of a held-out moment reads. */
    int firstHeldOut() {
        return Math.max(learned - setup.offset(0), setup.window() - 1);
    }

    /** How many forecasts are wholly of held-out moments; 0 if nothing is held out. */
    int heldOut() {
        return learned == series.length() ? 0 : series.length() - setup.lastOffset() - firstHeldOut();
    }

    /** Writes the windows of these numbers. */
    void fill(Batch batch, int[] windows) {
        batch.equalLengths(Forecaster.AXIS, windows.length, setup.window());
        FloatBuffer read = batch.writableReals(Forecaster.INPUTS);
        FloatBuffer truth = batch.writableReals(Forecaster.TRUTH);
        for (int n = 0; n < windows.length; n++) {
            scaling.inputs(inputs, windows[n], setup.window(), read, n, windows.length);
            scaling.truth(targets, windows[n] + setup.window() - 1, truth, n);
        }
    }

    /** Writes the chunks of a step's streams. */
    void fill(Batch batch, SeriesStreams streams, long step) {
        batch.equalLengths(Forecaster.AXIS, streams.streams(), streams.steps());
        FloatBuffer read = batch.writableReals(Forecaster.INPUTS);
        FloatBuffer truth = batch.writableReals(Forecaster.TRUTH);
        for (int n = 0; n < streams.streams(); n++) {
            int start = streams.start(step, n);
            scaling.inputs(inputs, start, streams.steps(), read, n, streams.streams());
            for (int t = 0; t < streams.steps(); t++) {
                scaling.truth(targets, start + t, truth, t * streams.streams() + n);
            }
        }
    }

    /** What tells this training from others: the setup and the numbers learned from. */
    String fingerprint() {
        CRC32 crc = new CRC32();
        for (Series part : new Series[] {inputs, targets}) {
            ByteBuffer bytes = ByteBuffer.allocate(Double.BYTES * part.names().size());
            for (int t = 0; t < learned; t++) {
                bytes.clear();
                for (int c = 0; c < part.names().size(); c++) {
                    bytes.putDouble(part.value(c, t));
                }
                crc.update(bytes.flip());
            }
        }
        return learned + " moments, CRC-32 " + String.format("%08x", crc.getValue()) + ", " + setup;
    }
}
