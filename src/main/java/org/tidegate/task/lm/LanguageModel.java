package org.tidegate.task.lm;

import java.io.IOException;
import java.nio.file.Path;
import org.tidegate.Model;
import org.tidegate.Precision;
import org.tidegate.data.Split;
import org.tidegate.data.TextStreams;
import org.tidegate.task.Fingerprint;
import org.tidegate.task.Trainable;
import org.tidegate.text.Vocabulary;
import org.tidegate.train.Training;
import org.tidegate.train.TrainingResult;
import org.tidegate.train.TrainingState;

/**
 * Learns to predict the next character or word of a text: a recurrent language model.
 *
 * <pre>{@code
 * String text = Files.readString(Path.of("notes.txt"));
 * try (LanguageModel model = LanguageModel.builder(Vocabulary.ofCodePoints(text)).build()) {
 *     model.train(text, Training.epochs(5).validation(0.1));
 *     model.save(Path.of("notes.safetensors"));
 * }
 * try (LanguageModelAnswers notes = LanguageModel.open(Path.of("notes.safetensors"), Precision.FLOAT32)) {
 *     System.out.println(notes.generate("Today ", 200, Sampling.temperature(0.8)));    // any number of threads may ask
 * }
 * }</pre>
 */
public final class LanguageModel extends Trainable<LanguageModelReading, LanguageModelAnswers> {
    /** The task's name. */
    public static final String TASK = "lm";
    /** The steps of truncated backpropagation through time where {@link Training#bptt} is not set. */
    public static final int BPTT = 50;

    private static final LanguageModelFormat FORMAT = new LanguageModelFormat();

    LanguageModel(LanguageModelReading reading, Model model) {
        super(FORMAT, reading, model);
    }

    /**
     * {@return a builder for a new model over the tokens of a vocabulary}
     *
     * @param vocabulary the tokens
     */
    public static LanguageModelBuilder builder(Vocabulary vocabulary) {
        return new LanguageModelBuilder(vocabulary);
    }

    /**
     * Loads a model to train it further: {@link LanguageModelFormat#load}. The caller closes it.
     *
     * @param file the model's file
     * @return the model
     * @throws org.tidegate.checkpoint.CheckpointException if the file is damaged or of another task; the message names the reason
     * @throws IOException if it cannot be read
     */
    public static LanguageModel load(Path file) throws IOException {
        return FORMAT.load(file);
    }

    /**
     * Opens a model's file for inference: {@link LanguageModelFormat#open(Path, Precision)}. The caller closes it.
     *
     * @param file the model's file
     * @param precision the precision of the weights
     * @return the answers
     * @throws org.tidegate.checkpoint.CheckpointException if the file is damaged or of another task; the message names the reason
     * @throws IOException if it cannot be read
     */
    public static LanguageModelAnswers open(Path file, Precision precision) throws IOException {
        return FORMAT.open(file, precision);
    }

    /**
     * Trains on a text; {@link Training#validation} of it, its end, is held out. A {@link Training#continued continued} training needs the
     * same text and settings; the number of epochs, the learning rate and what only watches may differ.
     *
     * @param text the text
     * @param given the settings of the training
     * @return how it ended
     * @throws IllegalArgumentException if the text is empty or too short, or a continued training's settings or data differ; nothing is
     *     changed then
     * @throws IllegalStateException if there is no training to continue, it is closed, or another thread is using it
     * @throws org.tidegate.train.DivergedException if the training diverges; it then saves nothing more
     * @throws org.tidegate.TidegateException if the optimizer's text is malformed
     * @throws IOException if a file cannot be written; found before the first step where possible
     */
    public TrainingResult train(String text, Training given) throws IOException {
        Training training = settled(given);
        if (text.isEmpty() || training.validation() == 0) {
            return learn(text, "", training);
        }
        Split split = Split.tail(text, training.validation());
        return learn(split.train(), split.heldOut(), training);
    }

    /**
     * Trains on a text as {@link #train(String, Training)}, validated on a held-out text of its own.
     *
     * @param text the text
     * @param heldOut validated on after every {@link Training#every}; may be empty
     * @param training the settings of the training
     * @return how it ended
     * @throws IllegalArgumentException also if {@link Training#validation} is set, or the held-out text has one token
     * @throws IOException if a file cannot be written; found before the first step where possible
     */
    public TrainingResult train(String text, String heldOut, Training training) throws IOException {
        if (training.validation() > 0) {
            throw new IllegalArgumentException("a held-out text is given, and validation " + training.validation()
                    + " asks to hold out a part of the other; choose one of both");
        }
        return learn(text, heldOut, settled(training));
    }

    private TrainingResult learn(String text, String heldOut, Training training) throws IOException {
        if (text.isEmpty()) {
            throw new IllegalArgumentException("the training text is empty");
        }
        int[] ids = reading().vocabulary().encode(text);
        int[] validated = reading().vocabulary().encode(heldOut);
        if (validated.length == 1) {
            throw new IllegalArgumentException("the validation text has 1 token; expected at least 2");
        }
        if (validated.length > 1) {
            reading().predictable(heldOut);
        }
        int before = training.isContinued() ? trainingSettings().map(TrainingState.Settings::bptt).orElse(BPTT) : BPTT;
        int bptt = training.bptt().orElse(before);
        TextStreams streams = new TextStreams(ids, training.batch(), bptt, training.seed());
        double charactersPerTarget = (double) text.codePointCount(0, text.length()) / ids.length;
        return train(training, bptt, Fingerprint.of(ids), true,
                () -> new TextSource(model(), streams, charactersPerTarget, validated, training.threads()));
    }
}
