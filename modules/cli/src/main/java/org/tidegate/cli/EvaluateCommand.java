package org.tidegate.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.tidegate.task.Figures;
import org.tidegate.task.Tasks;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code tidegate evaluate}: measures a model on held-out data. */
@Command(name = "evaluate", sortOptions = false, description = "Measures how good a model is on data that it was not trained on.",
        footer = {"",
            "The data are of the kind that the model was trained on. A text for a language model is read as one stream from beginning"
                + " to end.",
            "",
            "@|bold Example:|@",
            "  tidegate evaluate --model notes.safetensors --data other-notes.txt --json",
            "  tidegate evaluate --model new.safetensors --against old.safetensors --data test.tsv"})
final class EvaluateCommand extends ScreenCommand {
    @Option(names = "--model", required = true, paramLabel = "MODEL", description = "The model file.")
    private Path model;

    @Option(names = {"--data", "--text"}, required = true, arity = "1..*", paramLabel = "FILE",
            converter = InputPath.class, description = "The data, one or more files; - is standard input.")
    private List<Path> data;

    @Option(names = "--against", paramLabel = "MODEL", description = "Another model of the task, measured on the same data: tells how the"
            + " figures differ, and the confidence interval of the difference.")
    private Path against;

    @Mixin
    private AnswerOptions options = new AnswerOptions();

    @Option(names = "--json", description = "Print the figures as one JSON object on the last line.")
    private boolean json;

    @Override
    public Integer call() throws Exception {
        options.check();
        TaskCommand<?, ?> command = TaskCommand.of(model);
        checkAgainst();
        Evaluations asked = new Evaluations(data, options, screen(), Optional.ofNullable(against));
        Figures figures = command.evaluate(model, asked).figures();
        if (against != null) {
            figures = compared(figures, command.evaluate(against, new Evaluations(data, options, screen(), Optional.of(model))).figures());
        }
        FiguresReport report = new FiguresReport(figures);
        report.print(screen());
        if (asked.chart().isPresent() && figures.confusion().isPresent()) {
            report.draw(asked.chart().get());
            screen().line("%nthe confusion matrix is drawn in %s", asked.chart().get());
        }
        if (json) {
            screen().line("%s", figures.toJson());
        }
        return 0;
    }

    private void checkAgainst() throws IOException {
        if (against == null) {
            return;
        }
        if (options.chart().isPresent()) {
            throw new IllegalArgumentException("--chart draws what one model answers; leave it or --against out");
        }
        if (data.contains(InputPath.of("-"))) {
            throw new IllegalArgumentException("--against reads the data twice, and standard input can be read once; give a file");
        }
        if (!Tasks.task(against).equals(Tasks.task(model))) {
            throw new IllegalArgumentException("--against " + against + " is a model of the task \"" + Tasks.task(against) + "\", and "
                    + model + " of \"" + Tasks.task(model) + "\"; give two of one task");
        }
    }

    private Figures compared(Figures figures, Figures others) {
        try {
            return figures.against(others);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(model + " and " + against + " cannot be compared: " + e.getMessage(), e);
        }
    }
}
