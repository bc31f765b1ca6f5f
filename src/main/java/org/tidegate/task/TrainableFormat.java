package org.tidegate.task;

import java.io.IOException;
import java.nio.file.Path;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.tidegate.Model;
import org.tidegate.json.JsonObject;

/**
 * The file format of a task whose models can also be trained.
 *
 * @param <R> what the task knows
 * @param <T> its trainable model
 * @param <A> its inference
 */
public abstract class TrainableFormat<R extends Reading, T extends Trainable<R, A>, A extends Answers<R>> extends TaskFormat<R, A> {
    private final BiFunction<R, Model, T> trainable;

    /**
     * Creates the format of a task.
     *
     * @param task its name, {@link Reading#task}
     * @param reading reads what {@link Reading#toJson} wrote, or throws an {@link IllegalArgumentException} that names the error
     * @param trainable creates the trainable model over a network that the reading fits, which it owns from then on
     * @param answers creates its inference
     */
    protected TrainableFormat(String task, Function<JsonObject, R> reading, BiFunction<R, Model, T> trainable, Maker<R, A> answers) {
        super(task, reading, answers);
        this.trainable = trainable;
    }

    /** A model over a network that the reading fits, which it owns from then on. */
    final T over(R reading, Model network) {
        reading.checkFits(network);
        return trainable.apply(reading, network);
    }

    /**
     * Loads a model to train it further: a new training from its parameters, or with {@link org.tidegate.train.Training#continued} its own
     * one. The caller closes it.
     *
     * @param file the model's file
     * @return the model
     * @throws IOException if it cannot be read
     * @throws org.tidegate.checkpoint.CheckpointException if the file is damaged or of another task; the message names the reason
     */
    public final T load(Path file) throws IOException {
        return TaskFile.open(file, checkpoint -> {
            R reading = TaskFile.reading(checkpoint, this);
            Model network = TaskFile.network(checkpoint, reading);
            T loaded;
            try {
                loaded = TaskFile.checked(checkpoint, () -> trainable.apply(reading, network));
            } catch (IOException | RuntimeException | Error e) {
                network.close();
                throw e;
            }
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
