package org.tidegate.cli;

import java.nio.file.Path;
import org.tidegate.Precision;
import org.tidegate.decode.Sampling;
import org.tidegate.task.LanguageModel;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code tidegate generate}: a language model continues a prompt. */
@Command(name = "generate", sortOptions = false, description = "Lets a language model go on with a text.",
        footer = {"",
            "The same seed gives the same text. Without --seed each call gives another one.",
            "",
            "@|bold Example:|@",
            "  tidegate generate --model notes.safetensors --prompt \"Today \" --seed 1"})
final class GenerateCommand extends ScreenCommand {
    @Option(names = "--model", required = true, paramLabel = "MODEL", description = "The model file.")
    private Path model;

    @Option(names = "--prompt", defaultValue = "", paramLabel = "TEXT", description = "The text to go on with (default: none).")
    private String prompt;

    @Option(names = "--length", defaultValue = "500", paramLabel = "N",
            description = "How many characters (words, for a model of words) to add (${DEFAULT-VALUE}).")
    private int length;

    @Option(names = "--temperature", defaultValue = "0.8", paramLabel = "T",
            description = "1: as the model has it, less: more careful, 0: always the likeliest (${DEFAULT-VALUE}).")
    private double temperature;

    @Option(names = "--top-k", defaultValue = "0", paramLabel = "K", description = "Choose from the K likeliest only, 0 for all"
            + " (${DEFAULT-VALUE}).")
    private int topK;

    @Option(names = "--top-p", defaultValue = "1", paramLabel = "P",
            description = "Choose from the likeliest that together reach the probability P (${DEFAULT-VALUE}).")
    private double topP;

    @Option(names = "--precision", defaultValue = "float32", paramLabel = "P",
            description = "Numbers of the weights: float32, bfloat16 or int8 (${DEFAULT-VALUE}).")
    private Precision precision;

    @Option(names = "--seed", paramLabel = "N", description = "Seed of the choices.")
    private Long seed;

    @Override
    public Integer call() throws Exception {
        Sampling sampling = Sampling.temperature(temperature).topK(topK).topP(topP).seed(seed != null ? seed : System.nanoTime());
        try (LanguageModel language = LanguageModel.load(model)) {
            screen().line(prompt + language.generate(prompt, length, sampling, precision));
        }
        return 0;
    }
}
