package org.tidegate.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.tidegate.Cell;
import org.tidegate.data.GreyImage;
import org.tidegate.decode.BeamSearch;
import org.tidegate.task.Captioner;
import org.tidegate.task.CaptionedImage;
import org.tidegate.task.CaptionerEvaluation;
import org.tidegate.task.SideBySide;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
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
            "  tidegate train caption --data digits/ --digits 2-3 --hidden 256 --out digits.safetensors"})
public final class CaptionTask extends ExampleTask<CaptionedImage, Captioner> {
    private static final long USUAL_COUNT = 30_000;
    private static final long EVALUATED = 1; // the seed of images that are put side by side to be measured

    @Option(names = "--digits", paramLabel = "N|N-M", converter = Digits.class, defaultValue = "1",
            description = "Put so many images side by side, drawn at random (${DEFAULT-VALUE}: each alone).")
    private SideBySide digits;

    @Option(names = "--count", paramLabel = "N",
            description = "How many images to make, where several are put side by side (30000); held out: in proportion.")
    private Integer count;

    @Option(names = "--cell", defaultValue = "gru", description = "The recurrent cell: rnn, lstm, gru, … (${DEFAULT-VALUE}).")
    private Cell cell;

    @Option(names = "--hidden", defaultValue = "128", paramLabel = "N", description = "Units of the decoder (${DEFAULT-VALUE}).")
    private int hidden;

    @Option(names = "--embedding", defaultValue = "64", paramLabel = "N", description = "Columns of the embedding (${DEFAULT-VALUE}).")
    private int embedding;

    @Option(names = "--dropout", defaultValue = "0.2", paramLabel = "P", description = "Dropout probability (${DEFAULT-VALUE}).")
    private double dropout;

    @Option(names = "--shift", defaultValue = "1", paramLabel = "PIXELS",
            description = "Shift an image by up to so many pixels whenever it is learned from (${DEFAULT-VALUE}).")
    private int shift;

    private int all; // images before some were held out

    /** For the service loader. */
    public CaptionTask() {
        options.epochs(20).batch(32).learningRate(3e-3);
    }

    /** What --digits takes. */
    static final class Digits implements ITypeConverter<SideBySide> {
        @Override
        public SideBySide convert(String text) {
            try {
                return SideBySide.parse(text);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }

    @Override
    String task() {
        return Captioner.TASK;
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

    /** Images are put side by side after some were held out, so that none of those is seen. */
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
        return Captioner.builder(examples).cell(cell).hidden(hidden).embedding(embedding).dropout(dropout).shift(shift)
                .sideBySide(digits).seed(options.seed).build();
    }

    @Override
    Captioner load(Path file, boolean resume) throws IOException {
        if (!resume) {
            return Captioner.load(file);
        }
        Captioner model = Captioner.resume(file);
        return unchanged(file, model, Map.of("--shift " + model.shift(), model.shift() == shift,
                "--digits " + model.sideBySide(), model.sideBySide().equals(digits)));
    }

    /** Each input is an IDX file, and each of its images gets an answer. */
    @Override
    void predict(Captioner model, Predictions predictions) throws IOException {
        BeamSearch search = Searches.of(predictions.beam(), predictions.top());
        int number = 0;
        for (String input : predictions) {
            List<GreyImage> images = CaptionFiles.images(Path.of(input));
            List<List<String>> captions = model.caption(images, search, predictions.threads(), predictions.precision());
            for (int i = 0; i < images.size(); i++) {
                Map<String, Object> figures = new LinkedHashMap<>();
                figures.put("image", i + 1);
                figures.put("captions", captions.get(i));
                predictions.answer(input, String.join(System.lineSeparator(), captions.get(i)), figures);
            }
            if (predictions.chart().isPresent()) {
                Path chart = OutputFile.numbered(predictions.chart().get(), ++number);
                CaptionSheet.save(chart, images, captions.stream().map(best -> best.get(0)).toList());
            }
        }
    }

    @Override
    Map<String, Object> evaluate(Captioner model, Evaluations asked) throws IOException {
        asked.refuse("--chart");
        List<CaptionedImage> images = CaptionFiles.read(asked.data());
        if (!model.sideBySide().equals(SideBySide.ALONE)) {
            images = model.sideBySide().of(images, images.size(), EVALUATED);
        }
        BeamSearch search = Searches.of(asked.beam(), 1);
        CaptionerEvaluation evaluation = model.evaluate(images, search, asked.threads(), asked.precision());
        String precision = asked.precision().name().toLowerCase(Locale.ROOT);
        Screen screen = asked.screen();
        screen.line("exact captions   %.4f of %,d images, %s side by side, weights in %s", evaluation.exact(), evaluation.images(),
                model.sideBySide(), precision);
        screen.line("word error rate  %.4f", evaluation.wordErrorRate());
        screen.line("loss             %s", model.describeLoss(evaluation.loss()));
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("exact", evaluation.exact());
        figures.put("word_error_rate", evaluation.wordErrorRate());
        figures.put("loss", evaluation.loss());
        figures.put("images", evaluation.images());
        figures.put("side_by_side", model.sideBySide().toString());
        figures.put("beam", search.beam());
        figures.put("precision", precision);
        return figures;
    }
}
