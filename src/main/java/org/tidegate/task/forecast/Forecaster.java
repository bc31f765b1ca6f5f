package org.tidegate.task.forecast;

import java.io.IOException;
import java.nio.file.Path;
import org.tidegate.Model;
import org.tidegate.Precision;
import org.tidegate.data.Series;
import org.tidegate.task.Trainable;
import org.tidegate.train.Training;
import org.tidegate.train.TrainingResult;

/**
 * Learns to forecast the next values of one or several columns of numbers from one or several columns: from a window of the last
 * moments, or as a stream whose state is carried along.
 *
 * <pre>{@code
 * ForecastSetup setup = ForecastSetup.of("temp").horizon(7).period(365);    // a week from the last 30 days
 * try (Forecaster model = Forecaster.builder(setup).build(series.range(0, series.length() * 9 / 10))) {
 *     model.train(series, Training.epochs(20).validation(0.1));
 *     model.save(Path.of("temp.safetensors"));
 * }
 * try (ForecasterAnswers temp = Forecaster.open(Path.of("temp.safetensors"), Precision.FLOAT32)) {
 *     Forecast week = temp.forecast(series);    // any number of threads may ask
 * }
 * }</pre>
 */
public final class Forecaster extends Trainable<ForecasterReading, ForecasterAnswers> {
    /** The task's name. */
    public static final String TASK = "forecast";

    private static final ForecasterFormat FORMAT = new ForecasterFormat();

    Forecaster(ForecasterReading reading, Model model) {
        super(FORMAT, reading, model);
    }

    /**
     * {@return a builder for a new model of these columns and targets}
     *
     * @param setup the setup
     * @throws IllegalArgumentException if settings of the setup exclude each other: a horizon of 0 with targets among the columns, or with
     *     {@link ForecastSetup#residual}
     */
    public static ForecasterBuilder builder(ForecastSetup setup) {
        return new ForecasterBuilder(setup);
    }

    /**
     * Loads a model to train it further: {@link ForecasterFormat#load}. The caller closes it.
     *
     * @param file the model's file
     * @return the model
     * @throws org.tidegate.checkpoint.CheckpointException if the file is damaged or of another task; the message names the reason
     * @throws IOException if it cannot be read
     */
    public static Forecaster load(Path file) throws IOException {
        return FORMAT.load(file);
    }

    /**
     * Opens a model's file for inference: {@link ForecasterFormat#open(Path, Precision)}. The caller closes it.
     *
     * @param file the model's file
     * @param precision the precision of the weights
     * @return the answers
     * @throws org.tidegate.checkpoint.CheckpointException if the file is damaged or of another task; the message names the reason
     * @throws IOException if it cannot be read
     */
    public static ForecasterAnswers open(Path file, Precision precision) throws IOException {
        return FORMAT.open(file, precision);
    }

    /**
     * Trains on a series; {@link Training#validation} of it, its end, is held out. The prediction intervals are taken from the errors
     * there ({@link ForecastIntervals}), anew with each validation, unless the loss gives quantiles itself.
     *
     * <p>A batch is {@link Training#batch} shuffled windows. As a stream the series is cut into {@code batch} parallel streams, each read
     * from its beginning to its end, with truncated backpropagation over the setup's window. A {@link Training#continued continued}
     * training needs the same series and settings; the number of epochs, the learning rate and what only watches may differ.
     *
     * @param series with the setup's columns and targets
     * @param given the settings of the training
     * @return how it ended
     * @throws IllegalArgumentException if the series lacks a column or is too short, {@link Training#bptt} is set, or a continued
     *     training's settings or data differ; nothing is changed then
     * @throws IllegalStateException if there is no training to continue, it is closed, or another thread is using it
     * @throws org.tidegate.train.DivergedException if the training diverges; it then saves nothing more
     * @throws org.tidegate.TidegateException if the optimizer's text is malformed
     * @throws IOException if a file cannot be written; found before the first step where possible
     */
    public TrainingResult train(Series series, Training given) throws IOException {
        Training training = settled(given);
        ForecastSetup setup = reading().setup();
        if (training.bptt().isPresent()) {
            throw new IllegalArgumentException("bptt " + training.bptt().getAsInt() + " means nothing for a forecaster: gradients flow over"
                    + " the window of its setup, " + setup.window() + "; leave it out");
        }
        ForecastData data = new ForecastData(reading(), series, training);
        return train(training, setup.stateful() ? setup.window() : 0, data.fingerprint(), setup.stateful(),
                () -> new ForecastSource(reading(), model(), data, training.threads(), this::calibrate));
    }

    /** {@return the hidden size of the network's recurrent layers} */
    public int hidden() {
        return (int) model().parameter((reading().setup().linear() > 0 ? LinearStart.RECURRENT : ForecasterReading.FORECAST) + ".weight")
                .shape()[1];
    }

    @Override
    protected boolean refitsStart() {
        return true;
    }

    private void calibrate(double[][] errors) {
        setReading(reading().with(ForecastIntervals.of(errors, reading().interval(), reading().setup().period())));
    }
}
