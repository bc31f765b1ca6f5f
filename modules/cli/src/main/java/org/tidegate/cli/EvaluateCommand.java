package org.tidegate.cli;

import java.nio.file.Path;
import java.util.List;
import org.tidegate.task.Evaluation;
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
            "  tidegate evaluate --model notes.safetensors --data other-notes.txt --json"})
final class EvaluateCommand extends ScreenCommand {
    @Option(names = "--model", required = true, paramLabel = "MODEL", description = "The model file.")
    private Path model;

    @Option(names = {"--data", "--text"}, required = true, arity = "1..*", paramLabel = "FILE",
            converter = InputPath.class, description = "The data, one or more files; - is standard input.")
    private List<Path> data;

    @Mixin
    private AnswerOptions options = new AnswerOptions();

    @Option(names = "--json", description = "Print the figures as one JSON object on the last line.")
    private boolean json;

    @Override
    public Integer call() throws Exception {
        options.check();
        Evaluations asked = new Evaluations(data, options, screen());
        Evaluation evaluation = TaskCommand.of(model).evaluate(model, asked);
        FiguresReport report = new FiguresReport(evaluation.figures());
        report.print(screen());
        if (asked.chart().isPresent() && evaluation.figures().confusion().isPresent()) {
            report.draw(asked.chart().get());
            screen().line("%nthe confusion matrix is drawn in %s", asked.chart().get());
        }
        if (json) {
            screen().line("%s", evaluation.figures().toJson());
        }
        return 0;
    }
}
