package org.tidegate.task;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.tidegate.Network;
import org.tidegate.json.JsonObject;

/**
 * What a task knows besides its network: vocabularies, labels, scales, and how its data become rows of a batch. Immutable and free of
 * native memory, so that all threads share it: {@link Trainable} and {@link Answers} each hold one.
 *
 * <p>A model's file keeps it as JSON beside the network; the task's {@link TaskFormat} reads it back.
 */
public interface Reading {

    /** {@return the task's name, as in a model's file: {@code "classify"}} */
    String task();

    /** {@return the noun of one target of the loss: "word", "sentence", "value"} */
    String target();

    /** {@return a description of the model in a few words, for people} */
    String describe();

    /** {@return all of it as JSON, for the model's file} */
    JsonObject toJson();

    /**
     * Checks that a network has the inputs and outputs that this names, with the expected columns.
     *
     * @param network the network
     * @throws IllegalArgumentException if it has not; the message names the first difference
     */
    void checkFits(Network network);

    /**
     * {@return the differences from another reading of the task, for a training that is to be continued: this one's values where the
     * other's differ} Values that a training sets itself do not count.
     *
     * @param other the other reading
     */
    default List<String> differences(Reading other) {
        return toJson().differences(other.toJson());
    }

    /**
     * {@return the names of the values that answers read of a session, which then keeps them alone ({@link Network#newSession(String, String...)}),
     * so that many streams fit; empty, the default, for all}
     */
    default List<String> kept() {
        return List.of();
    }

    /**
     * {@return by what outputs of the network are multiplied before answers are made of them, by name: a temperature; empty, the default,
     * where they are taken as they are}
     */
    default Map<String, Double> outputFactors() {
        return Map.of();
    }

    /** {@return the unit of the loss} */
    default String lossUnit() {
        return "nats/" + target();
    }

    /**
     * {@return the name of the figure that a training shows beside the held-out loss: "accuracy"} Where an {@link Evaluation} has the same
     * one it is its key there. Empty, the default, for none.
     */
    default Optional<String> figure() {
        return Optional.empty();
    }

    /**
     * {@return what a training found on its held-out data besides the parameters, for people and programs: baselines, a temperature; without
     * figures, the default, where that is nothing}
     */
    default Figures found() {
        return Figures.builder().build();
    }

    /**
     * {@return a loss with its unit, for people}
     *
     * @param loss the loss
     */
    default String describeLoss(double loss) {
        return String.format(Locale.ROOT, "%.4f %s", loss, lossUnit());
    }
}
