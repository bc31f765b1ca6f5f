package org.tidegate.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tidegate.data.GreyImage;
import org.tidegate.decode.BeamSearch;
import org.tidegate.task.Evaluation;
import org.tidegate.task.caption.CaptionFiles;
import org.tidegate.task.caption.CaptionedImage;
import org.tidegate.task.caption.Captioner;
import org.tidegate.task.caption.CaptionerAnswers;
import org.tidegate.task.caption.CaptionerBuilder;
import org.tidegate.task.caption.CaptionerFormat;
import org.tidegate.task.caption.CaptionerReading;
import org.tidegate.task.caption.SideBySide;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Captions: {@code tidegate train caption}, from an image to words. */
@Command(name = "caption", sortOptions = false,
        customSynopsis = "tidegate train caption --data IMAGES LABELS --out MODEL [OPTIONS]",
        description = "Trains a captioner: an image's pixels start a decoder that writes words until the end sign.",
        footer = {"",
            "IMAGES is an IDX file, plain or packed with gzip. LABELS is an IDX file of digits, which become words, or a text",
            "with a caption a line. A folder may stand for a pair whose names have \"images\" and \"labels\" (or \"captions\")",
            "in them.",
            "",
            "@|bold Examples:|@",
            "  tidegate train caption --data images-idx3-ubyte.gz labels-idx1-ubyte.gz --out digit.safetensors",
            "  tidegate train caption --data digits/ --digits 2-3 --hidden 256 --out digits.safetensors",
            "  tidegate train caption --data photos/ --unit bpe --vocabulary 1000 --out photos.safetensors"})
public final class CaptionCommand extends ExampleCommand<CaptionedImage, CaptionerReading, Captioner, CaptionerAnswers> {
    private static final long USUAL_COUNT = 30_000;

    @Option(names = "--digits", paramLabel = "N|N-M", converter = Digits.class,
            description = "Put so many images side by side, drawn at random (${DEFAULT-VALUE}: each alone).")
    private SideBySide digits = SideBySide.ALONE;

    @Option(names = "--count", paramLabel = "N",
            description = "How many images to make, where several are put side by side (30000); held out: in proportion.")
    private Integer count;

    @Mixin
    private final LayerOptions layers = new LayerOptions(CaptionerBuilder.LAYERS);

    @Mixin
    private final WordOptions words = new WordOptions(CaptionerBuilder.WORDS);

    @Option(names = "--unit", defaultValue = "word", paramLabel = "UNIT",
            description = "What is written, one after the other: word, whitespace, char, or bpe: parts of words by byte-pair encoding, so"
                    + " that none is unknown (${DEFAULT-VALUE}).")
    private Units unit;

    @Mixin
    private final VocabularyOptions vocabulary = new VocabularyOptions();

    @Option(names = "--shift", paramLabel = "PIXELS",
            description = "Shift an image by up to so many pixels whenever it is learned from (${DEFAULT-VALUE}).")
    private int shift = CaptionerBuilder.SHIFT;

    private int all; // images before some were held out

    /** For the service loader. */
    public CaptionCommand() {
        super(new CaptionerFormat());
        options.epochs(20).batch(32).learningRate(3e-3);
    }

    /** The values of --digits: "1", "3" or "2-3". */
    static final class Digits implements ITypeConverter<SideBySide> {
        @Override
        public SideBySide convert(String text) {
            if (!text.matches("[1-9][0-9]?(-[1-9][0-9]?)?")) {
                throw new TypeConversionException("\"" + text + "\" images side by side; expected a number, or two as in 2-3");
            }
            String[] ends = text.split("-");
            try {
                return new SideBySide(Integer.parseInt(ends[0]), Integer.parseInt(ends[ends.length - 1]));
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }

    @Override
    String examples() {
        return "images";
    }

    @Override
    List<CaptionedImage> read(List<Path> files) throws IOException {
        List<CaptionedImage> images = CaptionFiles.read(files);
        all = Math.max(all, images.size());
        return images;
    }

    /** Images are put side by side after the split, so that no held-out one is trained on. */
    @Override
    List<CaptionedImage> made(List<CaptionedImage> part) {
        if (count != null && count < 1) {
            throw new IllegalArgumentException("--count " + count + "; expected 1 or more");
        }
        if (digits.equals(SideBySide.ALONE) && count != null) {
            throw new IllegalArgumentException("--count " + count + " is about images put side by side, and each is alone; give"
                    + " --digits, 2-3 for example, or leave --count out");
        }
        boolean alone = digits.equals(SideBySide.ALONE) || part.isEmpty();
        long made = count == null ? USUAL_COUNT : count;
        return alone ? part : digits.of(part, Math.max(1, (int) (made * part.size() / all)), options.seed);
    }

    @Override
    Captioner create(List<CaptionedImage> examples) {
        return vocabulary.put(words.put(layers.put(Captioner.builder(examples))), unit.unit()).shift(shift)
                .sideBySide(digits).seed(options.seed).build();
    }

    /** Each input is an IDX file, and each of its images gets an answer. */
    @Override
    void predict(CaptionerAnswers answers, Predictions predictions) throws IOException {
        BeamSearch search = Searches.of(predictions.beam(), predictions.top());
        predictions.files(input -> {
            List<GreyImage> images = CaptionFiles.images(input);
            List<List<String>> captions = answers.caption(images, search);
            for (int i = 0; i < images.size(); i++) {
                Map<String, Object> figures = new LinkedHashMap<>();
                figures.put("image", i + 1);
                figures.put("captions", captions.get(i));
                predictions.result(String.join(System.lineSeparator(), captions.get(i)), figures);
            }
            if (predictions.chart().isPresent()) {
                Path chart = OutputFile.numbered(predictions.chart().get(), (int) predictions.inputs());
                CaptionSheet.save(chart, images, captions.stream().map(best -> Printable.of(best.get(0))).toList());
            }
        });
    }

    @Override
    Evaluation evaluate(CaptionerAnswers answers, Evaluations asked) throws IOException {
        asked.refuse("--chart");
        return answers.evaluate(answers.reading().read(asked.data()), Searches.of(asked.beam(), 1));
    }
}
