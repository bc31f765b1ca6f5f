package org.tidegate.task;

import java.io.IOException;
import java.nio.IntBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.tidegate.Batch;
import org.tidegate.Model;
import org.tidegate.Precision;
import org.tidegate.text.Vocabulary;

/**
 * Tells which class a text belongs to: many to one. The text's tokens, one-hot or embedded, go through recurrent layers in one or both
 * directions; one row is made of all steps; a softmax over the classes answers.
 *
 * <pre>{@code
 * List<LabelledText> examples = LabelledColumns.LABEL_THEN_TEXT.read(Path.of("train.tsv"));
 * try (Classifier model = Classifier.builder(examples).build()) {
 *     model.train(examples, List.of(), Training.epochs(8));
 *     System.out.println(model.classify("what a lovely day").get(0));
 *     model.save(Path.of("mood.safetensors"));
 * }
 * }</pre>
 *
 * <p>For one thread at a time. Holds native memory until it is closed; closing twice is harmless.
 */
public final class Classifier extends ExampleModel<LabelledText> {
    /** The task's name. */
    public static final String TASK = "classify";
    /** The graph's input of tokens. */
    static final String TOKENS = "tokens";
    /** The graph's input of classes, one for each sequence. */
    static final String LABEL = "label";
    /** The graph's output {@code [N,K]}, unnormalised log probabilities of the classes. */
    static final String LOGITS = "logits";
    /** The graph's only axis. */
    static final String AXIS = "text";

    private final ClassifierReading reading;

    Classifier(ClassifierReading reading, Model model) {
        super(model);
        this.reading = reading;
    }

    /**
     * A builder for a new model that learns from these examples: their labels are its classes, their tokens its vocabulary.
     *
     * @throws IllegalArgumentException if they have fewer than two labels
     */
    public static ClassifierBuilder builder(List<LabelledText> examples) {
        return new ClassifierBuilder(examples);
    }

    /**
     * Loads a model, to use it, or to train it further from where its parameters stand. The caller closes it.
     *
     * @throws org.tidegate.checkpoint.CheckpointException if the file is damaged or holds no classifier; the message says why
     * @throws IOException if it cannot be read
     */
    public static Classifier load(Path file) throws IOException {
        return TaskFile.load(file, TASK, ClassifierFile::read);
    }

    /**
     * Loads a model with the state of its training: the next training goes on where that one stopped. The caller closes it.
     *
     * @throws org.tidegate.checkpoint.CheckpointException as {@link #load}, or if the file holds no state of a training
     * @throws IOException if it cannot be read
     */
    public static Classifier resume(Path file) throws IOException {
        return TaskFile.resume(file, TASK, ClassifierFile::read);
    }

    @Override
    public String task() {
        return TASK;
    }

    @Override
    public String target() {
        return "text";
    }

    @Override
    public String describe() {
        return "a classifier of " + labels().size() + " labels over a vocabulary of " + vocabulary();
    }

    /** The classes, sorted; a class's position is its id. */
    public List<String> labels() {
        return reading.labels();
    }

    /** The tokens that the model knows. */
    public Vocabulary vocabulary() {
        return reading.vocabulary();
    }

    /** Whether texts are put into lower case before they are read. */
    public boolean lowerCase() {
        return reading.lowerCase();
    }

    /** The share of the tokens that training replaces by the unknown token. */
    public double wordDropout() {
        return reading.wordDropout();
    }

    /** Where in the files that it was made for the labels and the texts stand. */
    public LabelledColumns columns() {
        return reading.columns();
    }

    /**
     * The classes of a text by decreasing probability.
     *
     * @throws IllegalArgumentException if the text has no token
     */
    public List<LabelProbability> classify(String text) {
        try (FrozenClassifier frozen = freeze(1, Precision.FLOAT32)) {
            return frozen.classify(text);
        }
    }

    /**
     * The form of the model that answers many texts, as its parameters are now. The caller closes it.
     *
     * @param threads how many threads the native core may use
     * @param precision the numbers of the weights
     * @throws IllegalArgumentException if the number of threads is not positive
     */
    public FrozenClassifier freeze(int threads, Precision precision) {
        return new FrozenClassifier(reading, Sessions.frozen(model(), threads, precision));
    }

    /**
     * Measures the model on examples that it was not trained on.
     *
     * @throws IllegalArgumentException if there is none, one has no token, or a label is none of {@link #labels}; the message says
     *     where
     */
    public ClassifierEvaluation evaluate(List<LabelledText> examples) {
        return evaluate(examples, 1, Precision.FLOAT32);
    }

    /** As {@link #evaluate(List)}, with several threads and the weights in a precision. */
    public ClassifierEvaluation evaluate(List<LabelledText> examples, int threads, Precision precision) {
        try (FrozenClassifier frozen = freeze(threads, precision)) {
            return frozen.evaluate(examples);
        }
    }

    @Override
    protected Map<String, String> metadata() {
        return ClassifierFile.metadata(reading);
    }

    /** Each must have a known label and at least one token. */
    @Override
    protected void check(LabelledText example) {
        reading.label(example);
        reading.tokens(example);
    }

    @Override
    protected int length(LabelledText example) {
        return reading.tokens(example).length;
    }

    @Override
    protected void fill(Batch batch, List<LabelledText> examples) {
        reading.fill(batch, examples.stream().map(reading::tokens).toList());
        labels(batch, examples);
    }

    @Override
    protected void fill(Batch batch, List<LabelledText> examples, RandomGenerator random) {
        reading.fill(batch, examples.stream().map(example -> reading.dropped(reading.tokens(example), random)).toList());
        labels(batch, examples);
    }

    @Override
    protected String fingerprint(List<LabelledText> examples) {
        return Fingerprint.of(examples.size(), "texts", examples.stream().flatMap(each -> Stream.of(each.label(), each.text())));
    }

    private void labels(Batch batch, List<LabelledText> examples) {
        IntBuffer labels = batch.writableIds(LABEL);
        for (LabelledText example : examples) {
            labels.put(reading.label(example));
        }
    }
}
