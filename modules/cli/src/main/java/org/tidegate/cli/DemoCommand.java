package org.tidegate.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.tidegate.Precision;
import org.tidegate.data.Split;
import org.tidegate.decode.Sampling;
import org.tidegate.task.lm.LanguageModel;
import org.tidegate.task.lm.LanguageModelAnswers;
import org.tidegate.text.Vocabulary;
import org.tidegate.train.HistoryPoint;
import org.tidegate.train.TrainingListener;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code tidegate demo}: trains a model in a minute and uses it, on text that every JDK carries. */
@Command(name = "demo", sortOptions = false,
        description = "Trains a character model on the names of the Unicode characters and shows what it learns, in about a minute.",
        footer = {"",
            "@|bold Example:|@",
            "  tidegate demo --out demo"})
final class DemoCommand extends ScreenCommand {
    private static final String PROMPT = "LATIN ";
    private static final int SAMPLE = 120;
    private static final int SAMPLES = 8;
    private static final double HELD_OUT = 0.02;

    @Option(names = "--out", defaultValue = "tidegate-demo", paramLabel = "FOLDER",
            description = "The folder for the model and the loss chart; it is made if need be (${DEFAULT-VALUE}).")
    private Path folder;

    @Option(names = "--epochs", defaultValue = "6", description = "Passes over the names (${DEFAULT-VALUE}).")
    private double epochs;

    @Option(names = "--resume", description = "Go on where Ctrl-C stopped the demo.")
    private boolean resume;

    @Override
    public Integer call() throws Exception {
        Files.createDirectories(folder);
        TrainingOptions options = options();
        options.checkOutput(List.of());
        Split names = Split.lines(UnicodeNames.text(), HELD_OUT, options.seed);
        screen().line("the text: %,d names of Unicode characters, %,d more held out", names.train().lines().count(),
                names.heldOut().lines().count());
        try (LanguageModel model = resume ? LanguageModel.load(options.out) : create(names.train(), options.seed)) {
            TrainingListener samples = new TrainingListener() {
                @Override
                public void measured(HistoryPoint point) {
                    sample(model, point.step());
                }
            };
            int code = new TrainingRun(screen(), options, againWith("--resume")).run(model,
                    options.training(), training -> model.train(names.train(), names.heldOut(), training), samples);
            if (code == 0) {
                screen().line("");
                screen().line("Now your own text, any file:");
                screen().line("  %s train lm --text FILE --out my.safetensors", program());
                screen().line("or more names:");
                screen().line("  %s generate --model %s --prompt \"GREEK \"", program(), options.out);
            }
            return code;
        }
    }

    private static LanguageModel create(String text, long seed) {
        return LanguageModel.builder(Vocabulary.ofCodePoints(text)).embedding(32).dropout(0.1).seed(seed).build();
    }

    private TrainingOptions options() {
        TrainingOptions options = CommandLine.populateCommand(new TrainingOptions(),
                "--out", folder.resolve("names.safetensors").toString(), "--log", folder.resolve("names.jsonl").toString(),
                "--every", Double.toString(epochs / SAMPLES));
        options.resume = resume;
        return options.exactly(epochs);
    }

    private void sample(LanguageModel model, long seed) {
        try (LanguageModelAnswers answers = model.answers(Precision.FLOAT32)) {
            String text = PROMPT + answers.generate("\n" + PROMPT, SAMPLE, Sampling.temperature(0.7).seed(seed));
            // The last name may have been cut off.
            text.substring(0, Math.max(text.lastIndexOf('\n'), PROMPT.length())).lines().forEach(line -> screen().line("    %s", line));
        }
    }
}
