package org.tidegate.task;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.tidegate.Model;
import org.tidegate.Optimizer;
import org.tidegate.Tensor;
import org.tidegate.TidegateException;
import org.tidegate.checkpoint.Checkpoint;
import org.tidegate.checkpoint.CheckpointException;
import org.tidegate.checkpoint.CheckpointWriter;
import org.tidegate.json.JsonObject;
import org.tidegate.train.TrainingState;
import org.tidegate.train.Weights;

/**
 * What a task's file holds beside the network: the task's name, its reading as JSON, and the state of its training. The optimizer's slots
 * and the carried recurrent state are tensors.
 */
final class TaskFile {
    private static final String TASK = "task";
    private static final String READING = "reading";
    private static final String TRAINING = "training";
    private static final String CARRIED = "state";
    private static final String MEAN_OF = "mean_of";
    private static final String HELD_OUT = "held_out_loss";
    private static final String PLAIN = "not smoothed";

    /** Before the names of the weights of a training's last step, where the model's are those of its best validation. */
    static final String LAST = "last.";

    private TaskFile() {}

    static void write(CheckpointWriter writer, Reading reading, Optimizer optimizer, TrainingState state) {
        writer.metadata(TASK, reading.task()).metadata(READING, reading.toJson().toString());
        if (state != null) {
            writer.metadata(TRAINING, state.toJson().toString());
            if (optimizer != null) {
                optimizer.writeTo(writer);
                writer.extra(CARRIED, state.carried().toArray());
            }
        }
    }

    /** Of a network whose loss is smoothed: the held-out losses are not. Files of before say nothing, and theirs are. */
    static void writePlain(CheckpointWriter writer) {
        writer.metadata(HELD_OUT, PLAIN);
    }

    static void write(CheckpointWriter writer, MeanOf members) {
        writer.metadata(MEAN_OF, members.toJson().toString());
    }

    /** The task that a file is for. */
    static String task(Checkpoint checkpoint) throws CheckpointException {
        return checkpoint.metadata(TASK).orElseThrow(
                () -> new CheckpointException(checkpoint.path() + " holds a network, but no task that says what it is for"));
    }

    /** Makes something of what a file says; whatever that makes impossible is an error of the file. */
    @FunctionalInterface
    interface Maker<T> {
        T make() throws IOException;
    }

    static <T> T checked(Checkpoint checkpoint, Maker<T> maker) throws IOException {
        try {
            return maker.make();
        } catch (RuntimeException e) {
            boolean told = e instanceof IllegalArgumentException || e instanceof TidegateException;
            throw new CheckpointException(checkpoint.path() + " is no usable model of the task \"" + task(checkpoint) + "\": "
                    + (told ? e.getMessage() : e), e);
        }
    }

    static <R extends Reading> R reading(Checkpoint checkpoint, TaskFormat<R, ?> format) throws IOException {
        String found = task(checkpoint);
        if (!found.equals(format.task())) {
            throw new CheckpointException(checkpoint.path() + " is no model of the task \"" + format.task() + "\": its task is \"" + found
                    + "\"");
        }
        String json = checkpoint.require(READING);
        return checked(checkpoint, () -> format.reading(JsonObject.parse(json)));
    }

    /** The network of a file, checked. The caller closes it. */
    static Model network(Checkpoint checkpoint, Reading reading) throws IOException {
        Model model = Model.load(checkpoint);
        try {
            return checked(checkpoint, () -> {
                reading.checkFits(model);
                return model;
            });
        } catch (IOException | RuntimeException | Error e) {
            model.close();
            throw e;
        }
    }

    /** Of what the model is the mean; empty of a single one. */
    static Optional<MeanOf> meanOf(Checkpoint checkpoint) throws IOException {
        Optional<String> members = checkpoint.metadata(MEAN_OF);
        return members.isEmpty() ? Optional.empty() : Optional.of(checked(checkpoint, () -> MeanOf.of(JsonObject.parse(members.get()))));
    }

    /** Puts in of what it is the mean and the state of its training, where the file holds such. */
    static void restore(Checkpoint checkpoint, Trainable<?, ?> trainable) throws IOException {
        meanOf(checkpoint).ifPresent(trainable::setMeanOf);
        Optional<String> training = checkpoint.metadata(TRAINING);
        if (training.isEmpty()) {
            return;
        }
        if (NextWordScore.isSmoothed(trainable.model()) && checkpoint.metadata(HELD_OUT).isEmpty()) {
            trainable.setSmoothedHistory();
        }
        float[] carried = checkpoint.extra(CARRIED);
        TrainingState state = checked(checkpoint, () -> TrainingState.fromJson(JsonObject.parse(training.get()), carried));
        if (!checkpoint.hasOptimizer()) {
            trainable.restore(state, null, null);
            return;
        }
        checked(checkpoint, () -> {
            Optimizer optimizer = trainable.model().newOptimizer(state.settings().optimizer());
            trainable.restore(state, optimizer, null);
            optimizer.readFrom(checkpoint);
            Optional<Weights> last = last(checkpoint, trainable.model());
            if (last.isPresent()) {
                trainable.restore(state, optimizer, last.get());
            }
            return optimizer;
        });
    }

    private static Optional<Weights> last(Checkpoint checkpoint, Model model) throws IOException {
        Map<String, float[]> values = new LinkedHashMap<>();
        for (Tensor parameter : model.parameters()) {
            float[] found = checkpoint.extra(LAST + parameter.name());
            if (found.length == 0 && values.isEmpty()) {
                return Optional.empty();
            }
            if (found.length != parameter.size()) {
                throw new CheckpointException(checkpoint.path() + ": the last weights of " + parameter.name() + " are " + found.length
                        + " numbers; expected " + parameter.size());
            }
            values.put(parameter.name(), found);
        }
        return values.isEmpty() ? Optional.empty() : Optional.of(Weights.of(values));
    }

    /** Opens a file for one use. */
    @FunctionalInterface
    interface Use<T> {
        T of(Checkpoint checkpoint) throws IOException;
    }

    static <T> T open(Path file, Use<T> use) throws IOException {
        try (Checkpoint checkpoint = Checkpoint.open(file)) {
            return use.of(checkpoint);
        }
    }
}
