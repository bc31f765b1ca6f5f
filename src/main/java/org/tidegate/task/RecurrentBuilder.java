package org.tidegate.task;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.tidegate.Attribute;
import org.tidegate.Cell;
import org.tidegate.ModelBuilder;
import org.tidegate.Node;

/**
 * The settings that the builders of most tasks share: the recurrent layers and the seed. Each setter returns the builder.
 *
 * @param <B> the builder itself
 */
public abstract class RecurrentBuilder<B extends RecurrentBuilder<B>> {
    private Layers layers;
    private long seed = 1;

    /**
     * Creates a builder.
     *
     * @param defaults the default recurrent layers
     */
    protected RecurrentBuilder(Layers defaults) {
        layers = defaults;
    }

    /**
     * Sets all settings of the recurrent layers at once.
     *
     * @param value the layers
     * @return this builder
     */
    public final B layers(Layers value) {
        layers = Objects.requireNonNull(value, "layers");
        return self();
    }

    /**
     * Sets the recurrent cell.
     *
     * @param value the cell, not {@link Cell#LSTM_PROJECTED}
     * @return this builder
     * @throws IllegalArgumentException if it is {@link Cell#LSTM_PROJECTED}
     */
    public final B cell(Cell value) {
        return layers(layers.cell(value));
    }

    /**
     * Sets the hidden size of the recurrent layers.
     *
     * @param units units of a layer (and direction)
     * @return this builder
     * @throws IllegalArgumentException if it is not positive
     */
    public final B hidden(int units) {
        return layers(layers.hidden(units));
    }

    /**
     * Sets the number of recurrent layers.
     *
     * @param count the number of layers
     * @return this builder
     * @throws IllegalArgumentException if it is not positive
     */
    public final B layers(int count) {
        return layers(layers.count(count));
    }

    /**
     * Sets the dropout; the class comment names the places.
     *
     * @param probability the probability with which an element is dropped in training
     * @return this builder
     * @throws IllegalArgumentException if it is not at least 0 and less than 1
     */
    public final B dropout(double probability) {
        return layers(layers.dropout(probability));
    }

    /**
     * Sets the seed of the initial parameters, 1 by default. The same seed gives the same bits.
     *
     * @param value the seed
     * @return this builder
     */
    public final B seed(long value) {
        seed = value;
        return self();
    }

    /** {@return the recurrent layers} */
    protected final Layers layers() {
        return layers;
    }

    /** {@return the seed} */
    protected final long seed() {
        return seed;
    }

    /**
     * Adds recurrent layers as one node, with dropout between them.
     *
     * @param net the network
     * @param input what they read
     * @param layers their settings
     * @param name the node's name
     * @param more further attributes
     * @return the node
     */
    protected static Node recurrent(ModelBuilder net, Node input, Layers layers, String name, Attribute... more) {
        List<Attribute> attributes = new ArrayList<>(List.of(Attribute.name(name), Attribute.layers(layers.count())));
        if (layers.count() > 1) {
            attributes.add(Attribute.dropout(layers.dropout()));
        }
        attributes.addAll(Arrays.asList(more));
        return net.recurrent(input, layers.cell(), layers.hidden(), attributes.toArray(Attribute[]::new));
    }

    /**
     * Adds dropout to a node.
     *
     * @param net the network
     * @param x the node
     * @param probability the probability with which an element is dropped in training
     * @param attributes of the dropout node
     * @return the dropout node; the node itself where the probability is 0
     */
    protected static Node dropped(ModelBuilder net, Node x, double probability, Attribute... attributes) {
        return probability > 0 ? net.dropout(x, probability, attributes) : x;
    }

    /**
     * Checks that a setting is 1 or more.
     *
     * @param name its name, for the message
     * @param value its value
     * @return the value
     * @throws IllegalArgumentException if it is not positive
     */
    protected static int positive(String name, int value) {
        if (value < 1) {
            throw new IllegalArgumentException("the " + name + " is " + value + "; expected 1 or more");
        }
        return value;
    }

    /**
     * Checks that a setting is at least 0 and less than 1.
     *
     * @param name its name, for the message
     * @param value its value
     * @return the value
     * @throws IllegalArgumentException if it is out of range
     */
    protected static double probability(String name, double value) {
        if (!(value >= 0 && value < 1)) {
            throw new IllegalArgumentException("the " + name + " is " + value + "; expected 0 or more and less than 1");
        }
        return value;
    }

    @SuppressWarnings("unchecked") // B is the class itself, by its declaration
    private B self() {
        return (B) this;
    }
}
