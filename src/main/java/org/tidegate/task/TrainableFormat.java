package org.tidegate.task;

import java.io.IOException;
import java.nio.file.Path;
import org.tidegate.Model;

/**
 * The door of a task that learns, too.
 *
 * @param <R> what the task knows
 * @param <T> what learns
 * @param <A> what answers
 */
public abstract class TrainableFormat<R extends Reading, T extends Trainable<R, A>, A extends Answers<R>> extends TaskFormat<R, A> {
    /**
     * The door of a task.
     *
     * @param task its name, {@link Reading#task}
     */
    protected TrainableFormat(String task) {
        super(task);
    }

    /** What learns, over a network that the reading fits. The model belongs to it from now on. */
    protected abstract T trainable(R reading, Model model);

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
            T trainable = trainable(reading, TaskFile.network(checkpoint, reading));
            try {
                TaskFile.restore(checkpoint, trainable);
                return trainable;
            } catch (IOException | RuntimeException | Error e) {
                trainable.close();
                throw e;
            }
        });
    }
}
