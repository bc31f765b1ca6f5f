package org.tidegate.task;

import java.util.List;
import java.util.Locale;
import org.tidegate.Network;
import org.tidegate.json.JsonObject;

/**
 * What a task knows besides its network: vocabularies, labels, scales, and how its data become rows of a batch. Immutable and free of native
 * memory, so that all threads share it: the class that learns ({@link Trainable}) and the one that answers ({@link Answers}) each hold one.
 *
 * <p>A model's file keeps it as JSON beside the network; the task's {@link TaskFormat} makes it again of that.
 */
public interface Reading {

    /** The task's name, as it stands in a model's file: {@code "classify"}. */
    String task();

    /** What one target of the loss is: "word", "sentence", "value". */
    String target();

    /** What it reads and answers, in a few words. */
    String describe();

    /** All that it knows, for the model's file. */
    JsonObject toJson();

    /**
     * Checks that a network has the inputs and outputs that it names, with the widths that it expects.
     *
     * @throws IllegalArgumentException if it has not; the message says which
     */
    void checkFits(Network network);

    /**
     * In what another reading of the task differs, for a training that is to go on: its own values of what the other has otherwise. What a
     * training finds out by itself does not count.
     */
    default List<String> differences(Reading other) {
        return toJson().differences(other.toJson());
    }

    /** The unit of the loss. */
    default String lossUnit() {
        return "nats/" + target();
    }

    /** A loss with its unit, as people read it. */
    default String describeLoss(double loss) {
        return String.format(Locale.ROOT, "%.4f %s", loss, lossUnit());
    }
}
