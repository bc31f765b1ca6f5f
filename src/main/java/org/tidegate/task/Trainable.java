package org.tidegate.task;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.tidegate.Model;
import org.tidegate.Optimizer;
import org.tidegate.Precision;
import org.tidegate.Session;
import org.tidegate.train.HistoryPoint;
import org.tidegate.train.Trainer;
import org.tidegate.train.Training;
import org.tidegate.train.TrainingResult;
import org.tidegate.train.TrainingState;

/**
 * A task's model that can be trained: the network, what the task knows besides it, and the state of the training. Inference is by {@link
 * #answers}, or from its file by {@link Tasks#open}.
 *
 * <p>For one thread at a time: a second thread meanwhile gets an {@link IllegalStateException}. Holds native memory until it is closed;
 * closing twice is harmless.
 *
 * @param <R> what the task knows
 * @param <A> its inference
 */
public abstract class Trainable<R extends Reading, A extends Answers<R>> implements AutoCloseable {
    private final TaskFormat<R, A> format;
    private final Model model;
    private final ReentrantLock use = new ReentrantLock();
    private volatile R reading;
    private volatile Optimizer optimizer; // null before a training, and for a model that was saved without
    private volatile TrainingState state; // null before a training

    /**
     * Creates a task over a network.
     *
     * @param format the task's format
     * @param reading what the task knows besides its network
     * @param model owned by this object from now on, and closed with it
     */
    protected Trainable(TaskFormat<R, A> format, R reading, Model model) {
        this.format = format;
        this.reading = reading;
        this.model = model;
    }

    /** {@return what the task knows besides its network} */
    public final R reading() {
        return reading;
    }

    /** {@return the network} It belongs to this object and is closed with it. */
    public final Model model() {
        return model;
    }

    /**
     * Freezes the model as it is now for inference, one thread to a call: its weights are packed once, and further training does not change
     * them. The caller closes the answers.
     *
     * @param precision the precision of the weights
     * @return the answers
     * @throws IllegalStateException while the model is trained, or after it was closed
     */
    public final A answers(Precision precision) {
        return answers(precision, 1);
    }

    /**
     * Freezes the model as {@link #answers(Precision)}, several threads to a call.
     *
     * @param precision the precision of the weights
     * @param threads the number of threads of the native core in one call
     * @return the answers
     * @throws IllegalArgumentException if the number of threads is not positive
     * @throws IllegalStateException while the model is trained, or after it was closed
     */
    public final A answers(Precision precision, int threads) {
        return format.answers(reading, model, precision, threads);
    }

    /** {@return the points of the training's history, empty if it was never trained} */
    public final List<HistoryPoint> history() {
        TrainingState now = state;
        return now == null ? List.of() : now.history();
    }

    /**
     * Saves the model atomically: spec, parameters, what the task knows, and after a training the state from which it can be continued.
     *
     * @param file the file
     * @throws IllegalStateException if it is closed, or another thread is using it or training its network
     * @throws IOException if it cannot be written; an existing file is then unchanged
     */
    public final void save(Path file) throws IOException {
        enter();
        try {
            save(file, optimizer, state);
        } finally {
            use.unlock();
        }
    }

    /**
     * Saves the model without its training, atomically: spec, parameters and what the task knows. The file answers and can be trained
     * further, from its parameters on; {@link Training#continued} needs what {@link #save} writes, which after a training is two to three
     * times as large.
     *
     * @param file the file
     * @throws IllegalStateException if it is closed, or another thread is using it or training its network
     * @throws IOException if it cannot be written; an existing file is then unchanged
     */
    public final void saveWeights(Path file) throws IOException {
        enter();
        try {
            save(file, null, null);
        } finally {
            use.unlock();
        }
    }

    /** {@return whether there is a training that {@link Training#continued} can go on with} */
    public final boolean isResumable() {
        return optimizer != null && state != null;
    }

    /**
     * Closes the model; closing twice is harmless.
     *
     * @throws IllegalStateException if another thread is using it
     */
    @Override
    public final void close() {
        claim();
        try {
            forgetTraining();
            model.close();
        } finally {
            use.unlock();
        }
    }

    /**
     * Runs work that reads the model's parameters, while nothing else uses this object.
     *
     * @param <T> the type of the result
     * @param work what to run
     * @return the result of the work
     * @throws IllegalStateException if it is closed, or another thread is using it
     */
    protected final <T> T alone(Supplier<T> work) {
        enter();
        try {
            return work.get();
        } finally {
            use.unlock();
        }
    }

    /**
     * Replaces what the task knows by what a training found besides the parameters.
     *
     * @param changed the new reading
     */
    protected final void setReading(R changed) {
        reading = changed;
    }

    /**
     * Trains from the beginning, or if {@link Training#continued} from the state of the model's training.
     *
     * @param training the settings
     * @param bptt the steps of truncated backpropagation through time, 0 where examples are whole
     * @param data a fingerprint of the training data
     * @param carry whether the recurrent state is carried from batch to batch
     * @param source opens the source of the batches; it is closed in the end
     * @return how it ended
     * @throws IllegalArgumentException if a continued training's settings or data differ; nothing is changed then
     * @throws IllegalStateException if there is no training to continue, it is closed, or another thread is using it
     * @throws IOException if a file cannot be written; found before the first step where possible
     */
    protected final TrainingResult train(Training training, int bptt, String data, boolean carry, Supplier<TrainingSource> source)
            throws IOException {
        enter();
        try {
            prepare(training, new TrainingState.Settings(training.optimizer(), training.batch(), bptt, training.seed(), data));
            try (Session session = model.newTrainingSession(training.seed())) {
                session.setThreads(training.threads());
                session.setCarry(carry);
                try (TaskTraining task = new TaskTraining(this, source.get(), state.step())) {
                    Trainer trainer = new Trainer(session, optimizer, task, training);
                    TrainingResult result = trainer.run(state);
                    state = trainer.state();
                    return result;
                }
            } catch (IOException | RuntimeException | Error e) {
                forgetTraining();
                throw e;
            }
        } finally {
            use.unlock();
        }
    }

    /** Saves with the state of the running training; without an optimizer for inference only. */
    final void save(Path file, Optimizer slots, TrainingState current) throws IOException {
        model.save(file, writer -> TaskFile.write(writer, reading, slots, current));
    }

    /** Saves with the state of the running training and its optimizer. */
    final void saveRun(Path file, TrainingState current) throws IOException {
        save(file, optimizer, current);
    }

    /** Restores the state of a training from a file; the optimizer, null for none, is owned by this object from now on. */
    final void restore(TrainingState restored, Optimizer restoredOptimizer) {
        state = restored;
        optimizer = restoredOptimizer;
    }

    private void prepare(Training training, TrainingState.Settings settings) {
        if (training.isContinued()) {
            if (optimizer == null || state == null) {
                throw new IllegalStateException("There is no training to go on with: " + (state == null
                        ? "the model was never trained, or saved without its training."
                        : "the model was saved without the state of its optimizer.") + " Go on from the file that the training itself"
                        + " saves, or start a new training from these parameters.");
            }
            state.checkResumable(settings);
            return;
        }
        Optimizer fresh = model.newOptimizer(training.optimizer());
        forgetTraining();
        optimizer = fresh;
        state = TrainingState.start(settings);
    }

    private void forgetTraining() {
        if (optimizer != null) {
            optimizer.close();
            optimizer = null;
        }
        state = null;
    }

    private void claim() {
        if (!use.tryLock()) {
            throw new IllegalStateException("Another thread is using the " + reading.task() + " model. A model in training belongs to one"
                    + " thread at a time; its answers are shared by all.");
        }
    }

    private void enter() {
        claim();
        if (model.isClosed()) {
            use.unlock();
            throw new IllegalStateException("The model is closed.");
        }
    }
}
