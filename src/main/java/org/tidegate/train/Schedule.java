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
 * <p>The text of a schedule ({@link #toString}) is what {@link #parse} reads: {@code constant}, {@code cosine},
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

    /** The initial learning rate all the time. */
    static Schedule constant() {
        return new Formula("constant", (initial, m) -> initial);
    }

    /**
     * Multiplied by gamma after every {@code size} steps.
     *
     * @throws IllegalArgumentException if size or gamma is not positive
     */
    static Schedule step(long size, double gamma) {
        positive("size", size);
        positive("gamma", gamma);
        return new Formula("step size=" + size + " gamma=" + gamma, (initial, m) -> initial * Math.pow(gamma, m.step() / size));
    }

    /**
     * Multiplied by gamma at each of the given steps.
     *
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
     * Multiplied by gamma after every step.
     *
     * @throws IllegalArgumentException if gamma is not positive
     */
    static Schedule exponential(double gamma) {
        positive("gamma", gamma);
        return new Formula("exponential gamma=" + gamma, (initial, m) -> initial * Math.pow(gamma, m.step()));
    }

    /** Half a cosine from the initial rate at the first step to 0 after the last. */
    static Schedule cosine() {
        return new Formula("cosine", (initial, m) -> anneal(initial, 0, m.step(), Math.max(m.steps(), 1)));
    }

    /**
     * Cosine annealing: from the initial rate to {@code minimum} at step {@code period}, and back up again after it.
     *
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
     * A straight line of factors from {@code start} at step 0 to {@code end} at step {@code steps}, and {@code end} from there on.
     *
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
     * A linear warm-up in front of this schedule: step s of the first {@code steps} runs at (s+1)/steps of what this schedule says.
     *
     * @throws IllegalArgumentException if steps is not positive
     */
    default Schedule warmUp(long steps) {
        return new WarmUp(this, steps);
    }

    /** This schedule with its steps counted in epochs: step(1, 0.5).byEpoch() halves the rate after every epoch. */
    default Schedule byEpoch() {
        return new ByEpoch(this);
    }

    /**
     * The schedule of a text: a name and settings ({@code step size=1000 gamma=0.5}), then {@code warm_up=100} or {@code by=epoch} if
     * wanted. Names: constant, step, multistep, exponential, cosine, linear, plateau.
     *
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
