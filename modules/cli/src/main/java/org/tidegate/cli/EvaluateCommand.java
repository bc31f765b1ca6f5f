package org.tidegate.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.tidegate.Precision;
import org.tidegate.task.Evaluation;
import org.tidegate.task.LanguageModel;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code tidegate evaluate}: how well a language model predicts a text. */
@Command(name = "evaluate", sortOptions = false, description = "Measures how well a language model predicts a text.",
        footer = {"",
            "The text is read as one stream from beginning to end. Use text that the model was not trained on.",
            "",
            "@|bold Example:|@",
            "  tidegate evaluate --model notes.safetensors --text other-notes.txt --json"})
final class EvaluateCommand extends ScreenCommand {
    @Option(names = "--model", required = true, paramLabel = "MODEL", description = "The model file.")
    private Path model;

    @Option(names = "--text", required = true, arity = "1..*", paramLabel = "FILE", description = "UTF-8 text, one or more files.")
    private List<Path> texts;

    @Option(names = "--threads", paramLabel = "N", description = "Threads of the native core (all processors: ${DEFAULT-VALUE}).")
    private int threads = Runtime.getRuntime().availableProcessors();

    @Option(names = "--precision", defaultValue = "float32", paramLabel = "P",
            description = "Numbers of the weights: float32, bfloat16 or int8 (${DEFAULT-VALUE}).")
    private Precision precision;

    @Option(names = "--json", description = "Print the figures as one JSON object on the last line.")
    private boolean json;

    @Override
    public Integer call() throws Exception {
        String text = Texts.read(texts);
        try (LanguageModel language = LanguageModel.load(model)) {
            Evaluation evaluation = language.evaluate(text, threads, precision);
            String unit = Units.name(language.vocabulary());
            screen().line("loss            %.4f nats per %s, weights in %s", evaluation.loss(), unit, precisionName());
            screen().line("perplexity      %.3f", evaluation.perplexity());
            screen().line("bits per char   %.4f", evaluation.bitsPerCharacter());
            screen().line("predicted       %,d %ss of %,d characters, %,d of them unknown to the model", evaluation.targets(), unit,
                    evaluation.characters(), evaluation.unknown());
            if (json) {
                screen().line("%s", Json.of(figures(evaluation, unit)));
            }
        }
        return 0;
    }

    private String precisionName() {
        return precision.name().toLowerCase(Locale.ROOT);
    }

    /** The figures of an evaluation under their names in JSON. */
    private Map<String, Object> figures(Evaluation evaluation, String unit) {
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("loss", evaluation.loss());
        figures.put("perplexity", evaluation.perplexity());
        figures.put("bits_per_character", evaluation.bitsPerCharacter());
        figures.put("unit", unit);
        figures.put("precision", precisionName());
        figures.put("targets", evaluation.targets());
        figures.put("unknown", evaluation.unknown());
        figures.put("characters", evaluation.characters());
        return figures;
    }
}
