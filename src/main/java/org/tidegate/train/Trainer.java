package org.tidegate.train;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import org.tidegate.Batch;
import org.tidegate.Metrics;
import org.tidegate.Optimizer;
import org.tidegate.Session;
import org.tidegate.State;
import org.tidegate.Update;
import org.tidegate.Tensor;

/**
 * The training loop: one native call for each batch (forward pass, backward pass and optimizer update), and between the calls the
 * learning-rate schedule, listeners, validation, early stopping and checkpoints. With {@link Training#exchange} the passes and the update
 * are calls of their own, and the exchange is between them.
 *
 * <p>A trainer is for one run and one thread. The session, the optimizer and the task are the caller's, and stay open.
 */
public final class Trainer {
    /** The decay of the running average of the loss: a time constant of 50 steps. */
    private static final double AVERAGE_DECAY = 0.98;

    private final Session session;
    private final Optimizer optimizer;
    private final TrainingTask task;
    private final Training training;
    private final Schedule.Run schedule;
    private final List<TrainingListener> listeners;
    private final GradientExchange exchange; // null: none
    private final long stepsPerEpoch;
    private final long steps;
    private final double epochs;
    private final long stepsPerPoint;
    private final List<HistoryPoint> history = new ArrayList<>();

    private Tensor gradients; // for an exchange; null before the first
    private Divergence divergence;
    private Batch lastBatch; // null before the first
    private Weights best; // of step bestStep; null where they are not kept, or not known
    private TrainingState.Settings settings;
    private long step;
    private double lossSum;
    private long lossSteps;
    private double runningLoss;
    private double rate;
    private double gradientNorm;
    private double bestLoss;
    private long bestStep;
    private int badValidations;
    private double secondsBefore;
    private long firstStep;
    private long targets;
    private long startNanos;
    private long savedStep = -1;
    private long checkedStep = -1;

    /**
     * A trainer for one run.
     *
     * @param session a training session of the model; it carries its recurrent state over from batch to batch if the task needs that
     * @param optimizer of the same model
     * @param task the batches, the validation and the files
     * @param training the settings
     */
    public Trainer(Session session, Optimizer optimizer, TrainingTask task, Training training) {
        this.session = session;
        this.optimizer = optimizer;
        this.task = task;
        this.training = training;
        this.schedule = training.schedule().start();
        this.listeners = training.listeners();
        this.exchange = training.exchange().orElse(null);
        this.stepsPerEpoch = task.stepsPerEpoch();
        long stepsOfEpochs = Math.max(1, Math.round(training.epochs() * stepsPerEpoch));
        this.steps = Math.max(stepsOfEpochs, training.leastUpdates());
        this.epochs = steps == stepsOfEpochs ? training.epochs() : (double) steps / stepsPerEpoch;
        this.stepsPerPoint = Math.max(1, Math.round(training.every() * stepsPerEpoch * steps / stepsOfEpochs));
    }

    /**
     * Trains from a state to the end of the training, or until it is stopped.
     *
     * @param from {@link TrainingState#start}, or the state of the run that is resumed; the optimizer's slots must belong to it
     * @return the outcome, the progress and the history
     * @throws DivergedException if the loss, a gradient or a parameter is not finite, or where it would be measured and saved the loss is
     *     1000 times the first one (or 1000, where that is below 1), or the validation loss 100 times, and a parameter 10 times as large as
     *     at the start; nothing is saved then
     * @throws IOException if a file cannot be written: found before the first step where possible
     */
    public TrainingResult run(TrainingState from) throws IOException {
        return run(from, Optional.empty());
    }

    /**
     * Trains as {@link #run(TrainingState)}.
     *
     * @param from the state
     * @param bestSoFar the weights of the best validation of the run that is resumed, where they are not those of the model
     * @return the outcome, the progress and the history
     * @throws DivergedException as {@link #run(TrainingState)}
     * @throws IOException as {@link #run(TrainingState)}
     */
    public TrainingResult run(TrainingState from, Optional<Weights> bestSoFar) throws IOException {
        checkFiles();
        best = training.keep() == Training.Keep.BEST ? bestSoFar.orElse(null) : null;
        restore(from);
        Progress start = progress();
        listeners.forEach(listener -> listener.started(start));
        if (step == 0 && task.startMargin() > 0 && training.keep() == Training.Keep.BEST) {
            measureStart();
        }
        TrainingResult.Outcome outcome = loop();
        if (outcome == TrainingResult.Outcome.STOPPED) {
            save();
        }
        TrainingResult result = new TrainingResult(outcome, progress(), List.copyOf(history), bestLoss, bestStep,
                best().isPresent() ? bestStep : step);
        listeners.forEach(listener -> listener.ended(result));
        return result;
    }

    /** {@return the current state of the run, from which {@link #run} can resume} */
    public TrainingState state() {
        State carried = task.forgetsState(step) ? State.of(0) : session.state();
        return new TrainingState(step, session.random(), carried, lossSum, lossSteps, runningLoss, schedule.memory(), bestLoss,
                bestStep, badValidations, seconds(), history, settings);
    }

    /** {@return the weights of the best validation, where they are to be kept and the model's own are later ones} */
    public Optional<Weights> best() {
        return bestStep == step ? Optional.empty() : Optional.ofNullable(best);
    }

    private void checkFiles() throws IOException {
        if (training.checkpoint().isPresent()) {
            task.checkWritable(training.checkpoint().get());
        }
        if (training.keepBest().isPresent()) {
            task.checkWritable(training.keepBest().get());
        }
    }

    private void restore(TrainingState from) {
        settings = from.settings();
        step = from.step();
        lossSum = from.lossSum();
        lossSteps = from.lossSteps();
        runningLoss = from.runningLoss();
        bestLoss = from.bestLoss();
        bestStep = from.bestStep();
        badValidations = from.badValidations();
        secondsBefore = from.seconds();
        history.addAll(from.history());
        firstStep = step;
        checkedStep = step;
        startNanos = System.nanoTime();
        if (!from.schedule().isEmpty()) {
            schedule.remember(from.schedule());
        }
        if (step > 0) {
            session.setRandom(from.random());
            session.setState(from.carried());
        }
        divergence = new Divergence(optimizer.model().parameters(),
                history.isEmpty() ? lossSum / lossSteps : history.get(0).trainLoss()); // 0 ÷ 0 before the first step: NaN
    }

    private TrainingResult.Outcome loop() throws IOException {
        while (step < steps) {
            if (training.stopRequested()) {
                return TrainingResult.Outcome.STOPPED;
            }
            trainStep();
            if (!listeners.isEmpty()) {
                Progress now = progress();
                listeners.forEach(listener -> listener.stepped(now));
            }
            if (step % stepsPerPoint == 0 || step == steps) {
                checkDivergence();
                boolean patienceExhausted = validate();
                save();
                if (patienceExhausted && step < steps) {
                    return TrainingResult.Outcome.EARLY;
                }
            }
        }
        return TrainingResult.Outcome.FINISHED;
    }

    private void trainStep() {
        if (task.forgetsState(step)) {
            session.reset();
        }
        rate = schedule.learningRate(training.learningRate(), new Schedule.Moment(step, steps, stepsPerEpoch));
        Update update = new Update(rate, training.clipNorm(), training.clipValue(), training.gradientNorm());
        Batch batch = task.batch(step);
        Metrics metrics = exchange == null ? session.train(batch, optimizer, update) : trainWithExchange(batch, update);
        if (!metrics.isFinite()) {
            throw diverged(Double.isFinite(metrics.loss()) ? "the gradient's norm is " + metrics.gradientNorm()
                    : "the loss is " + metrics.loss());
        }
        lastBatch = batch;
        divergence.add(metrics.loss());
        step++;
        gradientNorm = metrics.gradientNorm();
        targets += metrics.targets();
        lossSum += metrics.loss();
        lossSteps++;
        runningLoss = Double.isNaN(runningLoss) ? metrics.loss() : AVERAGE_DECAY * runningLoss + (1 - AVERAGE_DECAY) * metrics.loss();
    }

    /** As {@link Session#train}, with an exchange of gradients before the update; a step that is not made leaves the session as it was. */
    private Metrics trainWithExchange(Batch batch, Update update) {
        if (gradients == null) {
            gradients = session.gradients();
        }
        long random = session.random();
        State before = task.forgetsState(step) ? State.of(0) : session.state();
        Metrics metrics = session.forward(batch);
        if (!Double.isFinite(metrics.loss())) {
            session.setState(before); // a stream must not go on from numbers that are none
            return metrics;
        }
        boolean ready = false;
        try {
            session.backward();
            exchange.exchange(gradients, metrics.targets());
            ready = true;
        } finally {
            if (!ready) {
                session.zeroGradients();
                session.setState(before);
                session.setRandom(random);
            }
        }
        return session.update(optimizer, update);
    }

    /** Where the parameters are of use before the first step they may stay the best ones. */
    private void measureStart() {
        OptionalDouble loss = task.validate();
        if (loss.isPresent() && Double.isFinite(loss.getAsDouble())) {
            bestLoss = loss.getAsDouble();
            bestStep = 0;
            Weights first = Weights.of(optimizer.model());
            task.refitStart();
            best = Weights.of(optimizer.model());
            first.copyTo(optimizer.model());
            task.best();
        }
    }

    /** Not before the first validation after it: a training that diverges at once leaves the files as they were. */
    private void saveStart() throws IOException {
        if (training.keepBest().isPresent() && bestStep == 0 && best != null) {
            Path file = training.keepBest().get();
            task.save(file, state(), best);
            listeners.forEach(listener -> listener.saved(file));
        }
    }

    /** Validates and adds a point to the history. Returns whether the patience of early stopping is exhausted. */
    private boolean validate() throws IOException {
        OptionalDouble validation = task.validate();
        double loss = validation.orElse(Double.NaN);
        if (validation.isPresent() && !Double.isFinite(loss)) {
            throw diverged("the validation loss is " + loss);
        }
        divergence.foundBy(loss).ifPresent(parameter -> {
            throw grown("the validation loss", loss, parameter);
        });
        HistoryPoint point = new HistoryPoint(step, epoch(), lossSum / lossSteps, loss, rate, seconds(),
                task.figure().orElse(Double.NaN));
        history.add(point);
        lossSum = 0;
        lossSteps = 0;
        if (validation.isPresent()) {
            schedule.validated(loss);
            boolean better = Double.isNaN(bestLoss) || loss < bestLoss * (bestStep == 0 ? 1 - task.startMargin() : 1);
            badValidations = better ? 0 : badValidations + 1;
            if (better) {
                bestLoss = loss;
                bestStep = step;
                best = training.keep() == Training.Keep.BEST && step < steps ? Weights.of(optimizer.model()) : null;
                task.best();
                saveBest();
            } else if (history.size() == 1) {
                saveStart();
            }
        }
        listeners.forEach(listener -> listener.measured(point));
        return training.earlyStopping() > 0 && badValidations >= training.earlyStopping();
    }

    private void save() throws IOException {
        if (training.checkpoint().isPresent() && savedStep != step) {
            Path file = training.checkpoint().get();
            checkDivergence();
            if (best().isPresent()) {
                task.save(file, state(), best);
            } else {
                task.save(file, state());
            }
            savedStep = step;
            listeners.forEach(listener -> listener.saved(file));
        }
    }

    private void saveBest() throws IOException {
        if (training.keepBest().isPresent()) {
            Path file = training.keepBest().get();
            task.saveModel(file, state());
            listeners.forEach(listener -> listener.saved(file));
        }
    }

    // A step with finite gradients may still overflow a parameter, or throw all of them far away. The next losses would reveal it, but what
    // is measured and saved now would be useless.
    private void checkDivergence() {
        if (step == checkedStep) {
            return;
        }
        optimizer.model().parameters().forEach(parameter -> {
            if (!Double.isFinite(Divergence.size(parameter))) {
                throw diverged("the parameter " + parameter.name() + " is not finite");
            }
        });
        OptionalDouble after = divergence.isUnsure() ? OptionalDouble.of(lossOfLastBatch()) : OptionalDouble.empty();
        if (after.isPresent() && !Double.isFinite(after.getAsDouble())) {
            throw diverged("the loss is " + after.getAsDouble());
        }
        divergence.found(after).ifPresent(parameter -> {
            throw grown("the loss", Math.max(after.orElse(runningLoss), runningLoss), parameter);
        });
        checkedStep = step;
    }

    /** Of the parameters after its step; the session is left as it was. */
    private double lossOfLastBatch() {
        long random = session.random();
        State before = task.forgetsState(step) ? State.of(0) : session.state();
        try {
            return session.forward(lastBatch).loss();
        } finally {
            session.setState(before);
            session.setRandom(random);
        }
    }

    private DivergedException grown(String what, double loss, String parameter) {
        return diverged(String.format(Locale.ROOT, "%s is %.3g, far above the first loss, and %s has grown to more than %.0f times its size",
                what, loss, parameter, Divergence.GROWTH));
    }

    private DivergedException diverged(String what) {
        String kept = savedStep >= 0
                ? "The file " + training.checkpoint().get() + " holds the run after step " + savedStep + "."
                : "Nothing was saved in this run; files of earlier runs are as they were.";
        return new DivergedException(step, String.format(Locale.ROOT,
                "the training diverged: %s after %d steps (learning rate %.3g, mean loss before %.4g). %s "
                        + "Try a smaller learning rate (%.1g), a warm-up, or a smaller clip norm (%s).",
                what, step, rate, runningLoss, kept, training.learningRate() / 3,
                training.clipNorm() > 0 ? String.format(Locale.ROOT, "now %.3g", training.clipNorm()) : "now off, try 1"));
    }

    private double epoch() {
        return (double) step / stepsPerEpoch;
    }

    private double seconds() {
        return secondsBefore + (System.nanoTime() - startNanos) * 1e-9;
    }

    private Progress progress() {
        double here = (System.nanoTime() - startNanos) * 1e-9;
        long done = step - firstStep;
        double left = done == 0 ? 0 : here / done * (steps - step);
        return new Progress(step, steps, epoch(), epochs, runningLoss, rate, gradientNorm, here > 0 ? targets / here : 0,
                task.charactersPerTarget(), duration(secondsBefore + here), duration(left));
    }

    private static Duration duration(double value) {
        return Duration.ofNanos((long) (value * 1e9));
    }
}
