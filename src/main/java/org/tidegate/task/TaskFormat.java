package org.tidegate.task;

import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Function;
import org.tidegate.Model;
import org.tidegate.Precision;
import org.tidegate.checkpoint.Checkpoint;
import org.tidegate.json.JsonObject;

/**
 * A task's file format: how a model's file becomes {@link Answers}. A task whose models can also be trained has a {@link TrainableFormat}.
 *
 * <p>{@link Tasks} finds the formats of all tasks by {@link java.util.ServiceLoader}, so that a task may be in any module: a public class
 * with a public constructor without arguments, named in {@code META-INF/services/org.tidegate.task.TaskFormat}.
 *
 * @param <R> what the task knows
 * @param <A> its inference
 */
public abstract class TaskFormat<R extends Reading, A extends Answers<R>> {
    private final String task;
    private final Function<JsonObject, R> reading;
    private final Maker<R, A> answers;

    /**
     * Creates the inference of a task.
     *
     * @param <R> what the task knows
     * @param <A> its inference
     */
    @FunctionalInterface
    protected interface Maker<R, A> {
        /**
         * {@return the answers over workers}
         *
         * @param reading what the task knows, which fits the model
         * @param model the network whose frozen form the workers run, for what inference needs besides (the transition scores of a CRF); it
         *     may be closed afterwards
         * @param workers owned by the answers from now on
         */
        A make(R reading, Model model, Workers workers);
    }

    /**
     * Creates the format of a task.
     *
     * @param task its name, {@link Reading#task}
     * @param reading reads what {@link Reading#toJson} wrote, or throws an {@link IllegalArgumentException} that names the error
     * @param answers creates its inference
     */
    protected TaskFormat(String task, Function<JsonObject, R> reading, Maker<R, A> answers) {
        this.task = task;
        this.reading = reading;
        this.answers = answers;
    }

    /** {@return the task's name, as in a model's file} */
    public final String task() {
        return task;
    }

    /**
     * Opens a model's file for inference, one thread to a call. The caller closes it.
     *
     * @param file the model's file
     * @param precision the precision of the weights
     * @return the answers
     * @throws IOException if it cannot be read
     * @throws org.tidegate.checkpoint.CheckpointException if the file is damaged or of another task; the message names the reason
     */
    public final A open(Path file, Precision precision) throws IOException {
        return open(file, precision, 1);
    }

    /**
     * Opens a model's file for inference, several threads to a call. The caller closes it.
     *
     * @param file the model's file
     * @param precision the precision of the weights
     * @param threads the number of threads of the native core in one call
     * @return the answers
     * @throws IllegalArgumentException if the number of threads is not positive
     * @throws org.tidegate.checkpoint.CheckpointException if the file is damaged or of another task; the message names the reason
     * @throws IOException if it cannot be read
     */
    public final A open(Path file, Precision precision, int threads) throws IOException {
        return TaskFile.open(file, checkpoint -> {
            R known = TaskFile.reading(checkpoint, this);
            try (Model model = TaskFile.network(checkpoint, known)) {
                Workers workers = new Workers(model.freeze(precision), threads, known.kept());
                return TaskFile.checked(checkpoint, () -> answers(known, model, workers));
            }
        });
    }

    /**
     * Writes a network as a model's file of this task, all of it or not at all: for a network that no {@link Trainable} made.
     *
     * @param known what the task knows
     * @param model the network
     * @param file the file
     * @throws IllegalArgumentException if the network does not fit; the message names the first difference
     * @throws IOException if the file cannot be written
     */
    public final void save(R known, Model model, Path file) throws IOException {
        known.checkFits(model);
        model.save(file, writer -> TaskFile.write(writer, known, null, null));
    }

    /**
     * {@return what a model's file says that the task knows besides its network}
     *
     * @param checkpoint the opened file
     * @throws org.tidegate.checkpoint.CheckpointException if it is damaged or of another task; the message names the reason
     * @throws IOException if it cannot be read
     */
    public final R reading(Checkpoint checkpoint) throws IOException {
        return TaskFile.reading(checkpoint, this);
    }

    /** What a file's JSON holds. */
    final R reading(JsonObject json) {
        return reading.apply(json);
    }

    /**
     * Freezes a network as it is now: its weights are packed once. The caller closes the answers.
     *
     * @param known what the task knows, which fits the model
     * @param model the network; it may be closed afterwards
     * @param precision the precision of the weights
     * @param threads the number of threads of the native core in one call
     * @return the answers
     * @throws IllegalArgumentException if the number of threads is not positive
     * @throws IllegalStateException while a session trains the network, or after it was closed
     */
    public final A answers(R known, Model model, Precision precision, int threads) {
        return answers(known, model, new Workers(model.freeze(precision), threads, known.kept()));
    }

    private A answers(R known, Model model, Workers workers) {
        try {
            return answers.make(known, model, workers);
        } catch (RuntimeException | Error e) {
            workers.close();
            throw e;
        }
    }
}
