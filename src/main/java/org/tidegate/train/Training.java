package org.tidegate.train;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.BooleanSupplier;
import org.tidegate.GradientNorm;

/**
 * The settings of a training. Immutable: every setter returns a changed copy, so that settings may be kept, reused and varied.
 *
 * <p>The defaults suit a character language model: AdamW with cosine annealing from 3e-3 to 0, a batch size of 32, gradients clipped to a
 * global norm of 1.
 */
public final class Training {
    private final double epochs;
    private int batch = 32;
    private int bptt; // 0: not set
    private String optimizer = "adamw";
    private double learningRate = 3e-3;
    private Schedule schedule = Schedule.cosine();
    private double clipNorm = 1;
    private double clipValue;
    private GradientNorm gradientNorm = GradientNorm.L2;
    private GradientExchange exchange; // null: none
    private long seed = 1;
    private int threads = 1;
    private double validation;
    private boolean continued;
    private double every = 1;
    private int patience;
    private Path checkpoint;
    private Path best;
    private BooleanSupplier stop = () -> false;
    private List<TrainingListener> listeners = List.of();

    private Training(double epochs) {
        this.epochs = epochs;
    }

    private Training(Training other) {
        this(other, other.epochs);
    }

    private Training(Training other, double epochs) {
        this.epochs = epochs;
        batch = other.batch;
        bptt = other.bptt;
        optimizer = other.optimizer;
        learningRate = other.learningRate;
        schedule = other.schedule;
        clipNorm = other.clipNorm;
        clipValue = other.clipValue;
        gradientNorm = other.gradientNorm;
        exchange = other.exchange;
        seed = other.seed;
        threads = other.threads;
        validation = other.validation;
        continued = other.continued;
        every = other.every;
        patience = other.patience;
        checkpoint = other.checkpoint;
        best = other.best;
        stop = other.stop;
        listeners = other.listeners;
    }

    /**
     * The default settings for a number of epochs.
     *
     * @param epochs the number of epochs, a fraction is allowed (7.5)
     * @return a changed copy
     * @throws IllegalArgumentException if epochs is not a positive number
     */
    public static Training epochs(double epochs) {
        return new Training(check("epochs", epochs, epochs > 0 && Double.isFinite(epochs), "a positive number"));
    }

    /**
     * Sets the batch size, 32 by default.
     *
     * @param sequences the number of sequences of a batch
     * @return a changed copy
     * @throws IllegalArgumentException if it is not positive
     */
    public Training batch(int sequences) {
        Training t = new Training(this);
        t.batch = check("batch", sequences, sequences > 0, "1 or more");
        return t;
    }

    /**
     * Sets the length of the chunks of truncated backpropagation through time, for tasks that train on one long stream: 50 by default for a
     * text. Tasks of separate examples, which are never truncated, refuse it.
     *
     * @param steps the number of steps of a chunk
     * @return a changed copy
     * @throws IllegalArgumentException if it is not positive
     */
    public Training bptt(int steps) {
        Training t = new Training(this);
        t.bptt = check("bptt", steps, steps > 0, "1 or more");
        return t;
    }

    /**
     * Sets the optimizer, "adamw" by default.
     *
     * @param text its name and settings: "sgd momentum=0.9", "adam beta2=0.99", "rmsprop", "adagrad", "adadelta", …
     * @return a changed copy
     */
    public Training optimizer(String text) {
        Training t = new Training(this);
        t.optimizer = text;
        return t;
    }

    /**
     * Sets the initial learning rate, 3e-3 by default.
     *
     * @param rate the learning rate
     * @return a changed copy
     * @throws IllegalArgumentException if it is not a positive number
     */
    public Training learningRate(double rate) {
        Training t = new Training(this);
        t.learningRate = check("learning rate", rate, rate > 0 && Double.isFinite(rate), "a positive number");
        return t;
    }

    /**
     * Sets the learning-rate schedule, {@link Schedule#cosine()} by default.
     *
     * @param value the schedule
     * @return a changed copy
     */
    public Training schedule(Schedule value) {
        Training t = new Training(this);
        t.schedule = value;
        return t;
    }

    /**
     * Sets gradient clipping by norm: gradients of a larger global norm are scaled down to it.
     *
     * @param norm the maximum global norm, 1 by default, 0 for off
     * @return a changed copy
     * @throws IllegalArgumentException if it is negative or not finite
     */
    public Training clipNorm(double norm) {
        Training t = new Training(this);
        t.clipNorm = check("clip norm", norm, norm >= 0 && Double.isFinite(norm), "0 (off) or more");
        return t;
    }

    /**
     * Sets gradient clipping by value, element by element, after clipping by norm.
     *
     * @param value the maximum magnitude, 0 (the default) for off
     * @return a changed copy
     * @throws IllegalArgumentException if it is negative or not finite
     */
    public Training clipValue(double value) {
        Training t = new Training(this);
        t.clipValue = check("clip value", value, value >= 0 && Double.isFinite(value), "0 (off) or more");
        return t;
    }

    /**
     * Sets which norm of the gradients {@link #clipNorm} limits and {@link Progress} reports.
     *
     * @param norm the norm, {@link GradientNorm#L2} by default
     * @return a changed copy
     */
    public Training gradientNorm(GradientNorm norm) {
        Training t = new Training(this);
        t.gradientNorm = Objects.requireNonNull(norm, "norm");
        return t;
    }

    /**
     * Sets what changes the gradients of every step before they are clipped: a sum over several processes.
     *
     * @param change called on the training's thread, between backward and update
     * @return a changed copy
     */
    public Training exchange(GradientExchange change) {
        Training t = new Training(this);
        t.exchange = Objects.requireNonNull(change, "change");
        return t;
    }

    /**
     * Sets the seed of dropout and of the order of the data, 1 by default. The same seed gives the same bits, with any number of
     * threads, on one instruction set.
     *
     * @param value the seed
     * @return a changed copy
     */
    public Training seed(long value) {
        Training t = new Training(this);
        t.seed = value;
        return t;
    }

    /**
     * Sets the number of threads of the native core, 1 by default.
     *
     * @param count the number of threads
     * @return a changed copy
     * @throws IllegalArgumentException if it is not positive
     */
    public Training threads(int count) {
        Training t = new Training(this);
        t.threads = check("threads", count, count > 0, "1 or more");
        return t;
    }

    /**
     * Holds out a part of the training data for validation: the end of a text or a series, a random sample (by the seed) of separate
     * examples.
     *
     * @param fraction the held-out part, at least 0 (nothing, the default) and less than 1
     * @return a changed copy
     * @throws IllegalArgumentException if the fraction is out of range
     */
    public Training validation(double fraction) {
        Training t = new Training(this);
        t.validation = check("validation", fraction, fraction >= 0 && fraction < 1, "0 or more and less than 1");
        return t;
    }

    /**
     * Resumes the training whose state the model holds, to the same bits as without the interruption, rather than to start a new one from
     * the parameters. The data, optimizer, batch size, bptt and seed must be the same.
     *
     * @return a changed copy
     */
    public Training continued() {
        Training t = new Training(this);
        t.continued = true;
        return t;
    }

    /**
     * Sets the interval of validation, points of the history and checkpoints; the last step always has them.
     *
     * @param part the interval in epochs, 1 by default; 0.5 is twice an epoch
     * @return a changed copy
     * @throws IllegalArgumentException if it is not a positive number
     */
    public Training every(double part) {
        Training t = new Training(this);
        t.every = check("every", part, part > 0 && Double.isFinite(part), "a positive number of epochs");
        return t;
    }

    /**
     * Sets the patience of early stopping: the training stops after so many validations in a row without a better loss.
     *
     * @param validations the patience, 0 (the default) for off
     * @return a changed copy
     * @throws IllegalArgumentException if it is negative
     */
    public Training earlyStopping(int validations) {
        Training t = new Training(this);
        t.patience = check("early stopping", validations, validations >= 0, "0 (off) or more validations");
        return t;
    }

    /**
     * Saves checkpoints of the run, from which it can be resumed: at each interval ({@link #every}), and when it ends or is stopped.
     *
     * @param file the file, replaced by each checkpoint
     * @return a changed copy
     */
    public Training checkpoint(Path file) {
        Training t = new Training(this);
        t.checkpoint = file;
        return t;
    }

    /**
     * Saves the model with the best validation loss.
     *
     * @param file the file, replaced by each better model
     * @return a changed copy
     */
    public Training keepBest(Path file) {
        Training t = new Training(this);
        t.best = file;
        return t;
    }

    /**
     * Sets a condition that stops the training, tested before every step; the run is saved.
     *
     * @param condition true to stop; called on the training's thread
     * @return a changed copy
     */
    public Training stopWhen(BooleanSupplier condition) {
        Training t = new Training(this);
        t.stop = condition;
        return t;
    }

    /**
     * Adds a listener, after those that there are.
     *
     * @param listener the listener
     * @return a changed copy
     */
    public Training listener(TrainingListener listener) {
        Training t = new Training(this);
        t.listeners = new ArrayList<>(listeners);
        t.listeners.add(listener);
        return t;
    }

    /** {@return the number of epochs} */
    public double epochs() {
        return epochs;
    }

    /** {@return the batch size, in sequences} */
    public int batch() {
        return batch;
    }

    /** {@return the length of the chunks of truncated backpropagation through time, in steps; empty if it was not set} */
    public OptionalInt bptt() {
        return bptt == 0 ? OptionalInt.empty() : OptionalInt.of(bptt);
    }

    /** {@return the optimizer's text} */
    public String optimizer() {
        return optimizer;
    }

    /** {@return the initial learning rate} */
    public double learningRate() {
        return learningRate;
    }

    /** {@return the learning-rate schedule} */
    public Schedule schedule() {
        return schedule;
    }

    /** {@return the maximum global norm of the gradients, 0 for no clipping} */
    public double clipNorm() {
        return clipNorm;
    }

    /** {@return the maximum magnitude of an element of the gradients, 0 for no clipping} */
    public double clipValue() {
        return clipValue;
    }

    /** {@return the norm of the gradients that is limited and reported} */
    public GradientNorm gradientNorm() {
        return gradientNorm;
    }

    /** {@return what changes the gradients of every step, if anything} */
    public Optional<GradientExchange> exchange() {
        return Optional.ofNullable(exchange);
    }

    /** {@return the seed of dropout and of the order of the data} */
    public long seed() {
        return seed;
    }

    /** {@return the number of threads of the native core} */
    public int threads() {
        return threads;
    }

    /** {@return the part of the training data held out for validation, 0 for none} */
    public double validation() {
        return validation;
    }

    /** {@return whether it resumes the training whose state the model holds} */
    public boolean isContinued() {
        return continued;
    }

    /** {@return the interval of validation and checkpoints, in epochs} */
    public double every() {
        return every;
    }

    /** {@return the patience of early stopping, in validations; 0 for off} */
    public int earlyStopping() {
        return patience;
    }

    /** {@return the file of the checkpoints, if any} */
    public Optional<Path> checkpoint() {
        return Optional.ofNullable(checkpoint);
    }

    /** {@return the file of the model with the best validation loss, if any} */
    public Optional<Path> keepBest() {
        return Optional.ofNullable(best);
    }

    /** {@return whether the condition of {@link #stopWhen} holds now} */
    public boolean stopRequested() {
        return stop.getAsBoolean();
    }

    /** {@return the listeners, in the order in which they were added} */
    public List<TrainingListener> listeners() {
        return List.copyOf(listeners);
    }

    private static <T> T check(String name, T value, boolean holds, String expected) {
        if (!holds) {
            throw new IllegalArgumentException(name + " = " + value + "; expected " + expected);
        }
        return value;
    }
}
