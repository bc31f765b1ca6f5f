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

    /** A builder with these layers as its defaults. */
    protected RecurrentBuilder(Layers defaults) {
        layers = defaults;
    }

    /** All settings of the recurrent layers at once. */
    public final B layers(Layers value) {
        layers = Objects.requireNonNull(value, "layers");
        return self();
    }

    /** The recurrent cell; not {@link Cell#LSTM_PROJECTED}, which is an {@link IllegalArgumentException}. */
    public final B cell(Cell value) {
        return layers(layers.cell(value));
    }

    /** Units of each recurrent layer (and direction); not positive is an {@link IllegalArgumentException}. */
    public final B hidden(int units) {
        return layers(layers.hidden(units));
    }

    /** The number of recurrent layers; not positive is an {@link IllegalArgumentException}. */
    public final B layers(int count) {
        return layers(layers.count(count));
    }

    /**
     * The probability with which an element is dropped in training, where the class comment says; not at least 0 and less than 1 is an
     * {@link IllegalArgumentException}.
     */
    public final B dropout(double probability) {
        return layers(layers.dropout(probability));
    }

    /** The seed of the initial parameters, 1 by default. The same seed gives the same bits. */
    public final B seed(long value) {
        seed = value;
        return self();
    }

    /** The recurrent layers as they are set. */
    protected final Layers layers() {
        return layers;
    }

    /** The seed as it is set. */
    protected final long seed() {
        return seed;
    }

    /** Recurrent layers over an input as one node of that name, with dropout between them, and further attributes. */
    protected static Node recurrent(ModelBuilder net, Node input, Layers layers, String name, Attribute... more) {
        List<Attribute> attributes = new ArrayList<>(List.of(Attribute.name(name), Attribute.layers(layers.count())));
        if (layers.count() > 1) {
            attributes.add(Attribute.dropout(layers.dropout()));
        }
        attributes.addAll(Arrays.asList(more));
        return net.recurrent(input, layers.cell(), layers.hidden(), attributes.toArray(Attribute[]::new));
    }

    /** A node with some of its elements dropped in training; the node itself where the probability is 0. */
    protected static Node dropped(ModelBuilder net, Node x, double probability, Attribute... attributes) {
        return probability > 0 ? net.dropout(x, probability, attributes) : x;
    }

    /** A value of 1 or more, or an {@link IllegalArgumentException} that names it. */
    protected static int positive(String name, int value) {
        if (value < 1) {
            throw new IllegalArgumentException("the " + name + " is " + value + "; expected 1 or more");
        }
        return value;
    }

    /** A value of at least 0 and less than 1, or an {@link IllegalArgumentException} that names it. */
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
