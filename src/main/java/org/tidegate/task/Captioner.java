package org.tidegate.task;

import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.tidegate.Batch;
import org.tidegate.Model;
import org.tidegate.Precision;
import org.tidegate.Session;
import org.tidegate.checkpoint.Checkpoint;
import org.tidegate.checkpoint.CheckpointException;
import org.tidegate.data.GreyImage;
import org.tidegate.decode.BeamSearch;
import org.tidegate.decode.Hypothesis;
import org.tidegate.metrics.EditDistance;
import org.tidegate.text.Vocabulary;

/**
 * Says what an image shows: its pixels start a decoder that writes words until the end sign (Vinyals et al. 2015, with a linear layer
 * where they have a convolutional network).
 *
 * <pre>{@code
 * try (Captioner model = Captioner.builder(examples).hidden(128).build()) {
 *     model.train(examples, heldOut, Training.epochs(20).batch(32).learningRate(3e-3).clipNorm(1));
 *     System.out.println(model.caption(image));
 * }
 * }</pre>
 *
 * <p>For one thread at a time.
 */
public final class Captioner extends ExampleModel<CaptionedImage> {
    /** The task's name in a model's file. */
    public static final String TASK = "caption";

    static final String AXIS = "caption";
    static final String IMAGE = "image";
    static final String WORDS = "words";
    static final String NEXT = "next";
    static final String LOGITS = "logits";

    private static final String VOCABULARY = "vocabulary";
    private static final String SHAPE = "image_shape";
    private static final int ROWS = 64; // of a step
    private static final float BRIGHTEST = 255;

    private final Vocabulary vocabulary;
    private final Shape shape;

    /**
     * What it takes: the size of its images, the words of a caption with the end at most, the shift in training, and images of images.
     */
    record Shape(int rows, int columns, int maximumLength, int shift, SideBySide sideBySide) {
        static Shape parse(Checkpoint checkpoint) throws CheckpointException {
            String text = checkpoint.require(SHAPE);
            if (!text.matches("([1-9][0-9]{0,8} ){3}[0-9]{1,9} [1-9][0-9]?(-[1-9][0-9]?)?")) {
                throw new CheckpointException(checkpoint.path() + " says that " + SHAPE + " is \"" + text
                        + "\"; expected rows, columns, words, shift and images side by side");
            }
            String[] numbers = text.split(" ");
            int[] sizes = Arrays.stream(numbers).limit(4).mapToInt(Integer::parseInt).toArray();
            try {
                return new Shape(sizes[0], sizes[1], sizes[2], sizes[3], SideBySide.parse(numbers[4]));
            } catch (IllegalArgumentException e) {
                throw new CheckpointException(checkpoint.path() + ": " + e.getMessage(), e);
            }
        }

        @Override
        public String toString() {
            return rows + " " + columns + " " + maximumLength + " " + shift + " " + sideBySide;
        }
    }

    Captioner(Vocabulary vocabulary, Shape shape, Model model) {
        super(model);
        this.vocabulary = vocabulary;
        this.shape = shape;
    }

    /** A builder for the words and the sizes of these examples. */
    public static CaptionerBuilder builder(List<CaptionedImage> examples) {
        return new CaptionerBuilder(examples);
    }

    /**
     * Loads a model to use it or to train it on new data. The caller closes it.
     *
     * @throws CheckpointException if the file is damaged or is of another task
     * @throws IOException if it cannot be read
     */
    public static Captioner load(Path file) throws IOException {
        return OldTaskFile.load(file, TASK, Captioner::read);
    }

    /**
     * Loads a model to go on with its training.
     *
     * @throws CheckpointException as {@link #load}, or if the file holds no state of a training
     * @throws IOException if it cannot be read
     */
    public static Captioner resume(Path file) throws IOException {
        return OldTaskFile.resume(file, TASK, Captioner::read);
    }

    private static Captioner read(Checkpoint checkpoint) throws IOException {
        Vocabulary vocabulary = OldTaskFile.vocabulary(checkpoint, VOCABULARY);
        Shape shape = Shape.parse(checkpoint);
        return OldTaskFile.checked(checkpoint, "captioner", model -> {
            long pixels = model.value(IMAGE).columns();
            long scores = model.value(LOGITS).columns();
            if (pixels != (long) shape.rows() * shape.columns() || scores != vocabulary.size() || vocabulary.endId() < 0) {
                throw new IllegalArgumentException("its graph reads " + pixels + " pixels and gives " + scores + " scores, its images"
                        + " have " + shape.rows() + " x " + shape.columns() + " pixels and its vocabulary " + vocabulary.size()
                        + " words");
            }
            return new Captioner(vocabulary, shape, model);
        });
    }

    static List<String> words(String caption) {
        return EditDistance.words(caption);
    }

    /** The words that it writes. */
    public Vocabulary vocabulary() {
        return vocabulary;
    }

    /** The height of the images that it takes at most. */
    public int rows() {
        return shape.rows();
    }

    /** The width of the images that it takes at most. */
    public int columns() {
        return shape.columns();
    }

    /** By how many pixels its training shifts an image at most. */
    public int shift() {
        return shape.shift();
    }

    /** How its training put images side by side, so that its evaluation does the same. */
    public SideBySide sideBySide() {
        return shape.sideBySide();
    }

    /** The likeliest caption, found greedily. */
    public String caption(GreyImage image) {
        return caption(List.of(image), BeamSearch.greedy(), 1, Precision.FLOAT32).get(0).get(0);
    }

    /**
     * Captions of images. Smaller images than it has learned from stand in the upper left.
     *
     * @return for each image its best captions, as many as the search says, best first
     * @throws IllegalArgumentException if an image is too large
     */
    public List<List<String>> caption(List<GreyImage> images, BeamSearch search, int threads, Precision precision) {
        List<List<String>> captions = new ArrayList<>(images.size());
        int group = Math.max(1, ROWS / search.beam());
        try (Session session = Sessions.frozen(model(), threads, precision)) {
            for (int from = 0; from < images.size(); from += group) {
                search(session, images.subList(from, Math.min(from + group, images.size())),
                        search.without(vocabulary.beginId()))
                        .forEach(found -> captions.add(found.stream().map(hypothesis -> vocabulary.decode(hypothesis.tokens()))
                                .toList()));
            }
        }
        return captions;
    }

    /**
     * Measures how often captions are right.
     *
     * @throws IllegalArgumentException if there are no examples, or an image is too large
     */
    public CaptionerEvaluation evaluate(List<CaptionedImage> examples, BeamSearch search, int threads, Precision precision) {
        if (examples.isEmpty()) {
            throw new IllegalArgumentException("there are no images to measure");
        }
        List<List<String>> found = caption(examples.stream().map(CaptionedImage::image).toList(), search.best(1), threads, precision);
        int exact = 0;
        int errors = 0;
        int words = 0;
        for (int i = 0; i < examples.size(); i++) {
            List<String> right = words(examples.get(i).caption());
            int distance = EditDistance.between(EditDistance.words(found.get(i).get(0)), right);
            exact += distance == 0 ? 1 : 0;
            errors += distance;
            words += right.size();
        }
        return new CaptionerEvaluation((double) exact / examples.size(), (double) errors / words, examples.size(),
                loss(examples, threads));
    }

    @Override
    public String task() {
        return TASK;
    }

    @Override
    public String target() {
        return "word";
    }

    @Override
    public String describe() {
        return String.format(Locale.ROOT, "captions of %,d words for images of %d x %d pixels",
                vocabulary.size() - vocabulary.specials(), rows(),
                columns());
    }

    @Override
    protected Map<String, String> metadata() {
        Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put(VOCABULARY, vocabulary.toJson().toString());
        metadata.put(SHAPE, shape.toString());
        return metadata;
    }

    /** The image must not be too large. */
    @Override
    protected void check(CaptionedImage example) {
        checkSize(example.image());
    }

    @Override
    protected int length(CaptionedImage example) {
        return words(example.caption()).size();
    }

    @Override
    protected void fill(Batch batch, List<CaptionedImage> examples) {
        fillWords(batch, examples);
        FloatBuffer pixels = batch.writableReals(IMAGE);
        for (int i = 0; i < examples.size(); i++) {
            write(examples.get(i).image(), pixels, i, 0, 0);
        }
    }

    /** Each image is shifted by some pixels. */
    @Override
    protected void fill(Batch batch, List<CaptionedImage> examples, RandomGenerator random) {
        fillWords(batch, examples);
        FloatBuffer pixels = batch.writableReals(IMAGE);
        int range = 2 * shape.shift() + 1;
        for (int i = 0; i < examples.size(); i++) {
            write(examples.get(i).image(), pixels, i, random.nextInt(range) - shape.shift(), random.nextInt(range) - shape.shift());
        }
    }

    @Override
    protected String fingerprint(List<CaptionedImage> examples) {
        return Fingerprint.of(examples.size(), "captioned images", examples.stream().flatMap(example -> Stream.of(
                (example.image() + "\t" + example.caption()).getBytes(StandardCharsets.UTF_8), example.image().pixels())));
    }

    private void fillWords(Batch batch, List<CaptionedImage> examples) {
        int[][] next = new int[examples.size()][];
        int[][] read = new int[examples.size()][];
        for (int i = 0; i < next.length; i++) {
            next[i] = DecoderWords.ended(vocabulary, vocabulary.encode(examples.get(i).caption()));
            read[i] = DecoderWords.begun(vocabulary, next[i]);
        }
        batch.lengths(AXIS, Arrays.stream(next).mapToInt(ids -> ids.length).toArray()).ids(NEXT, next).ids(WORDS, read);
    }

    private List<List<Hypothesis>> search(Session session, List<GreyImage> images, BeamSearch search) {
        int rows = images.size() * search.beam();
        Batch first = session.network().newBatch().equalLengths(AXIS, rows, 1);
        FloatBuffer pixels = first.writableReals(IMAGE);
        for (int row = 0; row < rows; row++) {
            write(images.get(row / search.beam()), pixels, row, 0, 0);
        }
        Batch next = session.network().newBatch().equalLengths(AXIS, rows, 1);
        int[] starts = new int[images.size()];
        Arrays.fill(starts, vocabulary.beginId());
        return search.search(starts, vocabulary.endId(), shape.maximumLength(), new DecoderSteps(session, first, next, WORDS, LOGITS));
    }

    private void checkSize(GreyImage image) {
        if (image.rows() > rows() || image.columns() > columns()) {
            throw new IllegalArgumentException("an image has " + image + "; this model takes at most " + rows() + " x " + columns());
        }
    }

    // The image stands in the upper left of the model's, moved down and to the right; what leaves it is lost.
    private void write(GreyImage image, FloatBuffer pixels, int number, int down, int right) {
        checkSize(image);
        int base = number * rows() * columns();
        for (int row = 0; row < rows(); row++) {
            for (int column = 0; column < columns(); column++) {
                pixels.put(base + row * columns() + column, image.at(row - down, column - right) / BRIGHTEST);
            }
        }
    }
}
