package org.tidegate.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.tidegate.checkpoint.CheckpointException;
import org.tidegate.task.OldTaskFile;
import org.tidegate.task.TaskModel;

/**
 * What the command line does with a task: the command {@code tidegate train TASK}, and what {@code predict} and {@code evaluate} do with a
 * model of it. One public class with a picocli {@code @Command} whose name is the word after {@code tidegate train}, named in
 * META-INF/services.
 *
 * <p>Predicting and evaluating, it is a fresh object whose options are not set: all that is needed is in the model.
 */
public abstract class TrainingTask<M extends TaskModel> extends ScreenCommand {
    /** For the tasks. */
    protected TrainingTask() {}

    /** The task of a model's file. */
    static TrainingTask<?> of(Path file) throws IOException {
        String name = OldTaskFile.task(file);
        List<TrainingTask<?>> all = all();
        return all.stream().filter(task -> task.task().equals(name)).findFirst().orElseThrow(
                () -> new CheckpointException(file + " is a model of the task \"" + name + "\", which this program does not have; it has "
                        + all.stream().map(TrainingTask::task).collect(Collectors.joining(", "))));
    }

    private static List<TrainingTask<?>> all() {
        List<TrainingTask<?>> all = new ArrayList<>();
        ServiceLoader.load(TrainingTask.class).forEach(all::add);
        return all;
    }

    /** The task's name in a model's file, {@link TaskModel#task}. */
    abstract String task();

    /** Loads a model; resume: with the state of its training. */
    abstract M load(Path file, boolean resume) throws IOException;

    /** Answers inputs, one by one as they come. */
    abstract void predict(M model, Predictions predictions) throws IOException;

    /**
     * Measures a model: prints the figures for people on the screen, and returns them under their names in JSON.
     *
     * @param asked the data and how
     */
    abstract Map<String, Object> evaluate(M model, Evaluations asked) throws IOException;

    /** {@link #predict} with the model of a file. */
    final void predict(Path file, Predictions predictions) throws IOException {
        try (M model = load(file, false)) {
            predict(model, predictions);
        }
    }

    /** {@link #evaluate} with the model of a file. */
    final Map<String, Object> evaluate(Path file, Evaluations asked) throws IOException {
        try (M model = load(file, false)) {
            return evaluate(model, asked);
        }
    }

    /**
     * The model that a training goes on with, if it is the one that the options describe: an option that had no effect would mislead.
     *
     * @param file what --out names
     * @param described a model made from the options alone
     */
    final M resumed(Path file, Described<M> described) throws IOException {
        M model = load(file, true);
        try (M fresh = described.by(model)) {
            List<String> others = new ArrayList<>(model.model().spec().lines().toList());
            others.removeAll(fresh.model().spec().lines().toList());
            if (!others.isEmpty()) {
                throw otherNetwork(file, others.get(0));
            }
            return model;
        } catch (IOException | RuntimeException | Error e) {
            model.close();
            throw e;
        }
    }

    /**
     * A model whose training is resumed, if what the spec of its network does not say is as the options have it, too.
     *
     * @param same by option, whether the model's value is the option's; where one is not, the model is closed
     */
    static <M extends TaskModel> M unchanged(Path file, M model, Map<String, Boolean> same) {
        for (Map.Entry<String, Boolean> each : new TreeMap<>(same).entrySet()) { // of several always the same one is named
            if (!each.getValue()) {
                model.close();
                throw otherNetwork(file, each.getKey());
            }
        }
        return model;
    }

    /** What is said where the saved network is not the one that the options describe. */
    static IllegalArgumentException otherNetwork(Path file, String difference) {
        return new IllegalArgumentException(file + " holds another network than the options describe (" + difference
                + "). Resume with the options of its training, or leave out --resume to start anew.");
    }

    /** Makes a model from the options, where it matters with the vocabulary of a saved one. */
    @FunctionalInterface
    interface Described<M> {
        M by(M saved) throws IOException;
    }
}
