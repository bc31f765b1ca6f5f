package org.tidegate.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Collectors;
import org.tidegate.checkpoint.CheckpointException;
import org.tidegate.onnx.OnnxReading;
import org.tidegate.task.Answers;
import org.tidegate.task.Evaluation;
import org.tidegate.task.Reading;
import org.tidegate.task.TaskFormat;
import org.tidegate.task.Tasks;

/**
 * The command line of a task: the command {@code tidegate train TASK}, and what {@code predict} and {@code evaluate} do with a
 * model of it. One public class with a picocli {@code @Command} whose name is the word after {@code tidegate train}, named in
 * META-INF/services. The command of a task that only answers is hidden, and says where its models come from.
 *
 * <p>To predict and to evaluate, its options are not set: all settings are in the model.
 *
 * @param <R> what the task knows
 * @param <A> its inference
 */
public abstract class TaskCommand<R extends Reading, A extends Answers<R>> extends ScreenCommand {
    private final TaskFormat<R, A> format;

    /** The command of a task. */
    TaskCommand(TaskFormat<R, A> format) {
        this.format = format;
    }

    /** The command of the task that a model's file is for. */
    static TaskCommand<?, ?> of(Path file) throws IOException {
        String name = Tasks.task(file);
        if (name.equals(OnnxReading.TASK)) {
            throw new CheckpointException(file + " was imported as it is: it answers with arrays, in Java by OnnxAnswers. A detector of speech"
                    + " is used here once it is imported with --task voice; any network is written for other runtimes by tidegate export"
                    + " --format onnx");
        }
        List<TaskCommand<?, ?>> all = all();
        return all.stream().filter(command -> command.format.task().equals(name)).findFirst().orElseThrow(
                () -> new CheckpointException(file + " is a model of the task \"" + name + "\", for which this program has no command; it"
                        + " has " + all.stream().map(command -> command.format.task()).collect(Collectors.joining(", "))));
    }

    private static List<TaskCommand<?, ?>> all() {
        return ServiceLoader.load(TaskCommand.class).stream().<TaskCommand<?, ?>>map(ServiceLoader.Provider::get).toList();
    }

    /** Answers inputs, one by one as they come. */
    abstract void predict(A answers, Predictions predictions) throws IOException;

    /**
     * Measures a model.
     *
     * @param asked the data and how
     */
    abstract Evaluation evaluate(A answers, Evaluations asked) throws IOException;

    /** Whether some models of the task answer with what reaches a probability: a use for --threshold. */
    boolean hasThreshold() {
        return false;
    }

    /** Whether models of the task hear sound as it arrives: a use for --raw. */
    boolean hears() {
        return false;
    }

    /** Whether models of the task answer texts that they split into words as their training data are split: a use for --tokens. */
    boolean splitsTexts() {
        return false;
    }

    /** {@link #predict} with the model of a file. */
    final void predict(Path file, Predictions predictions) throws IOException {
        refuseThreshold(predictions);
        if (!splitsTexts()) {
            predictions.refuse("--tokens");
        }
        if (!hears()) {
            predictions.refuse("--raw");
        }
        try (A answers = format.open(file, predictions.precision(), predictions.threads())) {
            predict(answers, predictions);
        }
    }

    /** {@link #evaluate} with the model of a file. */
    final Evaluation evaluate(Path file, Evaluations asked) throws IOException {
        refuseThreshold(asked);
        try (A answers = format.open(file, asked.precision(), asked.threads())) {
            return evaluate(answers, asked);
        }
    }

    private void refuseThreshold(ModelUse asked) {
        if (!hasThreshold()) {
            asked.refuse("--threshold");
        }
    }
}
