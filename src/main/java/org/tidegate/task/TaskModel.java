package org.tidegate.task;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongFunction;
import org.tidegate.Model;
import org.tidegate.Optimizer;
import org.tidegate.Session;
import org.tidegate.train.HistoryPoint;
import org.tidegate.train.Trainer;
import org.tidegate.train.Training;
import org.tidegate.train.TrainingResult;
import org.tidegate.train.TrainingState;

/**
 * What the models of all tasks share: the network, what its file holds besides the network, and the state of its training.
 *
 * <p>For one thread at a time. Holds native memory until it is closed; closing twice is harmless.
 */
public abstract class TaskModel implements AutoCloseable {
    private final Model model;
    private Optimizer optimizer;
    private TrainingState state;
    private boolean resumed;

    /**
     * A task over a network.
     *
     * @param model belongs to this object from now on, and is closed with it
     */
    protected TaskModel(Model model) {
        this.model = model;
    }

    /** The task's name, as it stands in the model's file: {@code "classify"}. */
    public abstract String task();

    /** Whatever else the file must hold for the model to be used: vocabularies, labels, scales. Keys and texts of the file's metadata. */
    protected abstract Map<String, String> metadata();

    /** What one target of the loss is: "word", "sentence", "value". */
    public abstract String target();

    /** The unit of the loss. */
    public String lossUnit() {
        return "nats/" + target();
    }

    /** A loss as people read it. */
    public String describeLoss(double loss) {
        return String.format(Locale.ROOT, "%.4f %s", loss, lossUnit());
    }

    /** What the model is, in a few words. */
    public String describe() {
        return "a model of the task " + task();
    }

    /** How it names its losses, until it is a task of the new frame. */
    public final Reading reading() {
        return new Reading() {
            @Override
            public String task() {
                return TaskModel.this.task();
            }

            @Override
            public String target() {
                return TaskModel.this.target();
            }

            @Override
            public String describe() {
                return TaskModel.this.describe();
            }

            @Override
            public org.tidegate.json.JsonObject toJson() {
                throw new UnsupportedOperationException();
            }

            @Override
            public void checkFits(org.tidegate.Network network) {}

            @Override
            public String lossUnit() {
                return TaskModel.this.lossUnit();
            }

            @Override
            public String describeLoss(double loss) {
                return TaskModel.this.describeLoss(loss);
            }
        };
    }

    /** The network. It belongs to this object and is closed with it. */
    public final Model model() {
        return model;
    }

    /** The points of the training's history, empty if it was never trained. */
    public final List<HistoryPoint> history() {
        return state == null ? List.of() : state.history();
    }

    /**
     * Saves the model, whole or not at all: spec, parameters, what the task needs, and if it was trained the state from which the training
     * can be resumed.
     *
     * @throws IOException if it cannot be written; a file that was there before is then unchanged
     */
    public final void save(Path file) throws IOException {
        save(file, state);
    }

    @Override
    public final void close() {
        closeOptimizer();
        model.close();
    }

    /** Saves with a state of the training that is going on. */
    final void save(Path file, TrainingState current) throws IOException {
        OldTaskFile.save(file, this, optimizer, current);
    }

    /** Saves for use, without what only a resumed training needs. */
    final void saveModel(Path file, TrainingState current) throws IOException {
        OldTaskFile.save(file, this, null, current);
    }

    /** Puts in the state of a training; with an optimizer the next training goes on from there. The optimizer is then this object's. */
    final void restore(TrainingState restored, Optimizer restoredOptimizer) {
        state = restored;
        optimizer = restoredOptimizer;
        resumed = restoredOptimizer != null;
    }

    /**
     * Trains, from the beginning or where a resumed run stands.
     *
     * @param data a fingerprint of the training data
     * @param carry whether the recurrent state is carried from batch to batch
     * @param batches makes the source of the batches, given the number of the first step
     */
    final TrainingResult train(Training training, String data, boolean carry, LongFunction<OldTaskTraining> batches) throws IOException {
        prepare(training, new TrainingState.Settings(training.optimizer(), training.batch(), training.bptt().orElse(50), training.seed(), data));
        try (Session session = model.newTrainingSession(training.seed()); OldTaskTraining task = batches.apply(state.step())) {
            session.setThreads(training.threads());
            session.setCarry(carry);
            Trainer trainer = new Trainer(session, optimizer, task, training);
            TrainingResult result = trainer.run(state);
            state = trainer.state();
            return result;
        } catch (IOException | RuntimeException | Error e) {
            forgetTraining();
            throw e;
        }
    }

    private void prepare(Training training, TrainingState.Settings settings) {
        if (resumed) {
            state.checkResumable(settings);
            resumed = false;
            return;
        }
        Optimizer fresh = model.newOptimizer(training.optimizer());
        forgetTraining();
        optimizer = fresh;
        state = TrainingState.start(settings);
    }

    private void forgetTraining() {
        closeOptimizer();
        state = null;
        resumed = false;
    }

    private void closeOptimizer() {
        if (optimizer != null) {
            optimizer.close();
            optimizer = null;
        }
    }
}
