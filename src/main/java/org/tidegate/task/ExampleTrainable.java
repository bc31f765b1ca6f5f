package org.tidegate.task;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.tidegate.Model;
import org.tidegate.train.Training;
import org.tidegate.train.TrainingResult;

/**
 * A task trained on separate examples, rather than on one long stream.
 *
 * @param <E> an example
 * @param <R> what the task knows
 * @param <A> its inference
 */
public abstract class ExampleTrainable<E, R extends ExampleReading<E>, A extends Answers<R>> extends Trainable<R, A> {
    /**
     * Creates a task over a network.
     *
     * @param format the task's format
     * @param reading what the task knows besides its network
     * @param model owned by this object from now on, and closed with it
     */
    protected ExampleTrainable(TaskFormat<R, A> format, R reading, Model model) {
        super(format, reading, model);
    }

    /**
     * Trains on examples; {@link Training#validation} of them, a random sample by the seed, are held out. A {@link Training#continued
     * continued} training needs the same examples and settings; the number of epochs, the learning rate and what only watches may differ.
     *
     * @param examples the examples, at least one
     * @param given the settings of the training
     * @return how it ended
     * @throws IOException if a file cannot be written; found before the first step where possible
     * @throws IllegalArgumentException if there are too few examples, one cannot be used, {@link Training#bptt} is set (examples are never
     *     truncated), or a continued training's settings or data differ; nothing is changed then
     * @throws IllegalStateException if there is no training to continue, it is closed, or another thread is using it
     * @throws org.tidegate.train.DivergedException if the training diverges; it then saves nothing more
     * @throws org.tidegate.TidegateException if the optimizer's text is malformed
     */
    public final TrainingResult train(List<E> examples, Training given) throws IOException {
        Training training = settled(given);
        if (training.validation() == 0) {
            return learn(examples, List.of(), training);
        }
        List<E> shuffled = new ArrayList<>(examples);
        Collections.shuffle(shuffled, new Random(training.splitSeed()));
        int cut = (int) Math.round(shuffled.size() * (1 - training.validation()));
        if (cut == 0 || cut == shuffled.size()) {
            throw new IllegalArgumentException("there are " + shuffled.size() + " " + reading().examples() + ", too few to hold out "
                    + training.validation() + " of them; give more, or leave validation out");
        }
        return learn(shuffled.subList(0, cut), shuffled.subList(cut, shuffled.size()), training);
    }

    /**
     * Trains on examples as {@link #train(List, Training)}, validated on held-out examples of their own.
     *
     * @param examples the examples, at least one
     * @param heldOut validated on after every {@link Training#every}; may be empty. What their answers have that training has not ({@link
     *     Unknown}) counts as wrong; it is an error only if nothing in them is known
     * @param training the settings of the training
     * @return how it ended
     * @throws IllegalArgumentException also if {@link Training#validation} is set
     * @throws IOException if a file cannot be written; found before the first step where possible
     */
    public final TrainingResult train(List<E> examples, List<E> heldOut, Training training) throws IOException {
        if (training.validation() > 0) {
            throw new IllegalArgumentException("held-out " + reading().examples() + " are given, and validation " + training.validation()
                    + " asks to hold out a part of the others; choose one of both");
        }
        return learn(examples, heldOut, settled(training));
    }

    private TrainingResult learn(List<E> examples, List<E> heldOut, Training training) throws IOException {
        if (examples.isEmpty()) {
            throw new IllegalArgumentException("there are no " + reading().examples() + " to train on");
        }
        if (training.bptt().isPresent()) {
            throw new IllegalArgumentException("bptt " + training.bptt().getAsInt() + " means nothing for " + reading().examples()
                    + ": gradients flow through the whole of each; leave it out");
        }
        R reading = reading();
        List<E> kept = List.copyOf(examples);
        List<E> measured = List.copyOf(heldOut);
        kept.forEach(reading::checkTrainable);
        int[] lengths = kept.stream().mapToInt(reading::length).toArray();
        measured.forEach(reading::length);
        if (!measured.isEmpty()) {
            ExampleLoss.checkKnown(reading, measured);
        }
        String data = Fingerprint.of(kept.size(), reading.examples(), kept.stream().flatMap(reading::content));
        return train(training, 0, data, false, () -> {
            starts(kept, measured, training);
            return new ExampleSource<>(reading, model(), kept, lengths, measured, training, this::validated,
                    measured.isEmpty() ? 0 : startMargin(measured.size()),
                    training.isContinued() && hasSmoothedHistory());
        });
    }

    /**
     * A training begins. Nothing is done by default; a task measures its baselines here, and forgets what an earlier training found.
     *
     * @param examples what is learned from
     * @param heldOut what is held out, perhaps nothing
     * @param training its settings
     */
    protected void starts(List<E> examples, List<E> heldOut, Training training) {}

    /**
     * {@return by which part of their loss later parameters must be better than a fitted start; 0, the default, where the first ones are
     * random}
     *
     * @param heldOut the number of held-out examples, at least one
     */
    protected double startMargin(int heldOut) {
        return 0;
    }

    /**
     * A validation was made. Nothing is done by default; a task puts what it found into its reading here ({@link #setReading}), which is
     * kept with the parameters.
     *
     * @param score the validation's
     */
    protected void validated(ExampleReading.Score<E> score) {}
}
