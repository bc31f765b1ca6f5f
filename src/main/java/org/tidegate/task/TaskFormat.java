package org.tidegate.task;

import java.io.IOException;
import java.nio.file.Path;
import org.tidegate.FrozenModel;
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

    /**
     * The door of a task.
     *
     * @param task its name, {@link Reading#task}
     */
    protected TaskFormat(String task) {
        this.task = task;
    }

    /** The task's name, as it stands in a model's file. */
    public final String task() {
        return task;
    }

    /**
     * What {@link Reading#toJson} wrote.
     *
     * @throws IllegalArgumentException if it is something else; the message says what is wrong
     */
    protected abstract R reading(JsonObject json);

    /** Answers over workers, which belong to them from now on. The reading fits the workers' model. */
    protected abstract A answers(R reading, Workers workers);

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
            R reading = TaskFile.reading(checkpoint, this);
            try (Model model = TaskFile.network(checkpoint, reading)) {
                return answers(reading, model, precision, threads);
            }
        });
    }

    /**
     * Answers with a network as it is now: its weights are packed once. The caller closes them.
     *
     * @param threads how many threads the native core may use in one call
     * @throws IllegalArgumentException if the number of threads is not positive
     * @throws IllegalStateException while a session trains the network, or after it was closed
     */
    public final A answers(R reading, Model model, Precision precision, int threads) {
        FrozenModel frozen = model.freeze(precision);
        Workers workers = new Workers(frozen, threads);
        try {
            return answers(reading, workers);
        } catch (RuntimeException | Error e) {
            workers.close();
            throw e;
        }
    }
}
