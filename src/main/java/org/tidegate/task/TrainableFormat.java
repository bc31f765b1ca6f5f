package org.tidegate.task;

import java.io.IOException;
import java.nio.file.Path;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.tidegate.Model;
import org.tidegate.json.JsonObject;

/**
 * The door of a task that learns, too.
 *
 * @param <R> what the task knows
 * @param <T> what learns
 * @param <A> what answers
 */
public abstract class TrainableFormat<R extends Reading, T extends Trainable<R, A>, A extends Answers<R>> extends TaskFormat<R, A> {
    private final BiFunction<R, Model, T> trainable;

    /**
     * The door of a task.
     *
     * @param task its name, {@link Reading#task}
     * @param reading reads what {@link Reading#toJson} wrote, or throws an {@link IllegalArgumentException} that says what is wrong
     * @param trainable makes what learns, over a network that the reading fits; the model belongs to it from then on
     * @param answers makes what answers
     */
    protected TrainableFormat(String task, Function<JsonObject, R> reading, BiFunction<R, Model, T> trainable, Maker<R, A> answers) {
        super(task, reading, answers);
        this.trainable = trainable;
    }

    /**
     * Loads a model to train it further: on new data from where its parameters stand, or with {@link org.tidegate.train.Training#continued}
     * where its own training stopped. The caller closes it.
     *
     * @throws org.tidegate.checkpoint.CheckpointException if the file is damaged or is of another task; the message says why
     * @throws IOException if it cannot be read
     */
    public final T load(Path file) throws IOException {
        return TaskFile.open(file, checkpoint -> {
            R reading = TaskFile.reading(checkpoint, this);
            T loaded = trainable.apply(reading, TaskFile.network(checkpoint, reading));
            try {
                TaskFile.restore(checkpoint, loaded);
                return loaded;
            } catch (IOException | RuntimeException | Error e) {
                loaded.close();
                throw e;
            }
        });
    }
}
