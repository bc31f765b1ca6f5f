package org.tidegate.cli;

import java.nio.file.Path;
import java.util.List;
import org.tidegate.Precision;
import org.tidegate.decode.BeamSearch;
import org.tidegate.decode.Sampling;
import org.tidegate.task.Tasks;
import org.tidegate.task.lm.LanguageModel;
import org.tidegate.task.lm.LanguageModelAnswers;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code tidegate generate}: a language model continues a prompt. */
@Command(name = "generate", sortOptions = false, description = "Lets a language model go on with a text.",
        footer = {"",
            "The same seed gives the same text. Without --seed each call gives another one.",
            "",
            "@|bold Examples:|@",
            "  tidegate generate --model notes.safetensors --prompt \"Today \" --seed 1",
            "  tidegate generate --model notes.safetensors --prompt \"Today \" --beam 5 --line"})
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

    @Option(names = "--beam", paramLabel = "N",
            description = "Search for the likeliest text with a beam of N instead of choosing at random.")
    private Integer beam;

    @Option(names = "--length-penalty", paramLabel = "A",
            description = "With --beam and --line: rank by log probability / length^A; 0, the default, favours short lines.")
    private Double lengthPenalty;

    @Option(names = "--line", description = "End with the line, after --length characters or words at most.")
    private boolean line;

    @Override
    public Integer call() throws Exception {
        if (beam == null) {
            refuse(lengthPenalty != null, "--length-penalty", "ranks what a beam search finds; give --beam, 5 for example");
        } else {
            for (String option : List.of("--temperature", "--top-k", "--top-p", "--seed")) {
                refuse(spec().commandLine().getParseResult().hasMatchedOption(option), option,
                        "is about random choices, and a beam search makes none; leave out one of them");
            }
            refuse(lengthPenalty != null && !line, "--length-penalty",
                    "ranks texts of different lengths, and without --line all have the same; add --line");
        }
        refuse(!Tasks.task(model).equals(LanguageModel.TASK), "--model " + model,
                "is no language model, and only those write on; ask it with tidegate predict");
        try (LanguageModelAnswers language = LanguageModel.open(model, precision)) {
            screen().result(prompt + (beam == null ? sampled(language) : searched(language)));
        }
        return 0;
    }

    private String sampled(LanguageModelAnswers language) {
        Sampling sampling = Sampling.temperature(temperature).topK(topK).topP(topP).seed(seed != null ? seed : System.nanoTime());
        return line ? language.generateLine(prompt, length, sampling) : language.generate(prompt, length, sampling);
    }

    private String searched(LanguageModelAnswers language) {
        BeamSearch search = BeamSearch.of(beam).lengthNormalization(lengthPenalty == null ? 0 : lengthPenalty);
        return line ? language.generateLine(prompt, length, search) : language.generate(prompt, length, search);
    }

    private static void refuse(boolean given, String option, String why) {
        if (given) {
            throw new IllegalArgumentException(option + " " + why);
        }
    }
}
