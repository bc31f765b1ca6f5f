package org.tidegate.train;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * A learning-rate schedule: the learning rate of each step, as PyTorch's schedulers compute it. Immutable, so that several trainings may
 * share one; what changes while a training runs is in the {@link Run} that {@link #start} gives to each of them.
 *
 * <p>A schedule of one's own that is a function of the step alone is a lambda, {@code (initial, moment) -> ...}. One that follows the
 * validation loss overrides {@link #start}.
 *
 * <p>The text of a schedule (its {@code toString}) is what {@link #parse} reads: {@code constant}, {@code cosine},
 * {@code step size=1000 gamma=0.5}, and so on.
 */
@FunctionalInterface
public interface Schedule {

    /**
     * A position in a training.
     *
     * @param step the number of the next step, from 0
     * @param steps the number of steps of the whole training
     * @param stepsPerEpoch the number of steps of an epoch
     */
    record Moment(long step, long steps, long stepsPerEpoch) {}

    /** A schedule at work in one training. Belongs to that training's thread. */
    @FunctionalInterface
    interface Run {

        /**
         * {@return the learning rate of a step}
         *
         * @param initial the learning rate that the training was started with
         * @param moment the position of the step in the training
         */
        double learningRate(double initial, Moment moment);

        /**
         * Takes note of a validation loss; the default ignores it.
         *
         * @param loss the validation loss, finite
         */
        default void validated(double loss) {}

        /** {@return the state that a resumed training restores with {@link #remember}, "" (the default) for none} */
        default String memory() {
            return "";
        }

        /**
         * Restores a state.
         *
         * @param memory what {@link #memory} returned
         * @throws IllegalArgumentException if the text is not such a state
         */
        default void remember(String memory) {}
    }

    /**
     * {@return the learning rate of a step, where no validation has changed it}
     *
     * @param initial the learning rate that the training was started with
     * @param moment the position of the step in the training
     */
    double learningRate(double initial, Moment moment);

    /**
     * {@return this schedule for one training, from its beginning} The default is for schedules without a state: its learning rate is
     * {@link #learningRate}.
     */
    default Run start() {
        return this::learningRate;
    }

    /** {@return a constant learning rate} */
    static Schedule constant() {
        return new Formula("constant", (initial, m) -> initial);
    }

    /**
     * {@return a step decay} The learning rate is multiplied by gamma after every {@code size} steps.
     *
     * @param size the number of steps between two reductions
     * @param gamma the factor
     * @throws IllegalArgumentException if size or gamma is not positive
     */
    static Schedule step(long size, double gamma) {
        positive("size", size);
        positive("gamma", gamma);
        return new Formula("step size=" + size + " gamma=" + gamma, (initial, m) -> initial * Math.pow(gamma, m.step() / size));
    }

    /**
     * {@return a step decay with milestones} The learning rate is multiplied by gamma at each of the given steps.
     *
     * @param gamma the factor
     * @param milestones the numbers of the steps, from 0
     * @throws IllegalArgumentException if gamma is not positive or a milestone is negative
     */
    static Schedule multistep(double gamma, long... milestones) {
        positive("gamma", gamma);
        long[] at = milestones.clone();
        if (Arrays.stream(at).anyMatch(step -> step < 0)) {
            throw new IllegalArgumentException("milestones are " + Arrays.toString(at) + "; expected step numbers of 0 or more");
        }
        String text = Arrays.stream(at).mapToObj(Long::toString).collect(Collectors.joining(","));
        return new Formula("multistep gamma=" + gamma + " milestones=" + text, (initial, m) ->
                initial * Math.pow(gamma, Arrays.stream(at).filter(step -> step <= m.step()).count()));
    }

    /**
     * {@return an exponential decay} The learning rate is multiplied by gamma after every step.
     *
     * @param gamma the factor
     * @throws IllegalArgumentException if gamma is not positive
     */
    static Schedule exponential(double gamma) {
        positive("gamma", gamma);
        return new Formula("exponential gamma=" + gamma, (initial, m) -> initial * Math.pow(gamma, m.step()));
    }

    /**
     * {@return cosine annealing over the whole training} Half a cosine from the initial learning rate at the first step to 0 after the
     * last.
     */
    static Schedule cosine() {
        return new Formula("cosine", (initial, m) -> anneal(initial, 0, m.step(), Math.max(m.steps(), 1)));
    }

    /**
     * {@return cosine annealing with a period} From the initial learning rate to {@code minimum} at step {@code period}, and up again.
     *
     * @param period the number of steps from the initial learning rate to the minimum
     * @param minimum the least learning rate, 0 or more
     * @throws IllegalArgumentException if period is not positive or minimum is negative
     */
    static Schedule cosine(long period, double minimum) {
        positive("period", period);
        if (!(minimum >= 0)) {
            throw new IllegalArgumentException("the schedule's minimum is " + minimum + "; expected 0 or more");
        }
        return new Formula("cosine period=" + period + " minimum=" + minimum,
                (initial, m) -> anneal(initial, minimum, m.step(), period));
    }

    /**
     * {@return a linear schedule} The factor of the learning rate goes from {@code start} at step 0 to {@code end} at step {@code steps}.
     *
     * @param start the factor at step 0, 0 or more
     * @param end the factor from step {@code steps} on, 0 or more
     * @param steps the number of steps between them
     * @throws IllegalArgumentException if steps is not positive or a factor is negative
     */
    static Schedule linear(double start, double end, long steps) {
        positive("steps", steps);
        if (!(start >= 0) || !(end >= 0)) {
            throw new IllegalArgumentException("the factors are " + start + " and " + end + "; expected 0 or more");
        }
        return new Formula("linear start=" + start + " end=" + end + " steps=" + steps, (initial, m) ->
                initial * (start + (end - start) * Math.min(m.step(), steps) / steps));
    }

    /**
     * {@return this schedule after a linear warm-up} At step s of the first {@code steps} its learning rate is multiplied by (s+1)/steps.
     *
     * @param steps the number of steps of the warm-up
     * @throws IllegalArgumentException if steps is not positive
     */
    default Schedule warmUp(long steps) {
        return new WarmUp(this, steps);
    }

    /** {@return this schedule with epochs for steps: {@code step(1, 0.5).byEpoch()} halves the learning rate after every epoch} */
    default Schedule byEpoch() {
        return new ByEpoch(this);
    }

    /**
     * {@return the schedule of a text} A name and settings ({@code step size=1000 gamma=0.5}), then optionally {@code warm_up=100} and
     * {@code by=epoch}. Names: constant, step, multistep, exponential, cosine, linear, plateau.
     *
     * @param text the text
     * @throws IllegalArgumentException if the text is not understood; the message says what is
     */
    static Schedule parse(String text) {
        return ScheduleText.parse(text);
    }

    private static double anneal(double initial, double minimum, long step, long period) {
        return minimum + (initial - minimum) * (1 + Math.cos(Math.PI * step / period)) / 2;
    }

    private static void positive(String name, double value) {
        if (!(value > 0) || Double.isInfinite(value)) {
            throw new IllegalArgumentException(String.format(Locale.ROOT, "the schedule's %s is %s; expected a positive number", name,
                    value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value)));
        }
    }
}
