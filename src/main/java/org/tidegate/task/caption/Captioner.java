package org.tidegate.task.caption;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.tidegate.Model;
import org.tidegate.Precision;
import org.tidegate.task.ExampleTrainable;

/**
 * Learns to caption images: an image's pixels start a decoder that writes words until the end sign (Vinyals et al. 2015, with a linear
 * layer where they have a convolutional network).
 *
 * <pre>{@code
 * List<CaptionedImage> examples = CaptionFiles.read(List.of(Path.of("digits")));
 * try (Captioner model = Captioner.builder(examples).hidden(128).build()) {
 *     model.train(examples, Training.epochs(20).batch(32).learningRate(3e-3).clipNorm(1).validation(0.1));
 *     model.save(Path.of("digits.safetensors"));
 * }
 * try (CaptionerAnswers digits = Captioner.open(Path.of("digits.safetensors"), Precision.FLOAT32)) {
 *     System.out.println(digits.caption(image));    // any number of threads may ask
 * }
 * }</pre>
 */
public final class Captioner extends ExampleTrainable<CaptionedImage, CaptionerReading, CaptionerAnswers> {
    /** The task's name. */
    public static final String TASK = "caption";

    private static final CaptionerFormat FORMAT = new CaptionerFormat();

    Captioner(CaptionerReading reading, Model model) {
        super(FORMAT, reading, model);
    }

    /**
     * {@return a builder for a new model whose vocabulary and image size are those of these examples}
     *
     * @param examples the training examples
     */
    public static CaptionerBuilder builder(List<CaptionedImage> examples) {
        return new CaptionerBuilder(examples);
    }

    /**
     * Loads a model to train it further: {@link CaptionerFormat#load}. The caller closes it.
     *
     * @param file the model's file
     * @return the model
     * @throws org.tidegate.checkpoint.CheckpointException if the file is damaged or of another task; the message names the reason
     * @throws IOException if it cannot be read
     */
    public static Captioner load(Path file) throws IOException {
        return FORMAT.load(file);
    }

    /**
     * Opens a model's file for inference: {@link CaptionerFormat#open(Path, Precision)}. The caller closes it.
     *
     * @param file the model's file
     * @param precision the precision of the weights
     * @return the answers
     * @throws org.tidegate.checkpoint.CheckpointException if the file is damaged or of another task; the message names the reason
     * @throws IOException if it cannot be read
     */
    public static CaptionerAnswers open(Path file, Precision precision) throws IOException {
        return FORMAT.open(file, precision);
    }
}
