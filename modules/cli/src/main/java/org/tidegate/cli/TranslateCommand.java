package org.tidegate.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.tidegate.decode.BeamSearch;
import org.tidegate.task.Evaluation;
import org.tidegate.task.translate.Attention;
import org.tidegate.task.translate.SentencePair;
import org.tidegate.task.translate.Translation;
import org.tidegate.task.translate.Translator;
import org.tidegate.task.translate.TranslatorAnswers;
import org.tidegate.task.translate.TranslatorBuilder;
import org.tidegate.task.translate.TranslatorFormat;
import org.tidegate.task.translate.TranslatorReading;
import org.tidegate.text.Vocabulary;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Translation: {@code tidegate train translate}, from sentence to sentence. */
@Command(name = "translate", sortOptions = false, customSynopsis = "tidegate train translate --data FILE... --out MODEL [OPTIONS]",
        description = "Trains a translator: an encoder reads a sentence, a decoder with attention writes another.",
        footer = {"",
            "The data are lines \"source<TAB>target\" in UTF-8. Sentences are lower-cased and split into words and punctuation marks.",
            "",
            "@|bold Examples:|@",
            "  tidegate train translate --data english-french.tsv --out french.safetensors",
            "  tidegate train translate --data english-french.tsv --unit bpe --out parts.safetensors",
            "  tidegate predict --model french.safetensors --beam 5 --chart looks.png \"I am cold.\""})
public final class TranslateCommand extends ExampleCommand<SentencePair, TranslatorReading, Translator, TranslatorAnswers> {
    private static final String END = "(end)";

    @Option(names = "--attention", paramLabel = "KIND",
            description = "How the decoder looks at the words read: none, dot, scaled_dot, general, additive (after each step), or bahdanau"
                    + " (additive, before each step) (${DEFAULT-VALUE}).")
    private Attention attention = TranslatorBuilder.ATTENTION;

    @Mixin
    private final LayerOptions layers = new LayerOptions(TranslatorBuilder.LAYERS);

    @Option(names = "--encoder", paramLabel = "N",
            description = "Hidden size of the encoder in each direction; --hidden is the decoder's (${DEFAULT-VALUE}).")
    private int encoder = TranslatorBuilder.ENCODER;

    @Mixin
    private final WordOptions words = new WordOptions(TranslatorBuilder.WORDS);

    @Option(names = "--unit", paramLabel = "UNIT", defaultValue = "word", converter = Tokens.class,
            description = "What a token of both sentences is: word, or bpe: parts of words by byte-pair encoding, so that none is unknown"
                    + " (${DEFAULT-VALUE}).")
    private Units unit;

    @Mixin
    private final VocabularyOptions vocabulary = new VocabularyOptions();

    @Option(names = "--no-tied", description = "Score by an output layer of its own, rather than with the decoder's embeddings as weights.")
    private boolean notTied;

    @Option(names = "--no-copy", description = "Write <unk> for a word that is not known, rather than the word of the sentence that was"
            + " looked at most.")
    private boolean notCopied;

    @Option(names = "--label-smoothing", paramLabel = "E",
            description = "How much of a target's probability all words share in the loss (${DEFAULT-VALUE}).")
    private double labelSmoothing = TranslatorBuilder.LABEL_SMOOTHING;

    /** The values of --unit. */
    static final class Tokens implements ITypeConverter<Units> {
        @Override
        public Units convert(String name) {
            return Units.of(name, "", Units.WORD, Units.BPE);
        }
    }

    /** For the service loader. */
    public TranslateCommand() {
        super(new TranslatorFormat());
        options.epochs(23).batch(64).learningRate(2e-3);
    }

    @Override
    String examples() {
        return "pairs of sentences";
    }

    @Override
    List<SentencePair> read(List<Path> files) throws IOException {
        return SentencePair.read(files);
    }

    @Override
    Translator create(List<SentencePair> examples) throws IOException {
        TranslatorBuilder builder = vocabulary.put(words.put(layers.put(Translator.builder(examples))),
                unit == Units.WORD ? Vocabulary.Unit.WORD_PART : unit.unit()).encoder(encoder).attention(attention)
                .labelSmoothing(labelSmoothing).copied(!notCopied).tied(!notTied).seed(options.seed);
        if (options.resumes()) {
            begin(builder);
        }
        return builder.build();
    }

    /** As the training that is resumed began, where no option says otherwise. */
    private void begin(TranslatorBuilder builder) throws IOException {
        try (Translator begun = Translator.load(options.begun())) {
            builder.attention(options.given("--attention") ? attention : begun.attention())
                    .labelSmoothing(options.given("--label-smoothing") ? labelSmoothing : begun.labelSmoothing())
                    .copied(!notCopied && begun.reading().copied()).tied(!notTied && begun.tied());
        }
    }

    /** Each input is a sentence. */
    @Override
    void predict(TranslatorAnswers answers, Predictions predictions) throws IOException {
        if (predictions.chart().isPresent() && !answers.hasAttention()) {
            throw new IllegalArgumentException("this model has no attention that --chart could draw; leave it out");
        }
        BeamSearch search = Searches.of(predictions.beam(), predictions.top());
        predictions.texts(sentence -> {
            List<Translation> found = answers.translate(List.of(sentence), search).get(0);
            String text = found.stream().map(Translation::text).collect(Collectors.joining(System.lineSeparator()));
            predictions.result(text, Map.of("translations", found.stream().map(TranslateCommand::figures).toList()));
            if (predictions.chart().isPresent()) {
                draw(answers, sentence, found.get(0), OutputFile.numbered(predictions.chart().get(), (int) predictions.inputs()));
            }
        });
    }

    @Override
    Evaluation evaluate(TranslatorAnswers answers, Evaluations asked) throws IOException {
        asked.refuse("--chart");
        return answers.evaluate(answers.reading().read(asked.data()), Searches.of(asked.beam(), 1));
    }

    private static Map<String, Object> figures(Translation translation) {
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("text", translation.text());
        figures.put("words", translation.words());
        figures.put("log_probability", translation.logProbability());
        figures.put("score", translation.score());
        return figures;
    }

    private static void draw(TranslatorAnswers answers, String sentence, Translation translation, Path file) throws IOException {
        List<String> read = new ArrayList<>(answers.reading().sourceTokens(sentence));
        List<String> written = new ArrayList<>(translation.words());
        read.add(END);
        written.add(END);
        double[][] percent = Arrays.stream(answers.attention(sentence, translation.words()))
                .map(row -> Arrays.stream(row).map(weight -> Math.round(100 * weight)).toArray()).toArray(double[][]::new);
        HeatMap.save(file, "Where the decoder looked, %", "read", read, "written", written, percent, 100, "0");
    }
}
