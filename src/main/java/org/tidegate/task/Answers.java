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
 * A task that answers: one frozen model, its weights packed once, for any number of threads at once. An answer has the same bits whichever
 * thread asks, alone or among others.
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
     * Answers of a task.
     *
     * @param workers belong to this object from now on, and are closed with it
     */
    protected Answers(R reading, Workers workers) {
        this.reading = reading;
        this.workers = workers;
    }

    /** What the task knows. */
    public final R reading() {
        return reading;
    }

    /** The model that all threads share. It belongs to this object and is closed with it. */
    public final FrozenModel model() {
        return workers.model();
    }

    /** The numbers of the weights. */
    public final Precision precision() {
        return workers.model().precision();
    }

    /** The bytes of native memory: of the weights, and of the workers that are idle now. */
    public final long bytes() {
        return workers.bytes();
    }

    @Override
    public final void close() {
        workers.close();
    }

    /** The pool of this object's workers. */
    protected final Workers workers() {
        return workers;
    }

    /** Runs work with a worker that is lent for it: {@link Workers#with}. */
    protected final <T> T with(Function<Worker, T> work) {
        return workers.with(work);
    }

    /**
     * Answers inputs in groups of similar lengths, a batch each.
     *
     * @param length of an input
     * @param size the most inputs of a group
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

    /** Figures of an evaluation, begun with those that every task has; the task adds its own. */
    protected final Figures.Builder figures(long examples, double loss) {
        return Figures.builder().put("task", reading.task())
                .put("examples", examples)
                .put("loss", loss, reading.describeLoss(loss))
                .put("loss_unit", reading.lossUnit(), "")
                .put("precision", precision().name().toLowerCase(Locale.ROOT));
    }
}
