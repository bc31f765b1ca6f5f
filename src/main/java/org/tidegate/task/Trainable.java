package org.tidegate.task;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.tidegate.Model;
import org.tidegate.Optimizer;
import org.tidegate.Precision;
import org.tidegate.Session;
import org.tidegate.Tensor;
import org.tidegate.checkpoint.CheckpointWriter;
import org.tidegate.train.HistoryPoint;
import org.tidegate.train.Progress;
import org.tidegate.train.Trainer;
import org.tidegate.train.Training;
import org.tidegate.train.TrainingResult;
import org.tidegate.train.TrainingState;
import org.tidegate.train.Weights;

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
    private Weights last; // of the last step of the training; null where they are the ones of the model
    private R bestReading; // of the best validation; null before
    private volatile MeanOf meanOf; // null where it is not a mean
    private boolean smoothed; // the held-out losses of the training

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

    /** {@return of what this is the mean, of a model that {@link Seeds} made; empty once it is trained itself} */
    public final Optional<MeanOf> meanOf() {
        return Optional.ofNullable(meanOf);
    }

    final void setMeanOf(MeanOf members) {
        meanOf = members;
    }

    /**
     * {@return whether the held-out losses of the training are smoothed as those of its steps are, which they are no more in trainings that
     * begin now} One that is {@link Training#continued} goes on with its own, so that they compare.
     */
    public final boolean hasSmoothedHistory() {
        return smoothed;
    }

    final void setSmoothedHistory() {
        smoothed = true;
    }

    final TaskFormat<R, A> format() {
        return format;
    }

    final Optional<TrainingState> state() {
        return Optional.ofNullable(state);
    }

    /**
     * {@return in what this differs from another model of the task but for parameters and what a training finds: values of its reading,
     * lines of its spec}
     *
     * @param other the other one
     */
    public final List<String> differences(Trainable<R, A> other) {
        List<String> differences = new ArrayList<>(reading.differences(other.reading));
        List<String> lines = other.model.spec().lines().toList();
        model.spec().lines().filter(line -> !lines.contains(line)).forEach(differences::add);
        return differences;
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
     * @param given the settings, {@link #settled} or not
     * @param bptt the steps of truncated backpropagation through time, 0 where examples are whole
     * @param data a fingerprint of the training data
     * @param carry whether the recurrent state is carried from batch to batch
     * @param source opens the source of the batches; it is closed in the end
     * @return how it ended
     * @throws IllegalArgumentException if a continued training's settings or data differ; nothing is changed then
     * @throws IllegalStateException if there is no training to continue, it is closed, or another thread is using it
     * @throws IOException if a file cannot be written; found before the first step where possible
     */
    protected final TrainingResult train(Training given, int bptt, String data, boolean carry, Supplier<TrainingSource> source)
            throws IOException {
        enter();
        try {
            Training training = settled(given);
            if (training.isMeasuring()) {
                try (TrainingSource measured = source.get()) {
                    return measured(measured);
                }
            }
            Optional<Weights> best = prepare(training, bptt, data);
            try (Session session = model.newTrainingSession(training.seed())) {
                session.setThreads(training.threads());
                session.setCarry(carry);
                try (TaskTraining task = new TaskTraining(this, source.get(), state.step())) {
                    Trainer trainer = new Trainer(session, optimizer, task, training);
                    TrainingResult result = trainer.run(state, best);
                    state = trainer.state();
                    if (trainer.best().isPresent()) {
                        last = Weights.of(model);
                        trainer.best().get().copyTo(model);
                        reading = bestReading;
                    }
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

    /** The result of no step: the figures of a validation. */
    private static TrainingResult measured(TrainingSource source) {
        double loss = source.validate().orElse(Double.NaN);
        HistoryPoint point = new HistoryPoint(0, 0, Double.NaN, loss, 0, 0, source.figure().orElse(Double.NaN));
        Progress none = new Progress(0, 0, 0, 0, Double.NaN, 0, 0, 0, source.charactersPerTarget(), Duration.ZERO, Duration.ZERO);
        return new TrainingResult(TrainingResult.Outcome.FINISHED, none, List.of(point), loss, 0, 0);
    }

    /** Sets out on the training that another model has had, with another seed, as if it had been stopped before its first step. */
    final void beginAs(TrainingState.Settings other, long seed) {
        restore(TrainingState.start(new TrainingState.Settings(other.optimizer(), other.batch(), other.bptt(), seed, other.data(),
                other.training())), model.newOptimizer(other.optimizer()), null);
    }

    /** Saves a model whose training has ended, with its history, but without what is needed to go on. */
    final void saveTrained(Path file) throws IOException {
        save(file, null, state);
    }

    /** Saves with the state of the running training; without an optimizer for inference only. */
    final void save(Path file, Optimizer slots, TrainingState current) throws IOException {
        model.save(file, writer -> {
            TaskFile.write(writer, reading, slots, current);
            writeMeasure(writer, current);
            meanOf().ifPresent(members -> TaskFile.write(writer, members));
            if (slots != null && last != null) {
                model.parameters().forEach(parameter -> writer.extra(TaskFile.LAST + parameter.name(), (from, target, offset, length) ->
                        last.get(parameter.name(), from, target, offset, length), parameter.shape()));
            }
        });
    }

    /** Saves the running training with other weights as the model's: the model's own are the last ones, from which it goes on. */
    final void saveRun(Path file, TrainingState current, Weights best) throws IOException {
        CheckpointWriter writer = new CheckpointWriter(model.spec());
        for (Tensor parameter : model.parameters()) {
            writer.parameter(parameter.name(), (from, target, offset, length) -> best.get(parameter.name(), from, target, offset, length),
                    parameter.shape());
            writer.extra(TaskFile.LAST + parameter.name(), parameter::get, parameter.shape());
        }
        TaskFile.write(writer, bestReading, optimizer, current);
        writeMeasure(writer, current);
        writer.write(file);
    }

    private void writeMeasure(CheckpointWriter writer, TrainingState current) {
        if (current != null && NextWordScore.isSmoothed(model) && !smoothed) {
            TaskFile.writePlain(writer);
        }
    }

    /** What the task knows now belongs to the best model so far. */
    final void rememberReading() {
        bestReading = reading;
    }

    /**
     * {@return the settings of a training; of one that is {@link Training#continued} with what they do not set as it was}
     *
     * @param training the settings
     * @throws IllegalArgumentException as {@link Training#over}
     */
    protected final Training settled(Training training) {
        TrainingState now = state;
        return training.isContinued() && now != null && optimizer != null ? training.over(now.settings()) : training;
    }

    /** {@return the settings of the model's training, empty if it was never trained} */
    public final Optional<TrainingState.Settings> trainingSettings() {
        return Optional.ofNullable(state).map(TrainingState::settings);
    }

    /** Saves with the state of the running training and its optimizer. */
    final void saveRun(Path file, TrainingState current) throws IOException {
        save(file, optimizer, current);
    }

    /** {@return whether a fitted start that is kept is fitted once more, to what is held out, too; false by default} */
    protected boolean refitsStart() {
        return false;
    }

    /** Restores the state of a training from a file; the optimizer, null for none, is owned by this object from now on. */
    final void restore(TrainingState restored, Optimizer restoredOptimizer, Weights restoredLast) {
        state = restored;
        optimizer = restoredOptimizer;
        last = restoredLast;
        bestReading = reading;
    }

    /** The weights of the best validation of a training that is continued, where the model gets later ones to go on with. */
    private Optional<Weights> prepare(Training training, int bptt, String data) {
        TrainingState.Settings settings = training.settings(bptt, data);
        if (training.isContinued()) {
            if (optimizer == null || state == null) {
                throw new IllegalStateException("There is no training to go on with: " + (state == null
                        ? "the model was never trained, or saved without its training."
                        : "the model was saved without the state of its optimizer.") + " Go on from the file that the training itself"
                        + " saves, or start a new training from these parameters.");
            }
            state.checkResumable(settings);
            state = state.with(settings);
            if (last == null) {
                // After a training that ended with its best model there are no others.
                return state.bestStep() == state.step() && state.step() > 0 ? Optional.of(Weights.of(model)) : Optional.empty();
            }
            Weights best = Weights.of(model);
            last.copyTo(model);
            last = null;
            bestReading = reading;
            return Optional.of(best);
        }
        Optimizer fresh = model.newOptimizer(training.optimizer());
        forgetTraining();
        meanOf = null;
        optimizer = fresh;
        state = TrainingState.start(settings);
        return Optional.empty();
    }

    private void forgetTraining() {
        if (optimizer != null) {
            optimizer.close();
            optimizer = null;
        }
        state = null;
        last = null;
        smoothed = false;
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
