package org.tidegate.task;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import org.tidegate.FrozenModel;
import org.tidegate.Precision;

/**
 * Inference with a task's model: one frozen model, its weights packed once, for any number of threads at once. An answer has the same bits
 * whichever thread asks, alone or among others.
 *
 * <p>Immutable but for the pool of its {@link Workers}. Holds native memory until it is closed; closing twice is harmless, and a call after
 * it is an {@link IllegalStateException}.
 *
 * @param <R> what the task knows
 */
public abstract class Answers<R extends Reading> implements AutoCloseable {
    private final R reading;
    private final Workers workers;

    /**
     * Creates the answers of a task.
     *
     * @param reading what the task knows besides its network
     * @param workers owned by this object from now on, and closed with it
     */
    protected Answers(R reading, Workers workers) {
        this.reading = reading;
        this.workers = workers;
    }

    /** {@return what the task knows besides its network} */
    public final R reading() {
        return reading;
    }

    /** {@return the model that all threads share} It belongs to this object and is closed with it. */
    public final FrozenModel model() {
        return workers.model();
    }

    /** {@return the precision of the weights} */
    public final Precision precision() {
        return workers.model().precision();
    }

    /** {@return the bytes of native memory, of the weights and of the idle workers} */
    public final long bytes() {
        return workers.bytes();
    }

    @Override
    public final void close() {
        workers.close();
    }

    /** {@return the pool of workers} */
    protected final Workers workers() {
        return workers;
    }

    /**
     * Runs work with a borrowed worker: {@link Workers#with}.
     *
     * @param <T> the type of the result
     * @param work what to run
     * @return the result of the work
     */
    protected final <T> T with(Function<Worker, T> work) {
        return workers.with(work);
    }

    /**
     * Runs inputs in groups of similar lengths, one batch for each.
     *
     * @param <I> the type of an input
     * @param <O> the type of an answer
     * @param inputs the inputs
     * @param length the length of an input
     * @param size the maximum number of inputs of a group
     * @param work answers a group with a worker, in the group's order
     * @return the answers in the order of the inputs
     */
    protected final <I, O> List<O> inGroups(List<I> inputs, ToIntFunction<I> length, int size,
            BiFunction<Worker, List<I>, List<O>> work) {
        List<O> answers = new ArrayList<>(Collections.nCopies(inputs.size(), null));
        for (List<Integer> group : Groups.of(inputs, length, size)) {
            List<O> found = with(worker -> work.apply(worker, group.stream().map(inputs::get).toList()));
            for (int i = 0; i < group.size(); i++) {
                answers.set(group.get(i), found.get(i));
            }
        }
        return answers;
    }

    /**
     * {@return a builder that holds the figures of every task} The task adds its own.
     *
     * @param examples the number of examples
     * @param loss the mean loss
     */
    protected final Figures.Builder figures(long examples, double loss) {
        return Figures.builder().put("task", reading.task())
                .put("examples", examples)
                .put("loss", loss, reading.describeLoss(loss))
                .put("loss_unit", reading.lossUnit(), "")
                .put("precision", precision().name().toLowerCase(Locale.ROOT));
    }
}
