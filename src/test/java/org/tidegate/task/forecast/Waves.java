package org.tidegate.task.forecast;

import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.tidegate.checkpoint.CheckpointException;
import org.tidegate.data.Series;
import org.tidegate.train.Training;

/** Small series for the tests. */
final class Waves {
    /** Settings with which a small model learns the wave. */
    static final Training FAST = Training.epochs(15).batch(16).learningRate(1e-2).validation(0.2);

    private Waves() {}

    /** A wave of 12 moments with some noise, and one of 30 that does not help to forecast it. */
    static Series of(int length, double noise) {
        Random random = new Random(1);
        double[] wave = IntStream.range(0, length)
                .mapToDouble(t -> 20 + 5 * Math.sin(2 * Math.PI * t / 12) + noise * random.nextGaussian()).toArray();
        double[] other = IntStream.range(0, length).mapToDouble(t -> Math.cos(2 * Math.PI * t / 30)).toArray();
        return Series.of(List.of("wave", "other"), wave, other);
    }

    /** The wave from both columns, in windows of its period. */
    static ForecastSetup setup() {
        return ForecastSetup.of(List.of("wave", "other"), List.of("wave")).window(12).period(12);
    }

    static Forecaster trained(ForecastSetup setup, Series series, Training training) throws IOException {
        return trained(Forecaster.builder(setup).hidden(12), series, training);
    }

    static Forecaster trained(ForecasterBuilder builder, Series series, Training training) throws IOException {
        Forecaster model = builder.build(series);
        try {
            model.train(series, training);
            return model;
        } catch (IOException | RuntimeException | Error e) {
            model.close();
            throw e;
        }
    }

    /** What loading a file with this reading says. */
    static String refusedFile(Forecaster model, Path file, String reading) throws IOException {
        write(model, file, reading);
        return assertThrows(CheckpointException.class, () -> Forecaster.load(file)).getMessage();
    }

    static void write(Forecaster model, Path file, String reading) throws IOException {
        model.model().save(file, writer -> writer.metadata("task", Forecaster.TASK).metadata("reading", reading));
    }
}
