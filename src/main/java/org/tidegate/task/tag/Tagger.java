package org.tidegate.task.tag;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.tidegate.Model;
import org.tidegate.Precision;
import org.tidegate.task.ExampleTrainable;

/**
 * Learns a tag for every word of a sentence, its part of speech for example. A small recurrent network spells each word, so that an ending
 * says something of a word never seen; a larger one reads the sentence in both directions.
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
     * A builder for a new model that knows the words, letters and tags of these sentences.
     *
     * @throws IllegalArgumentException if there is no sentence
     */
    public static TaggerBuilder builder(List<TaggedSentence> sentences) {
        return new TaggerBuilder(sentences);
    }

    /** Loads a model to train it further: {@link TaggerFormat#load}. The caller closes it. */
    public static Tagger load(Path file) throws IOException {
        return FORMAT.load(file);
    }

    /** Opens a model's file to answer with it: {@link TaggerFormat#open(Path, Precision)}. The caller closes it. */
    public static TaggerAnswers open(Path file, Precision precision) throws IOException {
        return FORMAT.open(file, precision);
    }
}
