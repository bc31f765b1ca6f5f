package org.tidegate.task;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.tidegate.Batch;
import org.tidegate.Model;
import org.tidegate.Session;

/**
 * The reading of a task whose data are separate examples, rather than one long stream.
 *
 * @param <E> an example: what is given and the answer to it
 */
public interface ExampleReading<E> extends Reading {

    /** {@return the plural noun of the examples, for messages: "texts"} */
    String examples();

    /**
     * {@return the number of steps of an example} A batch is made of examples of similar lengths.
     *
     * @param example the example
     * @throws IllegalArgumentException if the example cannot be read: an empty text, for instance; the message names it
     */
    int length(E example);

    /**
     * Checks that a training can learn from an example: by default that it can be read.
     *
     * @param example the example
     * @throws IllegalArgumentException if it cannot: the message names it, and for instance the label that the model does not have
     */
    default void checkTrainable(E example) {
        length(example);
    }

    /**
     * {@return the labels, tags, letters or words that make the right answer of an example; empty, the default, where answers are numbers}
     * Held-out examples may have some that training did not ({@link #knows}): they count as wrong, and {@link Unknown} tells how many.
     *
     * @param example the example
     */
    default List<String> answer(E example) {
        return List.of();
    }

    /**
     * {@return whether a part of an answer is one that the model can give} True by default.
     *
     * @param part one of {@link #answer}
     */
    default boolean knows(String part) {
        return true;
    }

    /**
     * {@return whether the right answer of an example has a loss} False, for instance, where it holds a label that training did not have, as
     * its probability is 0: the held-out loss then leaves the example out. True by default.
     *
     * @param example the example
     */
    default boolean hasLoss(E example) {
        return true;
    }

    /** {@return what the parts of an answer are, for messages: "label", "tag", "letter"; "word" by default} */
    default String part() {
        return "word";
    }

    /**
     * {@return where an example is from, for messages: {@code "test.tsv, line 7"}; empty, the default, where that is not known}
     *
     * @param example the example
     */
    default String origin(E example) {
        return "";
    }

    /**
     * Writes a batch: the lengths of its axes first, then its inputs and targets. Called from several threads.
     *
     * @param batch the batch to write
     * @param examples its examples
     */
    void fill(Batch batch, List<E> examples);

    /**
     * Writes a batch of examples without a loss ({@link #hasLoss}): as {@link #fill}, the default, but without targets.
     *
     * @param batch the batch to write
     * @param examples its examples
     */
    default void fillGiven(Batch batch, List<E> examples) {
        fill(batch, examples);
    }

    /**
     * {@return what scores the held-out examples of one validation; empty, the default, for a task without a {@link #figure}}
     *
     * @param model the model as it is now
     */
    default Optional<Score<E>> score(Model model) {
        return Optional.empty();
    }

    /**
     * {@return the contents of an example as bytes, for the {@link Fingerprint} of training data}
     *
     * @param example the example
     */
    Stream<byte[]> content(E example);

    /**
     * Reads examples from files of the form that the model was made for (the columns of a table, for instance).
     *
     * @param files the files
     * @return the examples of all files, in order
     * @throws IllegalArgumentException if a file is malformed; the message names file and line
     * @throws IOException if one cannot be read
     */
    List<E> read(List<Path> files) throws IOException;

    /**
     * {@return how the batches of a training are filled} As {@link #fill} does it by default; a task overrides it to encode each example
     * once rather than in every epoch, to add noise (word dropout, augmentation) or to make new examples of several.
     *
     * @param training all examples of the training
     */
    default Filler<E> filler(List<E> training) {
        return (batch, examples, random) -> fill(batch, examples);
    }

    /**
     * The figure of a validation, from what the validation computes for the loss.
     *
     * @param <E> an example
     */
    interface Score<E> {
        /**
         * Scores the examples of a batch.
         *
         * @param session has just run the batch; its outputs are those of the examples
         * @param batch the batch
         * @param examples its examples
         */
        void add(Session session, Batch batch, List<E> examples);

        /** {@return the figure of all examples so far} */
        double value();

        /**
         * {@return the loss of the validation: of the answers that the task makes of the network's outputs, where that is more than the
         * network's own loss}
         *
         * @param network the mean loss of the network
         */
        default double loss(double network) {
            return network;
        }
    }

    /**
     * Fills the batches of a training.
     *
     * @param <E> an example
     */
    @FunctionalInterface
    interface Filler<E> {
        /**
         * Writes a batch. Called on another thread than the training's.
         *
         * @param batch the batch to write
         * @param examples its examples
         * @param random the only source of noise, the same for the same seed and step
         */
        void fill(Batch batch, List<E> examples, RandomGenerator random);
    }
}
