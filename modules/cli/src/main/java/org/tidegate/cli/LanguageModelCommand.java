package org.tidegate.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.tidegate.data.Split;
import org.tidegate.task.Evaluation;
import org.tidegate.task.lm.LanguageModel;
import org.tidegate.task.lm.LanguageModelAnswers;
import org.tidegate.task.lm.LanguageModelBuilder;
import org.tidegate.task.lm.LanguageModelFormat;
import org.tidegate.task.lm.LanguageModelReading;
import org.tidegate.task.lm.TokenProbability;
import org.tidegate.text.Vocabulary;
import org.tidegate.train.Training;
import org.tidegate.train.TrainingResult;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Language models: {@code tidegate train lm}, by characters, words or parts of words. */
@Command(name = "lm", sortOptions = false, customSynopsis = "tidegate train lm --text FILE... --out MODEL [OPTIONS]",
        description = "Trains a language model: what comes next in a text?",
        footer = {"",
            "Ctrl-C saves the model and says how to go on: the same options and --resume continue as if it had never stopped.",
            "",
            "@|bold Examples:|@",
            "  tidegate train lm --text notes.txt --out notes.safetensors",
            "  tidegate train lm --text a.txt b.txt --out ab.safetensors --unit word --tied",
            "  tidegate train lm --text notes.txt --out parts.safetensors --unit bpe --vocabulary 2000"})
public final class LanguageModelCommand extends LearningCommand<LanguageModelReading, LanguageModel, LanguageModelAnswers> {
    @Option(names = {"--text", "--data"}, required = true, arity = "1..*", paramLabel = "FILE",
            converter = InputPath.class, description = "Text, one or more files; - is standard input.")
    private List<Path> texts;

    @Option(names = "--valid", defaultValue = "0.1", paramLabel = "FILE|FRACTION",
            description = "Text to validate on: a file, or the last part of the text that is held out (${DEFAULT-VALUE}); 0 for none.")
    private String valid;

    @Mixin
    private final TrainingOptions options = new TrainingOptions().updates(3000);

    @Option(names = "--bptt", paramLabel = "N", description = "Steps that gradients flow back (${DEFAULT-VALUE}).")
    private int bptt = LanguageModel.BPTT;

    @Option(names = "--unit", defaultValue = "char", description = Units.VALUES)
    private Units unit;

    @Mixin
    private final VocabularyOptions vocabulary = new VocabularyOptions();

    @Mixin
    private final LayerOptions layers = new LayerOptions(LanguageModelBuilder.LAYERS);

    @Option(names = "--embedding", paramLabel = "N", description = "Columns of the embedding (${DEFAULT-VALUE}).")
    private int embedding = LanguageModelBuilder.EMBEDDING;

    @Option(names = "--tied",
            description = "Score with the embeddings as weights; best with words, and --hidden and --embedding alike.")
    private boolean tied;

    @Mixin
    private final RegularizationOptions regularization = new RegularizationOptions();

    /** For the service loader. */
    public LanguageModelCommand() {
        super(new LanguageModelFormat());
    }

    @Override
    public Integer call() throws Exception {
        TrainingOptions.HeldOut asked = options.heldOut(valid, texts);
        String all = Texts.read(texts);
        Split parts = asked.fraction() > 0 ? Split.tail(all, asked.fraction())
                : new Split(all, asked.file().isPresent() ? Texts.read(List.of(asked.file().get())) : "");
        Training training = options.given("--bptt") ? options.training().bptt(bptt) : options.training();
        return learn(options, training, new Lesson<>() {
            @Override
            public LanguageModel create() {
                return LanguageModelCommand.this.create(parts.train());
            }

            @Override
            public void tell(LanguageModel model) {
                told(model, parts);
            }

            @Override
            public TrainingResult train(LanguageModel model, Training settings) throws IOException {
                return model.train(parts.train(), parts.heldOut(), settings);
            }
        });
    }

    private void told(LanguageModel model, Split parts) {
        screen().line("%,d characters of training text, %,d held out; %s", parts.train().codePoints().count(),
                parts.heldOut().codePoints().count(), model.reading().describe());
        int unknown = model.reading().vocabulary().unknownId();
        long lacking = IntStream.of(model.reading().vocabulary().encode(parts.heldOut())).filter(id -> id == unknown).count();
        if (lacking > 0) {
            screen().line("held out: %,d %ss are not in the vocabulary, and are <unk> in the loss", lacking, model.reading().target());
        }
    }

    private LanguageModel create(String text) {
        LanguageModelBuilder builder = layers.put(LanguageModel.builder(unit.vocabulary(text, vocabulary)));
        return regularization.put(builder.embedding(embedding).tied(tied).seed(options.seed)).build();
    }

    /** Each input is a text, and the answer is the most likely next token. */
    @Override
    void predict(LanguageModelAnswers answers, Predictions predictions) throws IOException {
        predictions.refuse("--beam", "--chart");
        predictions.texts(prompt -> {
            List<TokenProbability> next = answers.next(prompt, predictions.top());
            String lines = next.stream()
                    .map(each -> String.format(Locale.ROOT, "%.3f  %s", each.probability(),
                            followed(answers.reading().vocabulary(), prompt, each.token())))
                    .collect(Collectors.joining(System.lineSeparator()));
            predictions.answer(lines, Map.of("next", next.stream().map(LanguageModelCommand::figures).toList()));
        });
    }

    /** Reads the files as one text, from its beginning to its end. */
    @Override
    Evaluation evaluate(LanguageModelAnswers answers, Evaluations asked) throws IOException {
        asked.refuse("--beam", "--chart");
        return answers.evaluate(Texts.read(asked.data()));
    }

    /** A prompt with its next token, on one line. */
    private static String followed(Vocabulary vocabulary, String prompt, String token) {
        return Printable.of(token.equals("\n") ? prompt + token : vocabulary.continued(prompt, token));
    }

    private static Map<String, Object> figures(TokenProbability next) {
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("token", next.token());
        figures.put("probability", next.probability());
        return figures;
    }
}
