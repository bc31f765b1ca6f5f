package org.tidegate.task.fill;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.tidegate.Model;
import org.tidegate.Precision;
import org.tidegate.task.ExampleTrainable;

/**
 * Learns to fill in the missing word of a sentence (the cloze task) from both sides: from the state of a layer that has read the words
 * before it from left to right, and that of a layer that has read the words after it from right to left. In training every word of a
 * sentence is missing once, in one forward pass.
 *
 * <pre>{@code
 * try (FillIn model = FillIn.builder(sentences).build()) {
 *     model.train(sentences, Training.epochs(8).batch(16).validation(0.1));
 *     model.save(Path.of("fill.safetensors"));
 * }
 * try (FillInAnswers gaps = FillIn.open(Path.of("fill.safetensors"), Precision.FLOAT32)) {
 *     System.out.println(gaps.fill(Cloze.parse("I plan to __ a new one."), 5));    // any number of threads may ask
 * }
 * }</pre>
 *
 * <p>Sentences are lists of words as {@link Cloze#words} makes them: lower-cased, each punctuation mark a word.
 */
public final class FillIn extends ExampleTrainable<List<String>, FillInReading, FillInAnswers> {
    /** The task's name. */
    public static final String TASK = "fill";

    private static final FillInFormat FORMAT = new FillInFormat();

    FillIn(FillInReading reading, Model model) {
        super(FORMAT, reading, model);
    }

    /**
     * {@return a builder for a new model whose vocabulary is the words of these sentences}
     *
     * @param sentences the training sentences
     * @throws IllegalArgumentException if there are no sentences
     */
    public static FillInBuilder builder(List<List<String>> sentences) {
        return new FillInBuilder(sentences);
    }

    /**
     * Loads a model to train it further: {@link FillInFormat#load}. The caller closes it.
     *
     * @param file the model's file
     * @return the model
     * @throws org.tidegate.checkpoint.CheckpointException if the file is damaged or of another task; the message names the reason
     * @throws IOException if it cannot be read
     */
    public static FillIn load(Path file) throws IOException {
        return FORMAT.load(file);
    }

    /**
     * Opens a model's file for inference: {@link FillInFormat#open(Path, Precision)}. The caller closes it.
     *
     * @param file the model's file
     * @param precision the precision of the weights
     * @return the answers
     * @throws org.tidegate.checkpoint.CheckpointException if the file is damaged or of another task; the message names the reason
     * @throws IOException if it cannot be read
     */
    public static FillInAnswers open(Path file, Precision precision) throws IOException {
        return FORMAT.open(file, precision);
    }
}
