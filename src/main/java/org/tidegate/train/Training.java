package org.tidegate.train;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.tidegate.GradientNorm;
import org.tidegate.Tidegate;
import org.tidegate.json.JsonObject;
import org.tidegate.json.JsonObjectBuilder;

/**
 * The settings of a training. Immutable: every setter returns a changed copy, so that settings may be kept, reused and varied.
 *
 * <p>The defaults suit a character language model: AdamW with cosine annealing from 3e-3 to 0, a batch size of 32, gradients clipped to a
 * global norm of 1.
 */
public final class Training {
    /** Which of a training's models it leaves behind. */
    public enum Keep {
        /** The one with the least validation loss; without validation the last one. */
        BEST,
        /** The one after the last step. */
        LAST
    }

    private final double epochs; // NaN: those of the training that is resumed
    private Set<String> given = Set.of(); // the names of the settings that were set, as in recorded()
    private Keep keep = Keep.BEST;
    private long leastUpdates;
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
    private Long splitSeed; // null: the seed
    private boolean measuring;
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
        given = other.given;
        keep = other.keep;
        leastUpdates = other.leastUpdates;
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
        splitSeed = other.splitSeed;
        measuring = other.measuring;
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
        return new Training(check("epochs", epochs, epochs > 0 && Double.isFinite(epochs), "a positive number")).sets("epochs");
    }

    /**
     * {@return settings that resume a training with those that it had, the number of epochs too} As {@link #continued}; what is set besides
     * wins.
     */
    public static Training resume() {
        return new Training(Double.NaN).continued();
    }

    /**
     * Sets the least number of updates: data of which the epochs give fewer, small ones, are trained on for more epochs. They are validated
     * as many times as in the epochs that were set, at longer intervals.
     *
     * @param updates the least number of updates, 0 (the default) for as many as the epochs have
     * @return a changed copy
     * @throws IllegalArgumentException if it is negative
     */
    public Training leastUpdates(long updates) {
        Training t = new Training(this).sets("least_updates");
        t.leastUpdates = check("least updates", updates, updates >= 0, "0 (off) or more");
        return t;
    }

    /**
     * Sets the batch size, 32 by default.
     *
     * @param sequences the number of sequences of a batch
     * @return a changed copy
     * @throws IllegalArgumentException if it is not positive
     */
    public Training batch(int sequences) {
        Training t = new Training(this).sets("batch");
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
        Training t = new Training(this).sets("bptt");
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
        Training t = new Training(this).sets("optimizer");
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
        Training t = new Training(this).sets("learning_rate");
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
        Training t = new Training(this).sets("schedule");
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
        Training t = new Training(this).sets("clip_norm");
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
        Training t = new Training(this).sets("clip_value");
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
        Training t = new Training(this).sets("gradient_norm");
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
        Training t = new Training(this).sets("seed");
        t.seed = value;
        return t;
    }

    /**
     * Sets the seed by which a random sample is held out ({@link #validation}), that of {@link #seed} by default: so that trainings
     * of several seeds hold out the same.
     *
     * @param value the seed
     * @return a changed copy
     */
    public Training splitSeed(long value) {
        Training t = new Training(this).sets("split_seed");
        t.splitSeed = value;
        return t;
    }

    /**
     * Makes no step, but measures the model on what is held out, as a validation does, and takes from it what a training finds besides the
     * parameters: a temperature, intervals. The state of the model's training, if there is one, stays as it is; nothing is saved, and no
     * listener is told.
     *
     * @return a changed copy
     */
    public Training measuring() {
        Training t = new Training(this);
        t.measuring = true;
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
        Training t = new Training(this).sets("validation");
        t.validation = check("validation", fraction, fraction >= 0 && fraction < 1, "0 or more and less than 1");
        return t;
    }

    /**
     * Resumes the training whose state the model holds, to the same bits as without the interruption, rather than to start a new one from
     * the parameters. What these settings do not set is as it was: optimizer, learning rate, schedule, clipping, batch size, bptt, seed,
     * validation, interval, early stopping, which model is kept. What they set wins; only data, optimizer, batch size, bptt and seed must be
     * the same. Files, threads and listeners are those of these settings.
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
        Training t = new Training(this).sets("every");
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
        Training t = new Training(this).sets("early_stopping");
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

    /**
     * Sets which model a training with validation leaves behind, in memory and in its file: by default the one with the least validation loss.
     * The file then holds the weights of the last step too, beside the optimizer's, so that the training can be {@link #continued}; that costs
     * the memory of one more copy of the weights.
     *
     * @param which the best or the last
     * @return a changed copy
     */
    public Training keep(Keep which) {
        Training t = new Training(this).sets("keep");
        t.keep = Objects.requireNonNull(which, "which");
        return t;
    }

    /**
     * {@return these settings, with what they do not set taken from a training that is resumed}
     *
     * @param before the settings of that training
     * @throws IllegalArgumentException if its schedule was one of the program's own and these set none
     */
    public Training over(TrainingState.Settings before) {
        Training t = new Training(this, epochs);
        if (!given.contains("optimizer")) {
            t.optimizer = before.optimizer();
        }
        if (!given.contains("batch")) {
            t.batch = before.batch();
        }
        if (!given.contains("seed")) {
            t.seed = before.seed();
        }
        if (before.training().isEmpty()) {
            return t; // a file of before 0.1.0 that does not say more
        }
        JsonObject was = JsonObject.parse(before.training());
        t.learningRate = given.contains("learning_rate") ? learningRate : was.number("learning_rate");
        t.clipNorm = given.contains("clip_norm") ? clipNorm : was.number("clip_norm");
        t.clipValue = given.contains("clip_value") ? clipValue : was.number("clip_value");
        t.gradientNorm = given.contains("gradient_norm") ? gradientNorm : was.constant("gradient_norm", GradientNorm.class);
        t.every = given.contains("every") ? every : was.number("every");
        t.leastUpdates = given.contains("least_updates") ? leastUpdates
                : given.contains("epochs") || !was.has("least_updates") ? 0 : was.wholeNumber("least_updates");
        t.patience = given.contains("early_stopping") ? patience : was.integer("early_stopping");
        t.keep = given.contains("keep") ? keep : was.constant("keep", Keep.class);
        t.validation = given.contains("validation") ? validation : was.number("validation");
        if (!given.contains("split_seed") && was.has("split_seed")) {
            t.splitSeed = Long.valueOf(was.string("split_seed"));
        }
        if (!given.contains("schedule")) {
            if (!was.has("schedule")) {
                throw new IllegalArgumentException("the schedule of the training was one of the program's own, which its file cannot hold;"
                        + " set it again to go on");
            }
            t.schedule = Schedule.parse(was.string("schedule"));
        }
        return given.contains("epochs") ? t : new Training(t, was.number("epochs"));
    }

    /**
     * {@return what these settings change of a training that is resumed, for people: {@code "learning rate 0.001 (was 0.003)"}}
     *
     * @param before the settings of that training
     */
    public List<String> changes(TrainingState.Settings before) {
        if (before.training().isEmpty()) {
            return List.of();
        }
        JsonObject was = JsonObject.parse(before.training());
        JsonObject is = recorded();
        return given.stream().sorted().filter(is::has).filter(name -> !text(is, name).equals(text(was, name)))
                .map(name -> name.replace('_', ' ') + " " + text(is, name) + " (was " + text(was, name) + ")").toList();
    }

    private static String text(JsonObject json, String name) {
        return !json.has(name) ? "one of the program's own"
                : Set.of("schedule", "gradient_norm", "keep", "split_seed").contains(name) ? json.string(name)
                : number(json.number(name));
    }

    private static String number(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15 ? Long.toString((long) value) : Double.toString(value);
    }

    /** The settings that a resumed training takes over, as JSON, and with what it was trained. */
    JsonObject recorded() {
        JsonObjectBuilder json = JsonObject.builder().put("epochs", epochs).put("least_updates", leastUpdates).put("learning_rate", learningRate);
        if (isParsed(schedule)) {
            json.put("schedule", schedule.toString());
        }
        if (splitSeed != null) {
            json.put("split_seed", Long.toString(splitSeed));
        }
        return json.put("clip_norm", clipNorm).put("clip_value", clipValue).put("gradient_norm", gradientNorm).put("every", every)
                .put("early_stopping", patience).put("keep", keep).put("validation", validation).put("threads", threads)
                .put("instruction_set", Tidegate.instructionSet()).build();
    }

    /** Whether the schedule's text makes it again. */
    private static boolean isParsed(Schedule schedule) {
        try {
            return Schedule.parse(schedule.toString()).toString().equals(schedule.toString());
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /**
     * {@return what a file records of a training with these settings}
     *
     * @param steps the steps of truncated backpropagation through time, 0 where examples are whole
     * @param data a fingerprint of the training data
     */
    public TrainingState.Settings settings(int steps, String data) {
        return new TrainingState.Settings(optimizer, batch, steps, seed, data, recorded().toString());
    }

    private Training sets(String name) {
        Set<String> more = new HashSet<>(given);
        more.add(name);
        given = Set.copyOf(more);
        return this;
    }

    /** {@return which model it leaves behind} */
    public Keep keep() {
        return keep;
    }

    /** {@return the number of epochs; NaN for those of the training that is resumed} */
    public double epochs() {
        return epochs;
    }

    /** {@return the least number of updates, 0 for as many as the epochs have} */
    public long leastUpdates() {
        return leastUpdates;
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

    /** {@return the seed by which a random sample is held out} */
    public long splitSeed() {
        return splitSeed == null ? seed : splitSeed;
    }

    /** {@return whether it only measures, {@link #measuring()}} */
    public boolean isMeasuring() {
        return measuring;
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
