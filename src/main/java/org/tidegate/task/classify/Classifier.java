package org.tidegate.task.classify;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.tidegate.Model;
import org.tidegate.Precision;
import org.tidegate.task.ExampleReading;
import org.tidegate.task.ExampleTrainable;
import org.tidegate.train.Training;

/**
 * Learns which class a text belongs to: many to one. The text's tokens, one-hot or embedded, go through recurrent layers in one or both
 * directions; one row is made of all steps; a softmax over the classes answers. Or which labels a text has, any number of them ({@link
 * ClassifierBuilder#multiLabel}): then each label has a sigmoid of its own.
 *
 * <pre>{@code
 * List<LabelledText> examples = LabelledColumns.LABEL_THEN_TEXT.read(Path.of("train.tsv"));
 * try (Classifier model = Classifier.builder(examples).build()) {
 *     model.train(examples, Training.epochs(8).validation(0.1));
 *     model.save(Path.of("mood.safetensors"));
 * }
 * try (ClassifierAnswers mood = Classifier.open(Path.of("mood.safetensors"), Precision.FLOAT32)) {
 *     System.out.println(mood.classify("what a lovely day").get(0));    // any number of threads may ask
 * }
 * }</pre>
 */
public final class Classifier extends ExampleTrainable<LabelledText, ClassifierReading, ClassifierAnswers> {
    /** The task's name. */
    public static final String TASK = "classify";
    /** The probability from which on a text has a label where it may have several, unless another one is asked for. */
    public static final double THRESHOLD = 0.5;

    private static final double MARGIN = 0.3; // of the loss, by the root of the held-out texts

    private static final ClassifierFormat FORMAT = new ClassifierFormat();

    private boolean uncounted;
    private boolean measuring;
    private boolean startsFitted; // the training that runs
    private WidePath path; // of what the model has counted, where that holds what is held out; else null
    private double naiveBayes; // of the training that runs

    Classifier(ClassifierReading reading, Model model) {
        this(reading, model, false);
    }

    /** Of a model whose wide path has counted nothing yet, or not. */
    Classifier(ClassifierReading reading, Model model, boolean uncounted) {
        super(FORMAT, reading, model);
        this.uncounted = uncounted;
    }

    /**
     * {@return a builder for a new model whose classes are the labels of these examples, and whose vocabulary is their tokens}
     *
     * @param examples the training examples
     * @throws IllegalArgumentException if there are none, or none has a label
     */
    public static ClassifierBuilder builder(List<LabelledText> examples) {
        return new ClassifierBuilder(examples);
    }

    /**
     * Loads a model to train it further: {@link ClassifierFormat#load}. The caller closes it.
     *
     * @param file the model's file
     * @return the model
     * @throws org.tidegate.checkpoint.CheckpointException if the file is damaged or of another task; the message names the reason
     * @throws IOException if it cannot be read
     */
    public static Classifier load(Path file) throws IOException {
        return FORMAT.load(file);
    }

    /**
     * Opens a model's file for inference: {@link ClassifierFormat#open(Path, Precision)}. The caller closes it.
     *
     * @param file the model's file
     * @param precision the precision of the weights
     * @return the answers
     * @throws org.tidegate.checkpoint.CheckpointException if the file is damaged or of another task; the message names the reason
     * @throws IOException if it cannot be read
     */
    public static ClassifierAnswers open(Path file, Precision precision) throws IOException {
        return FORMAT.open(file, precision);
    }

    /** Learns the words of the texts by naive Bayes too, the baseline. */
    @Override
    protected void starts(List<LabelledText> examples, List<LabelledText> heldOut, Training training) {
        if (heldOut.isEmpty() || !training.isContinued()) {
            setReading(reading().with(1, Optional.empty()));
        }
        boolean all = reading().wide() == Wide.ALL;
        boolean counts = reading().wide() != Wide.OFF && uncounted;
        startsFitted = counts || reading().wide() != Wide.OFF && training.isContinued();
        path = null;
        if (counts || all) {
            WidePath found = new WidePath(reading(), Stream.concat(examples.stream(), all ? heldOut.stream() : Stream.empty()));
            if (counts) {
                found.put(model());
            }
            path = all && (counts || found.isOf(model())) ? found : null;
        }
        uncounted = false;
        measuring = training.isMeasuring();
        naiveBayes = heldOut.isEmpty() ? 0 : reading().naiveBayes(examples, heldOut, path != null);
    }

    /** A wide path answers before the first step. What few held-out texts find a little better is so by chance. */
    @Override
    protected double startMargin(int heldOut) {
        return startsFitted ? MARGIN / Math.sqrt(heldOut) : 0;
    }

    /** Sets the temperature of the probabilities, and how much the wide path counts. */
    @Override
    protected void validated(ExampleReading.Score<LabelledText> score) {
        ClassifierScore made = (ClassifierScore) score;
        if (reading().wide() != Wide.OFF) {
            if (path != null) {
                made.leaveOut(path);
            }
            if (measuring) {
                made.keepShare(WidePath.share(model()));
            } else {
                WidePath.setShare(model(), made.share());
            }
        }
        setReading(reading().with(made.temperature(), Optional.of(new HeldOutFigures(made.texts(), made.value(), naiveBayes))));
    }
}
