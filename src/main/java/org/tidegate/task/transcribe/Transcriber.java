package org.tidegate.task.transcribe;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.tidegate.Model;
import org.tidegate.Precision;
import org.tidegate.audio.Recording;
import org.tidegate.task.ExampleTrainable;

/**
 * Learns to transcribe speech, letter by letter: log-mel features → recurrent layers → logits of letters and the blank, trained with CTC,
 * which needs no alignment of letters and time. Graves, Fernández, Gomez and Schmidhuber, "Connectionist temporal classification", 2006.
 *
 * <pre>{@code
 * List<Recording> recordings = RecordingIndex.read(Path.of("digits.tsv"), RecordingIndex.Columns.USUAL);
 * try (Transcriber model = Transcriber.builder(recordings).hidden(128).build()) {
 *     model.train(recordings, Training.epochs(100).batch(16).learningRate(5e-3));
 *     model.save(Path.of("digits.safetensors"));
 * }
 * try (TranscriberAnswers digits = Transcriber.open(Path.of("digits.safetensors"), Precision.FLOAT32)) {
 *     System.out.println(digits.transcribe(AudioFile.read(Path.of("seven.wav"))).text());    // any number of threads may ask
 * }
 * }</pre>
 */
public final class Transcriber extends ExampleTrainable<Recording, TranscriberReading, TranscriberAnswers> {
    /** The task's name. */
    public static final String TASK = "transcribe";

    private static final TranscriberFormat FORMAT = new TranscriberFormat();

    Transcriber(TranscriberReading reading, Model model) {
        super(FORMAT, reading, model);
    }

    /**
     * {@return a builder for a new model whose letters, sample rate and feature scales are those of these recordings}
     *
     * @param training the training recordings
     * @throws IllegalArgumentException if there are no recordings
     */
    public static TranscriberBuilder builder(List<Recording> training) {
        return new TranscriberBuilder(training);
    }

    /**
     * Loads a model to train it further: {@link TranscriberFormat#load}. The caller closes it.
     *
     * @param file the model's file
     * @return the model
     * @throws org.tidegate.checkpoint.CheckpointException if the file is damaged or of another task; the message names the reason
     * @throws IOException if it cannot be read
     */
    public static Transcriber load(Path file) throws IOException {
        return FORMAT.load(file);
    }

    /**
     * Opens a model's file for inference: {@link TranscriberFormat#open(Path, Precision)}. The caller closes it.
     *
     * @param file the model's file
     * @param precision the precision of the weights
     * @return the answers
     * @throws org.tidegate.checkpoint.CheckpointException if the file is damaged or of another task; the message names the reason
     * @throws IOException if it cannot be read
     */
    public static TranscriberAnswers open(Path file, Precision precision) throws IOException {
        return FORMAT.open(file, precision);
    }
}
