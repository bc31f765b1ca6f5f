package org.tidegate.task;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.TreeMap;
import org.tidegate.Model;
import org.tidegate.Optimizer;
import org.tidegate.checkpoint.Checkpoint;
import org.tidegate.checkpoint.CheckpointException;
import org.tidegate.checkpoint.CheckpointWriter;
import org.tidegate.text.Vocabulary;
import org.tidegate.train.TrainingState;

/** The file of a task's model: what the task needs and the state of its training beside the network. */
public final class OldTaskFile {
    private static final String TASK = "task";
    private static final String TRAINING = "training";
    private static final String CARRIED = "state";

    /** Builds a task's model from what its file holds. */
    @FunctionalInterface
    public interface Reader<M extends TaskModel> {
        /**
         * Reads what the task needs, then the network ({@link Checkpoint#newModel}).
         *
         * @throws CheckpointException if something is missing or does not fit
         * @throws IOException if the file cannot be read
         */
        M read(Checkpoint checkpoint) throws IOException;
    }

    private OldTaskFile() {}

    /**
     * Which task a model's file is for: what {@link TaskModel#task} says of it.
     *
     * @throws CheckpointException if the file is damaged or no model of a task
     * @throws IOException if it cannot be read
     */
    public static String task(Path file) throws IOException {
        try (Checkpoint checkpoint = Checkpoint.open(file)) {
            return checkpoint.metadata(TASK).orElseThrow(
                    () -> new CheckpointException(file + " holds a network, but no task that says what it is for"));
        }
    }

    /**
     * Loads a model, to use it, or to train it further on new data from where its parameters stand. The caller closes it.
     *
     * @throws CheckpointException if the file is damaged or is of another task; the message says why
     * @throws IOException if it cannot be read
     */
    public static <M extends TaskModel> M load(Path file, String task, Reader<M> reader) throws IOException {
        try (Checkpoint checkpoint = Checkpoint.open(file)) {
            M model = read(checkpoint, task, reader);
            try {
                Optional<String> training = checkpoint.metadata(TRAINING);
                if (training.isPresent()) {
                    model.restore(state(checkpoint, training.get()), null);
                }
                return model;
            } catch (IOException | RuntimeException | Error e) {
                model.close();
                throw e;
            }
        }
    }

    /**
     * Loads a model with the state of its training: the next training goes on where that one stopped, to the bit as if it never had. The
     * caller closes it.
     *
     * @throws CheckpointException as {@link #load}, or if the file holds no state of a training
     * @throws IOException if it cannot be read
     */
    public static <M extends TaskModel> M resume(Path file, String task, Reader<M> reader) throws IOException {
        try (Checkpoint checkpoint = Checkpoint.open(file)) {
            if (!checkpoint.hasOptimizer() || checkpoint.metadata(TRAINING).isEmpty()) {
                throw new CheckpointException(file + " holds a model, but no state of a training to go on with. Resume the file that the"
                        + " training itself saved, or load this one and start a new training from its parameters.");
            }
            M model = read(checkpoint, task, reader);
            try {
                TrainingState state = state(checkpoint, checkpoint.require(TRAINING));
                Optimizer optimizer = model.model().newOptimizer(state.settings().optimizer());
                model.restore(state, optimizer);
                checkpoint.readOptimizer(optimizer);
                return model;
            } catch (IOException | RuntimeException | Error e) {
                model.close();
                throw e;
            }
        }
    }

    /**
     * The vocabulary that stands under a key of a file.
     *
     * @throws CheckpointException if there is none, or it is damaged
     */
    public static Vocabulary vocabulary(Checkpoint checkpoint, String key) throws CheckpointException {
        try {
            return Vocabulary.fromJson(org.tidegate.json.JsonObject.parse(checkpoint.require(key)));
        } catch (IllegalArgumentException e) {
            throw new CheckpointException(checkpoint.path() + ": " + e.getMessage(), e);
        }
    }

    /** Makes a task's model of a network that has the nodes it needs. */
    @FunctionalInterface
    interface Maker<M> {
        /**
         * Checks the network and takes it.
         *
         * @throws IllegalArgumentException if it is another one
         * @throws IOException if something else is missing in the file
         */
        M make(Model model) throws IOException;
    }

    /** The model of a file's network; the network is closed where it is none, which is an error of the file. */
    static <M> M checked(Checkpoint checkpoint, String what, Maker<M> maker) throws IOException {
        Model model = checkpoint.newModel();
        try {
            return maker.make(model);
        } catch (IllegalArgumentException e) {
            model.close();
            throw new CheckpointException(checkpoint.path() + " is no usable " + what + ": " + e.getMessage(), e);
        } catch (IOException | RuntimeException | Error e) {
            model.close();
            throw e;
        }
    }

    /** Writes a model, whole or not at all; with an optimizer the training can be resumed from the file. */
    static void save(Path file, TaskModel model, Optimizer optimizer, TrainingState state) throws IOException {
        CheckpointWriter writer = new CheckpointWriter(model.model()).metadata(TASK, model.task());
        // Sorted: a map of several entries may have another order in another process, and the file another order of bytes.
        new TreeMap<>(model.metadata()).forEach(writer::metadata);
        if (state != null) {
            writer.metadata(TRAINING, state.toJson().toString());
            if (optimizer != null) {
                writer.optimizer(optimizer).extra(CARRIED, state.carried().toArray());
            }
        }
        writer.write(file);
    }

    private static <M extends TaskModel> M read(Checkpoint checkpoint, String task, Reader<M> reader) throws IOException {
        String found = checkpoint.metadata(TASK).orElse("none");
        if (!found.equals(task)) {
            throw new CheckpointException(checkpoint.path() + " is no model of the task \"" + task + "\": its task is \"" + found + "\"");
        }
        return reader.read(checkpoint);
    }

    private static TrainingState state(Checkpoint checkpoint, String json) throws IOException {
        try {
            return TrainingState.fromJson(org.tidegate.json.JsonObject.parse(json), checkpoint.extra(CARRIED));
        } catch (IllegalArgumentException e) {
            throw new CheckpointException(checkpoint.path() + ": " + e.getMessage(), e);
        }
    }
}
