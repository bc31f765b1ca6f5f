package org.tidegate.task;

import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Function;
import org.tidegate.Model;
import org.tidegate.Precision;
import org.tidegate.json.JsonObject;

/**
 * A task's door: how a model's file becomes what answers. A task that can also learn from its file is a {@link TrainableFormat}; one whose
 * models are made elsewhere need not be.
 *
 * <p>{@link Tasks} finds the doors of all tasks by {@link java.util.ServiceLoader}, so that a task may live in any module: a public class
 * with a public constructor without arguments, named in {@code META-INF/services/org.tidegate.task.TaskFormat}.
 *
 * @param <R> what the task knows
 * @param <A> what answers
 */
public abstract class TaskFormat<R extends Reading, A extends Answers<R>> {
    private final String task;
    private final Function<JsonObject, R> reading;
    private final Maker<R, A> answers;

    /**
     * Makes what answers.
     *
     * @param <R> what the task knows
     * @param <A> what answers
     */
    @FunctionalInterface
    protected interface Maker<R, A> {
        /**
         * Answers over workers, which belong to them from now on.
         *
         * @param reading fits the model
         * @param model the network whose frozen form the workers run, to copy what answering needs besides (the transitions of a random
         *     field); it may be closed afterwards
         */
        A make(R reading, Model model, Workers workers);
    }

    /**
     * The door of a task.
     *
     * @param task its name, {@link Reading#task}
     * @param reading reads what {@link Reading#toJson} wrote, or throws an {@link IllegalArgumentException} that says what is wrong
     * @param answers makes what answers
     */
    protected TaskFormat(String task, Function<JsonObject, R> reading, Maker<R, A> answers) {
        this.task = task;
        this.reading = reading;
        this.answers = answers;
    }

    /** The task's name, as it stands in a model's file. */
    public final String task() {
        return task;
    }

    /**
     * Opens a model's file to answer with it, one thread to a call. The caller closes it.
     *
     * @param precision the numbers of the weights
     * @throws org.tidegate.checkpoint.CheckpointException if the file is damaged or is of another task; the message says why
     * @throws IOException if it cannot be read
     */
    public final A open(Path file, Precision precision) throws IOException {
        return open(file, precision, 1);
    }

    /**
     * As {@link #open(Path, Precision)}, with several threads to a call.
     *
     * @param threads how many threads the native core may use in one call
     * @throws IllegalArgumentException if the number of threads is not positive
     */
    public final A open(Path file, Precision precision, int threads) throws IOException {
        return TaskFile.open(file, checkpoint -> {
            R known = TaskFile.reading(checkpoint, this);
            try (Model model = TaskFile.network(checkpoint, known)) {
                return answers(known, model, precision, threads);
            }
        });
    }

    /** What a file's JSON says that the task knows. */
    final R reading(JsonObject json) {
        return reading.apply(json);
    }

    /**
     * Answers with a network as it is now: its weights are packed once. The caller closes them.
     *
     * @param threads how many threads the native core may use in one call
     * @throws IllegalArgumentException if the number of threads is not positive
     * @throws IllegalStateException while a session trains the network, or after it was closed
     */
    public final A answers(R known, Model model, Precision precision, int threads) {
        Workers workers = new Workers(model.freeze(precision), threads);
        try {
            return answers.make(known, model, workers);
        } catch (RuntimeException | Error e) {
            workers.close();
            throw e;
        }
    }
}
