package org.tidegate.task.caption;

import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.tidegate.Batch;
import org.tidegate.Model;
import org.tidegate.Network;
import org.tidegate.Value;
import org.tidegate.data.GreyImage;
import org.tidegate.decode.TeacherForcing;
import org.tidegate.json.JsonObject;
import org.tidegate.task.ExampleReading;
import org.tidegate.task.GraphCheck;
import org.tidegate.task.NextWordScore;
import org.tidegate.text.Vocabulary;

/**
 * What a captioner knows besides its network.
 *
 * @param vocabulary the words of the captions
 * @param rows the maximum height of an image, in pixels
 * @param columns the maximum width of an image, in pixels
 * @param maximumLength the maximum number of words of a caption, the end token included
 * @param shift the maximum shift of an image in training, in pixels in each direction
 * @param sideBySide how many images stand side by side in its data
 */
public record CaptionerReading(Vocabulary vocabulary, int rows, int columns, int maximumLength, int shift, SideBySide sideBySide)
        implements ExampleReading<CaptionedImage> {
    /** What a token is by default, and what figures count. */
    static final Vocabulary.Unit UNIT = Vocabulary.Unit.WORD;

    /** The graph's only axis. */
    static final String AXIS = "caption";
    /** The input of the pixels, from 0 to 1, a row for each image. */
    static final String IMAGE = "image";
    /** The decoder's input of words. */
    static final String WORDS = "words";
    /** The input of the next words, the decoder's targets. */
    static final String NEXT = "next";
    /** The node of the decoder's word embeddings. */
    static final String EMBEDDING = "embedding";
    /** The output {@code [R,V]}, the logits of the next word. */
    static final String LOGITS = "logits";

    private static final float BRIGHTEST = 255;
    private static final int MOST_WORDS = 1 << 16;
    private static final int MOST_PIXELS = 1 << 14;
    /** The seed of images put side by side for an evaluation. */
    private static final long MEASURED = 1;

    /**
     * Checks the values.
     *
     * @param vocabulary the words of the captions
     * @param rows the maximum height of an image, in pixels
     * @param columns the maximum width of an image, in pixels
     * @param maximumLength the maximum number of words of a caption, the end token included
     * @param shift the maximum shift of an image in training, in pixels in each direction
     * @param sideBySide how many images stand side by side in its data
     * @throws IllegalArgumentException if the vocabulary lacks the begin or end token, or a number is out of range
     */
    public CaptionerReading {
        if (vocabulary.endId() < 0 || vocabulary.beginId() < 0) {
            throw new IllegalArgumentException("a captioner's vocabulary lacks the begin or end token");
        }
        if (!within(1, MOST_WORDS, maximumLength) || !within(1, MOST_PIXELS, rows) || !within(1, MOST_PIXELS, columns)
                || !within(0, MOST_PIXELS, shift)) {
            throw new IllegalArgumentException("captions of " + maximumLength + " words for images of " + rows + " x " + columns
                    + " pixels, shifted by " + shift + "; expected 1 to " + MOST_WORDS + " words, 1 to " + MOST_PIXELS
                    + " pixels in each direction, and a shift of 0 to " + MOST_PIXELS);
        }
    }

    static CaptionerReading of(JsonObject json) {
        json.only("vocabulary", "rows", "columns", "maximum_length", "shift", "side_by_side");
        JsonObject sideBySide = json.object("side_by_side").only("least", "most");
        return new CaptionerReading(Vocabulary.fromJson(json.object("vocabulary")), json.integer("rows"),
                json.integer("columns"), json.integer("maximum_length"), json.integer("shift"),
                new SideBySide(sideBySide.integer("least"), sideBySide.integer("most")));
    }

    @Override
    public JsonObject toJson() {
        return JsonObject.builder().put("rows", rows).put("columns", columns).put("maximum_length", maximumLength).put("shift", shift)
                .put("side_by_side", JsonObject.builder().put("least", sideBySide.least()).put("most", sideBySide.most()).build())
                .put("vocabulary", vocabulary.toJson()).build();
    }

    @Override
    public String task() {
        return Captioner.TASK;
    }

    @Override
    public String target() {
        return vocabulary.unit().noun();
    }

    @Override
    public String examples() {
        return "images";
    }

    @Override
    public String describe() {
        return String.format(Locale.ROOT, "captions of %s for images of %d x %d pixels", vocabulary.describe(), rows, columns);
    }

    @Override
    public void checkFits(Network network) {
        GraphCheck.of(network).axes(AXIS).reals(IMAGE, Value.Rows.PER_SEQUENCE, (long) rows * columns).ids(WORDS)
                .idsOf(EMBEDDING, vocabulary.size()).ids(NEXT).output(LOGITS, Value.Rows.PER_STEP, vocabulary.size());
    }

    /** The number of tokens. */
    @Override
    public int length(CaptionedImage example) {
        checkSize(example.image());
        return vocabulary.tokens(example.caption()).size();
    }

    @Override
    public List<String> answer(CaptionedImage example) {
        return vocabulary.tokens(example.caption());
    }

    /** A word that the vocabulary lacks is {@code <unk>} in the loss, and no answer has it. */
    @Override
    public boolean knows(String word) {
        return vocabulary.id(word) >= vocabulary.specials();
    }

    @Override
    public void fill(Batch batch, List<CaptionedImage> examples) {
        fillWords(batch, examples);
        fillImages(batch, examples.stream().map(CaptionedImage::image).toList());
    }

    /** With random shifts. */
    @Override
    public Filler<CaptionedImage> filler(List<CaptionedImage> training) {
        int range = 2 * shift + 1;
        return (batch, examples, random) -> {
            fillWords(batch, examples);
            FloatBuffer pixels = batch.writableReals(IMAGE);
            examples.forEach(example -> write(example.image(), pixels, random.nextInt(range) - shift, random.nextInt(range) - shift));
        };
    }

    /** Of what the decoder gives after the right words. */
    @Override
    public Optional<String> figure() {
        return Optional.of(NextWordScore.name(vocabulary));
    }

    @Override
    public Optional<Score<CaptionedImage>> score(Model model) {
        return Optional.of(new NextWordScore<>(vocabulary, LOGITS, NEXT));
    }

    @Override
    public Stream<byte[]> content(CaptionedImage example) {
        return Stream.of((example.image() + "\t" + example.caption()).getBytes(StandardCharsets.UTF_8), example.image().pixels());
    }

    /** The images of files, put side by side where the model's data were: as many as there are, by a fixed seed. */
    @Override
    public List<CaptionedImage> read(List<Path> files) throws IOException {
        List<CaptionedImage> images = CaptionFiles.read(files);
        return sideBySide.equals(SideBySide.ALONE) ? images : sideBySide.of(images, images.size(), MEASURED);
    }

    /** The words and punctuation marks of a caption. */
    static List<String> words(String caption) {
        return UNIT.tokens(caption);
    }

    /** Writes the images of a batch whose lengths are set, without shifts. */
    void fillImages(Batch batch, List<GreyImage> images) {
        FloatBuffer pixels = batch.writableReals(IMAGE);
        images.forEach(image -> write(image, pixels, 0, 0));
    }

    /** Fails if an image is too large. */
    void checkSize(GreyImage image) {
        if (image.rows() > rows || image.columns() > columns) {
            throw new IllegalArgumentException("an image has " + image + "; this model takes at most " + rows + " x " + columns);
        }
    }

    /** The decoder's target ids: the words and the end token. */
    private int[] target(CaptionedImage example) {
        return TeacherForcing.targets(vocabulary, vocabulary.encode(example.caption()));
    }

    private void fillWords(Batch batch, List<CaptionedImage> examples) {
        int[][] next = examples.stream().map(this::target).toArray(int[][]::new);
        int[][] read = Arrays.stream(next).map(ids -> TeacherForcing.inputs(vocabulary, ids)).toArray(int[][]::new);
        batch.lengths(AXIS, Arrays.stream(next).mapToInt(ids -> ids.length).toArray()).ids(NEXT, next).ids(WORDS, read);
    }

    /** Writes an image, aligned to the upper left and shifted down and right; pixels beyond the edge are lost. */
    private void write(GreyImage image, FloatBuffer pixels, int down, int right) {
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                pixels.put(image.at(row - down, column - right) / BRIGHTEST);
            }
        }
    }

    private static boolean within(int least, int greatest, int value) {
        return value >= least && value <= greatest;
    }
}
