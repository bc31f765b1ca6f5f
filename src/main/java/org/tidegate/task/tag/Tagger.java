package org.tidegate.task.tag;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.tidegate.Model;
import org.tidegate.Precision;
import org.tidegate.task.ExampleTrainable;

/**
 * Learns a tag for every word of a sentence, its part of speech for example. A small recurrent network reads the letters of each
 * word, so that a word that was not in the training data is tagged by its spelling; a larger one reads the sentence in both directions.
 *
 * <pre>{@code
 * try (Tagger model = Tagger.builder(sentences).build()) {
 *     model.train(sentences, Training.epochs(12).batch(16).validation(0.1));
 *     model.save(Path.of("tagger.safetensors"));
 * }
 * try (TaggerAnswers tagger = Tagger.open(Path.of("tagger.safetensors"), Precision.FLOAT32)) {
 *     System.out.println(tagger.tag(List.of("The", "dog", "barks")));  // [DET, NOUN, VERB]; any number of threads may ask
 * }
 * }</pre>
 */
public final class Tagger extends ExampleTrainable<TaggedSentence, TaggerReading, TaggerAnswers> {
    /** The task's name. */
    public static final String TASK = "tag";

    private static final TaggerFormat FORMAT = new TaggerFormat();

    Tagger(TaggerReading reading, Model model) {
        super(FORMAT, reading, model);
    }

    /**
     * {@return a builder for a new model whose words, letters and tags are those of these sentences}
     *
     * @param sentences the training sentences
     * @throws IllegalArgumentException if there are no sentences
     */
    public static TaggerBuilder builder(List<TaggedSentence> sentences) {
        return new TaggerBuilder(sentences);
    }

    /**
     * Loads a model to train it further: {@link TaggerFormat#load}. The caller closes it.
     *
     * @param file the model's file
     * @return the model
     * @throws org.tidegate.checkpoint.CheckpointException if the file is damaged or of another task; the message names the reason
     * @throws IOException if it cannot be read
     */
    public static Tagger load(Path file) throws IOException {
        return FORMAT.load(file);
    }

    /**
     * Opens a model's file for inference: {@link TaggerFormat#open(Path, Precision)}. The caller closes it.
     *
     * @param file the model's file
     * @param precision the precision of the weights
     * @return the answers
     * @throws org.tidegate.checkpoint.CheckpointException if the file is damaged or of another task; the message names the reason
     * @throws IOException if it cannot be read
     */
    public static TaggerAnswers open(Path file, Precision precision) throws IOException {
        return FORMAT.open(file, precision);
    }
}
