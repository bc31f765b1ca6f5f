package org.tidegate.cli;

import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tidegate predict}: a model's answers to new inputs. */
@Command(name = "predict", sortOptions = false, description = "Answers with a trained model.",
        footer = {"",
            "Inputs are arguments, or the lines of standard input, answered as they come. What an input is depends on the model's task: a",
            "text, or the name of a file. - is standard input. An input without an answer, such as a blank line, has an error in its",
            "place; the others are answered, and the exit code is 1.",
            "",
            "@|bold Examples:|@",
            "  tidegate predict --model mood.safetensors \"what a lovely day\"",
            "  tidegate predict --model mood.safetensors --top 2 --json < lines.txt"})
final class PredictCommand extends ScreenCommand {
    @Option(names = "--model", required = true, paramLabel = "MODEL", description = "The model file.")
    private Path model;

    @Parameters(paramLabel = "INPUT", arity = "0..*", description = "What to answer; without any the lines of standard input.")
    private List<String> inputs = List.of();

    @Option(names = "--top", paramLabel = "N", description = "Give the N best answers, where the task has several (1).")
    private Integer top;

    @Option(names = "--tokens", paramLabel = "WHAT", converter = FillCommand.Words.class,
            description = "What a text is split into to tag it or to fill it in: words, as the training data have them, or whitespace, for"
                    + " words that are ready, with spaces between them (as the model was trained).")
    private Units tokens;

    @Mixin
    private AnswerOptions options = new AnswerOptions();

    @Option(names = "--json", description = "Answer with one JSON object a line.")
    private boolean json;

    @Option(names = "--raw", paramLabel = "HZ",
            description = "Inputs are sound without a header: 16 bits a sample, little-endian, one channel, of this sample rate. Answers"
                    + " come while it goes on.")
    private Integer raw;

    @Option(names = "--strict", description = "Stop at the first input that has no answer.")
    private boolean strict;

    @Override
    public Integer call() throws Exception {
        options.check();
        if (top != null && top < 1) {
            throw new IllegalArgumentException("--top " + top + "; expected 1 or more");
        }
        Predictions predictions = new Predictions(model, inputs, options, top, tokens, raw, json, strict, screen());
        TaskCommand.of(model).predict(model, predictions);
        if (predictions.failed() > 0 && predictions.inputs() > 1) {
            screen().error("tidegate: " + predictions.failed() + " of " + predictions.inputs() + " inputs have no answer");
        }
        return predictions.failed() > 0 ? Failures.FAILED : 0;
    }
}
