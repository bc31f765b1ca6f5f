package org.tidegate.task;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.tidegate.Batch;

/**
 * The reading of a task whose data are separate examples, rather than one long stream.
 *
 * @param <E> an example: what is given and the answer to it
 */
public interface ExampleReading<E> extends Reading {

    /** What several examples are called: "texts". */
    String examples();

    /**
     * The number of steps of an example; a batch is made of examples of similar lengths.
     *
     * @throws IllegalArgumentException if the example cannot be learned from or measured: an unknown label, nothing to read; the message says
     *     which and why
     */
    int length(E example);

    /** Writes a batch: the lengths of its axes first, then its inputs and targets. Called from several threads. */
    void fill(Batch batch, List<E> examples);

    /** The contents of an example as bytes, by which training data are told from others. */
    Stream<byte[]> content(E example);

    /**
     * Reads examples from files in the form of those that the model was made for (the columns of a table, for instance).
     *
     * @throws IllegalArgumentException if a file is not as it should be; the message names file and line
     * @throws IOException if one cannot be read
     */
    List<E> read(List<Path> files) throws IOException;

    /**
     * How the batches of a training are filled: as {@link #fill} does it, unless the task adds noise (drops words, varies recordings) or
     * makes new examples of several.
     *
     * @param training all examples of the training
     */
    default Filler<E> filler(List<E> training) {
        return (batch, examples, random) -> fill(batch, examples);
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
         * @param random the only source of noise, the same for the same seed and step
         */
        void fill(Batch batch, List<E> examples, RandomGenerator random);
    }
}
