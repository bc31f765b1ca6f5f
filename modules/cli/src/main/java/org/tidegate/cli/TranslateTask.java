package org.tidegate.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.tidegate.Cell;
import org.tidegate.data.TsvFile;
import org.tidegate.decode.BeamSearch;
import org.tidegate.metrics.Bleu;
import org.tidegate.task.Attention;
import org.tidegate.task.FrozenTranslator;
import org.tidegate.task.SentencePair;
import org.tidegate.task.Translation;
import org.tidegate.task.Translator;
import org.tidegate.task.TranslatorEvaluation;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Translation: {@code tidegate train translate}, from a sentence to a sentence. */
@Command(name = "translate", sortOptions = false, customSynopsis = "tidegate train translate --data FILE... --out MODEL [OPTIONS]",
        description = "Trains a translator: an encoder reads a sentence, a decoder with attention writes another.",
        footer = {"",
            "The data are lines \"source<TAB>target\" in UTF-8. Sentences are lower-cased and split into words and punctuation marks.",
            "",
            "@|bold Examples:|@",
            "  tidegate train translate --data english-french.tsv --out french.safetensors",
            "  tidegate predict --model french.safetensors --beam 5 --chart looks.png \"I am cold.\""})
public final class TranslateTask extends ExampleTask<SentencePair, Translator> {
    private static final String END = "(end)";

    @Option(names = "--attention", defaultValue = "general", paramLabel = "KIND",
            description = "How the decoder looks at the words read: none, dot, scaled_dot, general, additive (after each step), or bahdanau"
                    + " (additive, before each step) (${DEFAULT-VALUE}).")
    private Attention attention;

    @Option(names = "--cell", defaultValue = "lstm", description = "The recurrent cell: rnn, lstm, gru, … (${DEFAULT-VALUE}).")
    private Cell cell;

    @Option(names = "--encoder", defaultValue = "128", paramLabel = "N",
            description = "Units of the encoder in each direction (${DEFAULT-VALUE}).")
    private int encoder;

    @Option(names = "--decoder", defaultValue = "256", paramLabel = "N", description = "Units of the decoder (${DEFAULT-VALUE}).")
    private int decoder;

    @Option(names = "--layers", defaultValue = "1", paramLabel = "N", description = "Recurrent layers of both (${DEFAULT-VALUE}).")
    private int layers;

    @Option(names = "--embedding", defaultValue = "128", paramLabel = "N",
            description = "Columns of the embeddings (${DEFAULT-VALUE}).")
    private int embedding;

    @Option(names = "--dropout", defaultValue = "0.4", paramLabel = "P", description = "Dropout probability (${DEFAULT-VALUE}).")
    private double dropout;

    @Option(names = "--label-smoothing", defaultValue = "0", paramLabel = "E",
            description = "How much of a target's probability all words share in the loss (${DEFAULT-VALUE}).")
    private double labelSmoothing;

    @Option(names = "--min-count", defaultValue = "2", paramLabel = "N",
            description = "Words that occur less often are unknown (${DEFAULT-VALUE}).")
    private int minimumCount;

    /** For the service loader. */
    public TranslateTask() {
        options.epochs(23).batch(64).learningRate(2e-3);
    }

    @Override
    String task() {
        return Translator.TASK;
    }

    @Override
    String examples() {
        return "pairs of sentences";
    }

    @Override
    List<SentencePair> read(List<Path> files) throws IOException {
        List<SentencePair> pairs = new ArrayList<>();
        for (Path file : files) {
            for (TsvFile.Row row : TsvFile.read(file, List.of("1", "2"), false)) {
                for (int column = 0; column < 2; column++) {
                    if (Translator.words(row.fields().get(column)).isEmpty()) {
                        throw new IllegalArgumentException(file + ", line " + row.line() + ", column " + (column + 1)
                                + " has no word");
                    }
                }
                pairs.add(new SentencePair(row.fields().get(0), row.fields().get(1)));
            }
        }
        return pairs;
    }

    @Override
    Translator create(List<SentencePair> examples) {
        return Translator.builder(examples).attention(attention).cell(cell).encoder(encoder).decoder(decoder).layers(layers)
                .embedding(embedding)
                .dropout(dropout).labelSmoothing(labelSmoothing).minimumCount(minimumCount).seed(options.seed).build();
    }

    @Override
    Translator load(Path file, boolean resume) throws IOException {
        return resume ? Translator.resume(file) : Translator.load(file);
    }

    /** Each input is a sentence. */
    @Override
    void predict(Translator model, Predictions predictions) throws IOException {
        if (predictions.chart().isPresent() && !model.hasAttention()) {
            throw new IllegalArgumentException("this model has no attention that --chart could draw; leave it out");
        }
        BeamSearch search = Searches.of(predictions.beam(), predictions.top());
        int number = 0;
        try (FrozenTranslator sentences = model.freeze(predictions.threads(), predictions.precision())) {
            for (String sentence : predictions) {
                List<Translation> found = sentences.translate(List.of(sentence), search).get(0);
                String text = found.stream().map(Translation::text).collect(Collectors.joining(System.lineSeparator()));
                predictions.answer(sentence, text, Map.of("translations", found.stream().map(TranslateTask::figures).toList()));
                if (predictions.chart().isPresent()) {
                    draw(model, sentence, found.get(0), OutputFile.numbered(predictions.chart().get(), ++number));
                }
            }
        }
    }

    @Override
    Map<String, Object> evaluate(Translator model, Evaluations asked) throws IOException {
        asked.refuse("--chart");
        BeamSearch search = Searches.of(asked.beam(), 1);
        TranslatorEvaluation evaluation = model.evaluate(read(asked.data()), search, asked.threads(), asked.precision());
        Bleu bleu = evaluation.bleu();
        String precision = asked.precision().name().toLowerCase(Locale.ROOT);
        Screen screen = asked.screen();
        screen.line("%s", bleu);
        screen.line("%,d sentences, %s, weights in %s", evaluation.sentences(),
                search.beam() == 1 ? "greedy" : "beam " + search.beam() + ", ranked by the mean log probability", precision);
        screen.line("loss  %s of the references", model.describeLoss(evaluation.loss()));
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("bleu", bleu.score());
        figures.put("precisions", List.of(bleu.precision(1), bleu.precision(2), bleu.precision(3), bleu.precision(4)));
        figures.put("brevity_penalty", bleu.brevityPenalty());
        figures.put("length_ratio", bleu.lengthRatio());
        figures.put("loss", evaluation.loss());
        figures.put("sentences", evaluation.sentences());
        figures.put("beam", search.beam());
        figures.put("precision", precision);
        return figures;
    }

    private static Map<String, Object> figures(Translation translation) {
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("text", translation.text());
        figures.put("words", translation.words());
        figures.put("log_probability", translation.logProbability());
        figures.put("score", translation.score());
        return figures;
    }

    private static void draw(Translator model, String sentence, Translation translation, Path file) throws IOException {
        List<String> read = new ArrayList<>(Translator.words(sentence));
        List<String> written = new ArrayList<>(translation.words());
        read.add(END);
        written.add(END);
        double[][] percent = Arrays.stream(model.attention(sentence, translation.words()))
                .map(row -> Arrays.stream(row).map(weight -> Math.round(100 * weight)).toArray()).toArray(double[][]::new);
        HeatMap.save(file, "Where the decoder looked, %", "read", read, "written", written, percent, 100, "0");
    }
}
