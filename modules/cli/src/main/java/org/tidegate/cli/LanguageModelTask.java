package org.tidegate.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.tidegate.Cell;
import org.tidegate.data.Split;
import org.tidegate.task.FrozenLanguageModel;
import org.tidegate.task.LanguageModel;
import org.tidegate.task.LanguageModelEvaluation;
import org.tidegate.text.Vocabulary;
import org.tidegate.text.WordTokenizer;
import org.tidegate.train.Training;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Language models: {@code tidegate train lm}, by characters or by words. */
@Command(name = "lm", sortOptions = false, customSynopsis = "tidegate train lm --text FILE... --out MODEL [OPTIONS]",
        description = "Trains a language model: what comes next in a text?",
        footer = {"",
            "Ctrl-C saves the model and says how to go on: the same options and --resume continue as if it had never stopped.",
            "",
            "@|bold Examples:|@",
            "  tidegate train lm --text notes.txt --out notes.safetensors",
            "  tidegate train lm --text a.txt b.txt --out ab.safetensors --unit word --tied"})
public final class LanguageModelTask extends TrainingTask<LanguageModel> {
    @Option(names = {"--text", "--data"}, required = true, arity = "1..*", paramLabel = "FILE",
            description = "UTF-8 text, one or more files.")
    private List<Path> texts;

    @Mixin
    private final TrainingOptions options = new TrainingOptions();

    @Option(names = "--bptt", paramLabel = "N", defaultValue = "50",
            description = "Steps that gradients flow back (${DEFAULT-VALUE}).")
    private int bptt;

    @Option(names = "--unit", defaultValue = "char", description = "What is predicted: char or word (${DEFAULT-VALUE}).")
    private Units unit;

    @Option(names = "--cell", defaultValue = "lstm", description = "The recurrent cell: rnn, lstm, gru, … (${DEFAULT-VALUE}).")
    private Cell cell;

    @Option(names = "--hidden", defaultValue = "256", paramLabel = "N", description = "Hidden size of a layer (${DEFAULT-VALUE}).")
    private int hidden;

    @Option(names = "--layers", defaultValue = "1", paramLabel = "N", description = "Recurrent layers (${DEFAULT-VALUE}).")
    private int layers;

    @Option(names = "--embedding", defaultValue = "96", paramLabel = "N", description = "Columns of the embedding (${DEFAULT-VALUE}).")
    private int embedding;

    @Option(names = "--dropout", defaultValue = "0.2", paramLabel = "P", description = "Dropout probability (${DEFAULT-VALUE}).")
    private double dropout;

    @Option(names = "--tied",
            description = "Score with the embeddings as weights; best with words, and --hidden and --embedding alike.")
    private boolean tied;

    @Mixin
    private final RegularizationOptions regularization = new RegularizationOptions();

    @Option(names = "--valid", defaultValue = "0.1", paramLabel = "FILE|FRACTION",
            description = "Text to validate on: a file, or the last part of the text that is held out (${DEFAULT-VALUE}); 0 for none.")
    private String valid;

    /** For the service loader. */
    public LanguageModelTask() {}

    @Override
    public Integer call() throws Exception {
        List<Path> read = new ArrayList<>(texts);
        read.add(Path.of(valid));
        options.checkOutput(read);
        String text = Texts.read(texts);
        String heldOut = "";
        if (Files.exists(Path.of(valid))) {
            heldOut = Texts.read(List.of(Path.of(valid)));
        } else if (Texts.fraction("--valid", valid) != 0) {
            Split split = Split.tail(text, Texts.fraction("--valid", valid));
            text = split.train();
            heldOut = split.heldOut();
        }
        options.checkHeldOut(!heldOut.isEmpty());
        String learned = text;
        String validated = heldOut;
        try (LanguageModel model = options.resume ? resumed(options.out, this::described) : create(unit.vocabulary(text))) {
            screen().line("%,d characters of training text, %,d held out, a vocabulary of %s", text.codePoints().count(),
                    heldOut.codePoints().count(), model.vocabulary());
            Training training = options.training().bptt(bptt);
            return new TrainingRun(screen(), options, againWith("--resume"))
                    .run(model, training, followed -> model.train(learned, validated, followed));
        }
    }

    private LanguageModel described(LanguageModel saved) {
        if (!saved.target().equals(unit.noun())) {
            throw otherNetwork(options.out, "unit: " + saved.target());
        }
        return create(saved.vocabulary());
    }

    private LanguageModel create(Vocabulary vocabulary) {
        return regularization.put(LanguageModel.builder(vocabulary).cell(cell).hidden(hidden).layers(layers).embedding(embedding)
                .dropout(dropout).tied(tied).seed(options.seed)).build();
    }

    @Override
    String task() {
        return LanguageModel.TASK;
    }

    @Override
    LanguageModel load(Path file, boolean resume) throws IOException {
        return resume ? LanguageModel.resume(file) : LanguageModel.load(file);
    }

    /** Each input is a text, and the answer is what is likeliest to come next. */
    @Override
    void predict(LanguageModel model, Predictions predictions) {
        predictions.refuse("--beam", "--chart");
        try (FrozenLanguageModel frozen = model.freeze(predictions.threads(), predictions.precision())) {
            for (String prompt : predictions) {
                List<LanguageModel.Candidate> next = frozen.next(prompt, predictions.top());
                String text = next.stream()
                        .map(c -> String.format(Locale.ROOT, "%.3f  %s", c.probability(), followed(model, prompt, c.token())))
                        .collect(Collectors.joining(System.lineSeparator()));
                predictions.answer(prompt, text, Map.of("next", next.stream().map(c -> {
                    Map<String, Object> candidate = new LinkedHashMap<>();
                    candidate.put("token", c.token());
                    candidate.put("probability", c.probability());
                    return candidate;
                }).toList()));
            }
        }
    }

    /** A prompt with its next token, on one line. */
    private static String followed(LanguageModel model, String prompt, String token) {
        if (token.equals("\n")) {
            return prompt + "\\n";
        }
        boolean words = model.vocabulary().unit() == Vocabulary.Unit.WORD;
        return words ? WordTokenizer.join(List.of(prompt.stripTrailing(), token)) : prompt + token;
    }

    @Override
    Map<String, Object> evaluate(LanguageModel model, Evaluations asked) throws IOException {
        asked.refuse("--beam", "--chart");
        LanguageModelEvaluation evaluation = model.evaluate(Texts.read(asked.data()), asked.threads(), asked.precision());
        String precision = asked.precision().name().toLowerCase(Locale.ROOT);
        Screen screen = asked.screen();
        screen.line("loss            %.4f nats per %s, weights in %s", evaluation.loss(), model.target(), precision);
        screen.line("perplexity      %.3f%s", evaluation.perplexity(),
                evaluation.unknown() > 0 ? ", unknown ones counted as <unk>" : "");
        screen.line("bits per char   %.4f", evaluation.bitsPerCharacter());
        screen.line("predicted       %,d %ss of %,d characters, %,d of them (%.1f %%) unknown to the model", evaluation.targets(),
                model.target(), evaluation.characters(), evaluation.unknown(), 100 * evaluation.unknownShare());
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("loss", evaluation.loss());
        figures.put("perplexity", evaluation.perplexity());
        figures.put("bits_per_character", evaluation.bitsPerCharacter());
        figures.put("unit", model.target());
        figures.put("precision", precision);
        figures.put("targets", evaluation.targets());
        figures.put("unknown", evaluation.unknown());
        figures.put("unknown_share", evaluation.unknownShare());
        figures.put("characters", evaluation.characters());
        return figures;
    }
}
