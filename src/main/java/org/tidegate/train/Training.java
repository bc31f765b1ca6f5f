package org.tidegate.train;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.BooleanSupplier;

/**
 * The settings of a training. Immutable: every setter gives a changed copy, so a common setting may be kept and varied.
 *
 * <p>The defaults suit a character language model: AdamW at 3e-3 falling to 0 along a cosine, batches of 32, gradients
 * clipped to a global norm of 1.
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
     * A training of that many passes over the data; a fraction is allowed (7.5).
     *
     * @throws IllegalArgumentException if epochs is not a positive number
     */
    public static Training epochs(double epochs) {
        return new Training(check("epochs", epochs, epochs > 0 && Double.isFinite(epochs), "a positive number"));
    }

    /**
     * The number of sequences trained side by side, 32 by default.
     *
     * @throws IllegalArgumentException if it is not positive
     */
    public Training batch(int sequences) {
        Training t = new Training(this);
        t.batch = check("batch", sequences, sequences > 0, "1 or more");
        return t;
    }

    /**
     * Over how many steps gradients flow back (truncated backpropagation through time), for tasks that learn from one long stream: 50 by
     * default for a text. Tasks of separate examples, through the whole of which gradients flow, refuse it.
     *
     * @throws IllegalArgumentException if it is not positive
     */
    public Training bptt(int steps) {
        Training t = new Training(this);
        t.bptt = check("bptt", steps, steps > 0, "1 or more");
        return t;
    }

    /** The optimizer's text, "adamw" by default: "sgd momentum=0.9", "adam beta2=0.99", "rmsprop", "adagrad", … */
    public Training optimizer(String text) {
        Training t = new Training(this);
        t.optimizer = text;
        return t;
    }

    /**
     * The initial learning rate, 3e-3 by default.
     *
     * @throws IllegalArgumentException if it is not a positive number
     */
    public Training learningRate(double rate) {
        Training t = new Training(this);
        t.learningRate = check("learning rate", rate, rate > 0 && Double.isFinite(rate), "a positive number");
        return t;
    }

    /** How the learning rate changes, a cosine to 0 by default. */
    public Training schedule(Schedule value) {
        Training t = new Training(this);
        t.schedule = value;
        return t;
    }

    /**
     * The greatest global norm of the gradients, 1 by default; larger ones are scaled down to it. 0: off.
     *
     * @throws IllegalArgumentException if it is negative or not finite
     */
    public Training clipNorm(double norm) {
        Training t = new Training(this);
        t.clipNorm = check("clip norm", norm, norm >= 0 && Double.isFinite(norm), "0 (off) or more");
        return t;
    }

    /**
     * The greatest magnitude of a single gradient; larger ones are cut to it, after the norm was clipped. 0: off, the default.
     *
     * @throws IllegalArgumentException if it is negative or not finite
     */
    public Training clipValue(double value) {
        Training t = new Training(this);
        t.clipValue = check("clip value", value, value >= 0 && Double.isFinite(value), "0 (off) or more");
        return t;
    }

    /** The seed of dropout and of the order of the data, 1 by default. The same seed gives the same bits. */
    public Training seed(long value) {
        Training t = new Training(this);
        t.seed = value;
        return t;
    }

    /**
     * How many threads the native core may use, 1 by default.
     *
     * @throws IllegalArgumentException if it is not positive
     */
    public Training threads(int count) {
        Training t = new Training(this);
        t.threads = check("threads", count, count > 0, "1 or more");
        return t;
    }

    /**
     * Holds a part of the training data out and validates on it: the last part of a text or a series, of separate examples some that the seed
     * draws.
     *
     * @param fraction how much, at least 0 (nothing, the default) and less than 1
     * @throws IllegalArgumentException if the fraction is out of range
     */
    public Training validation(double fraction) {
        Training t = new Training(this);
        t.validation = check("validation", fraction, fraction >= 0 && fraction < 1, "0 or more and less than 1");
        return t;
    }

    /**
     * Goes on with the training whose state the model holds, as if it had never stopped, rather than to begin a new one from the parameters:
     * with the same data, optimizer, batch, bptt and seed.
     */
    public Training continued() {
        Training t = new Training(this);
        t.continued = true;
        return t;
    }

    /**
     * How often the run is validated, entered into the history and saved, in epochs: 1 by default, 0.5 twice an epoch. The end of the
     * training always is.
     *
     * @throws IllegalArgumentException if it is not a positive number
     */
    public Training every(double part) {
        Training t = new Training(this);
        t.every = check("every", part, part > 0 && Double.isFinite(part), "a positive number of epochs");
        return t;
    }

    /**
     * Stops when so many validations in a row brought no better loss. 0: off, the default.
     *
     * @throws IllegalArgumentException if it is negative
     */
    public Training earlyStopping(int validations) {
        Training t = new Training(this);
        t.patience = check("early stopping", validations, validations >= 0, "0 (off) or more validations");
        return t;
    }

    /** Saves the run to this file, from which it can be resumed: every {@link #every}, and when it ends or is stopped. */
    public Training checkpoint(Path file) {
        Training t = new Training(this);
        t.checkpoint = file;
        return t;
    }

    /** Keeps the model with the best validation loss in this file. */
    public Training keepBest(Path file) {
        Training t = new Training(this);
        t.best = file;
        return t;
    }

    /** Asked after every step; true ends the training, which is saved first. May be set from a signal handler's thread. */
    public Training stopWhen(BooleanSupplier condition) {
        Training t = new Training(this);
        t.stop = condition;
        return t;
    }

    /** Adds a listener. */
    public Training listener(TrainingListener listener) {
        Training t = new Training(this);
        t.listeners = new ArrayList<>(listeners);
        t.listeners.add(listener);
        return t;
    }

    /** The number of passes over the data. */
    public double epochs() {
        return epochs;
    }

    /** The number of sequences trained side by side. */
    public int batch() {
        return batch;
    }

    /** Over how many steps gradients flow back, if that was set. */
    public OptionalInt bptt() {
        return bptt == 0 ? OptionalInt.empty() : OptionalInt.of(bptt);
    }

    /** The optimizer's text. */
    public String optimizer() {
        return optimizer;
    }

    /** The initial learning rate. */
    public double learningRate() {
        return learningRate;
    }

    /** How the learning rate changes. */
    public Schedule schedule() {
        return schedule;
    }

    /** The greatest global norm of the gradients, 0 for off. */
    public double clipNorm() {
        return clipNorm;
    }

    /** The greatest magnitude of a single gradient, 0 for off. */
    public double clipValue() {
        return clipValue;
    }

    /** The seed of dropout and of the order of the data. */
    public long seed() {
        return seed;
    }

    /** How many threads the native core may use. */
    public int threads() {
        return threads;
    }

    /** How much of the training data is held out for validation. */
    public double validation() {
        return validation;
    }

    /** Whether it goes on with the training whose state the model holds. */
    public boolean isContinued() {
        return continued;
    }

    /** How often the run is validated and saved, in epochs. */
    public double every() {
        return every;
    }

    /** The number of validations without a better loss after which the training stops, 0 for never. */
    public int earlyStopping() {
        return patience;
    }

    /** The file that the run is saved to, if any. */
    public Optional<Path> checkpoint() {
        return Optional.ofNullable(checkpoint);
    }

    /** The file that keeps the best model, if any. */
    public Optional<Path> keepBest() {
        return Optional.ofNullable(best);
    }

    /** True when the training shall end now. */
    public boolean stopRequested() {
        return stop.getAsBoolean();
    }

    /** The listeners, in the order in which they were added. */
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
