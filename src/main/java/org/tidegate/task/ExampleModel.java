package org.tidegate.task;

import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.tidegate.Batch;
import org.tidegate.Metrics;
import org.tidegate.Model;
import org.tidegate.Session;
import org.tidegate.train.Training;
import org.tidegate.train.TrainingResult;

/**
 * A model that is trained on separate examples, rather than on one long stream.
 *
 * @param <E> an example: what is given and what shall come out
 */
public abstract class ExampleModel<E> extends TaskModel {
    /** Examples that are measured at once. */
    private static final int MEASURED = 64;

    /** A task over a network, which belongs to this object from now on. */
    protected ExampleModel(Model model) {
        super(model);
    }

    /** The length of an example; a batch is made of examples of similar lengths. */
    protected abstract int length(E example);

    /**
     * Writes a batch: the lengths of its axes first, then its inputs and targets. Called on another thread than the training's, so it must
     * not change this object.
     */
    protected abstract void fill(Batch batch, List<E> examples);

    /**
     * Writes a batch to train on, where a task makes noise (words dropped, recordings varied).
     *
     * @param random the only source of what is random; the same for the same seed and step
     */
    protected void fill(Batch batch, List<E> examples, RandomGenerator random) {
        fill(batch, examples);
    }

    /** Looks at the examples of a training before its first batch, where a task makes new ones out of several. */
    protected void begin(List<E> examples) {}

    /** What tells these examples from others when a training is resumed: their number and a checksum. */
    protected abstract String fingerprint(List<E> examples);

    /**
     * Fails if nothing can be learned from an example, or measured by it: asked of every example before a training begins.
     *
     * @throws IllegalArgumentException saying which and why
     */
    protected void check(E example) {}

    /**
     * Trains on examples. On a model that was resumed the examples and the settings must be those of the run that it goes on with; the
     * number of epochs, the learning rate and what only watches may differ.
     *
     * @param examples at least one
     * @param heldOut to validate on after every {@link Training#every}; may be empty
     * @return how it ended
     * @throws IllegalArgumentException if there is no example, one cannot be used, or a resumed run's settings differ; nothing is changed
     *     then
     * @throws org.tidegate.train.DivergedException if the loss is no longer a finite number
     * @throws org.tidegate.TidegateException if the optimizer's text is not understood
     * @throws IOException if a file cannot be written; found before the first step where possible
     */
    public final TrainingResult train(List<E> examples, List<E> heldOut, Training training) throws IOException {
        if (examples.isEmpty()) {
            throw new IllegalArgumentException("there are no examples to train on");
        }
        List<E> kept = List.copyOf(examples);
        kept.forEach(this::check);
        heldOut.forEach(this::check);
        begin(kept);
        return train(training, fingerprint(kept), false, step -> new ExampleTraining<>(this, kept, heldOut, training, step));
    }

    /**
     * The mean loss on examples in {@link #lossUnit}, without dropout.
     *
     * @throws IllegalArgumentException if there is none, or nothing in them counts (words that are all unknown to a model that fills in)
     */
    public final double loss(List<E> examples, int threads) {
        if (examples.isEmpty()) {
            throw new IllegalArgumentException("there are no examples to measure");
        }
        try (Session session = Sessions.of(model(), threads)) {
            return loss(session, model().newBatch(), examples);
        }
    }

    final double loss(Session session, Batch batch, List<E> examples) {
        // Once each: some tasks must split a text to know its length.
        int[] lengths = examples.stream().mapToInt(this::length).toArray();
        List<E> sorted = IntStream.range(0, lengths.length).boxed().sorted(Comparator.comparingInt(i -> lengths[i])).map(examples::get)
                .toList();
        double sum = 0;
        long targets = 0;
        for (int from = 0; from < sorted.size(); from += MEASURED) {
            batch.clear();
            fill(batch, sorted.subList(from, Math.min(from + MEASURED, sorted.size())));
            Metrics metrics = session.forward(batch);
            sum += metrics.loss() * metrics.targets();
            targets += metrics.targets();
        }
        if (targets == 0) {
            throw new IllegalArgumentException("there is nothing to measure: none of the " + examples.size() + " examples has a " + target()
                    + " that counts");
        }
        return sum / targets;
    }
}
