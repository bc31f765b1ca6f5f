package org.tidegate.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Collectors;
import org.tidegate.checkpoint.CheckpointException;
import org.tidegate.task.Answers;
import org.tidegate.task.Evaluation;
import org.tidegate.task.Reading;
import org.tidegate.task.Tasks;
import org.tidegate.task.Trainable;
import org.tidegate.task.TrainableFormat;

/**
 * The command line of a task: the command {@code tidegate train TASK}, and what {@code predict} and {@code evaluate} do with a
 * model of it. One public class with a picocli {@code @Command} whose name is the word after {@code tidegate train}, named in
 * META-INF/services.
 *
 * <p>To predict and to evaluate, its options are not set: all settings are in the model.
 *
 * @param <R> what the task knows
 * @param <T> its trainable model
 * @param <A> its inference
 */
public abstract class TaskCommand<R extends Reading, T extends Trainable<R, A>, A extends Answers<R>> extends ScreenCommand {
    private final TrainableFormat<R, T, A> format;

    /** The command of a task. */
    TaskCommand(TrainableFormat<R, T, A> format) {
        this.format = format;
    }

    /** The command of the task that a model's file is for. */
    static TaskCommand<?, ?, ?> of(Path file) throws IOException {
        String name = Tasks.task(file);
        List<TaskCommand<?, ?, ?>> all = all();
        return all.stream().filter(command -> command.format.task().equals(name)).findFirst().orElseThrow(
                () -> new CheckpointException(file + " is a model of the task \"" + name + "\", for which this program has no command; it"
                        + " has " + all.stream().map(command -> command.format.task()).collect(Collectors.joining(", "))));
    }

    private static List<TaskCommand<?, ?, ?>> all() {
        return ServiceLoader.load(TaskCommand.class).stream().<TaskCommand<?, ?, ?>>map(ServiceLoader.Provider::get).toList();
    }

    /** Answers inputs, one by one as they come. */
    abstract void predict(A answers, Predictions predictions) throws IOException;

    /**
     * Measures a model.
     *
     * @param asked the data and how
     */
    abstract Evaluation evaluate(A answers, Evaluations asked) throws IOException;

    /** Whether models of the task may have several labels for an input, and thus a use for --threshold. */
    boolean givesSeveralLabels() {
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
        if (!givesSeveralLabels()) {
            asked.refuse("--threshold");
        }
    }

    /**
     * The model whose training is to be continued, if the options describe it: an option without effect would mislead.
     *
     * @param file the file of --out
     * @param fresh a model made from the options and the data alone; closed here
     */
    final T resumed(Path file, T fresh) throws IOException {
        try (fresh) {
            T model = format.load(file);
            try {
                List<String> others = new ArrayList<>(model.reading().differences(fresh.reading()));
                List<String> described = fresh.model().spec().lines().toList();
                model.model().spec().lines().filter(line -> !described.contains(line)).forEach(others::add);
                if (!others.isEmpty()) {
                    throw new IllegalArgumentException(file + " holds another network than the options describe (" + others.get(0)
                            + "). Resume with the options of its training, or leave out --resume to start anew.");
                }
                return model;
            } catch (RuntimeException | Error e) {
                model.close();
                throw e;
            }
        }
    }
}
