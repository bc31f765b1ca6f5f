/* What may be said of a node beyond what it needs. */
package org.tidegate;

import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;

/**
 * An attribute of a node, {@code key=value} in the spec. Import these statically: {@code layers(2), dropout(0.2)}. Which node takes which
 * is said at the methods of {@link ModelBuilder}; one that the node does not know is an error when the model is built.
 *
 * @param key the attribute's name in the spec, or "name" for the node's own name
 * @param value its text
 */
public record Option(String key, String value) {
    static final String NAME = "name";

    /** Checks that both can stand in a spec. */
    public Option {
        Objects.requireNonNull(value, "value");
        if (!key.matches("[A-Za-z_][A-Za-z0-9_]*")) {
            throw new IllegalArgumentException("'" + key + "' is no name of an attribute: letters, digits and _.");
        }
        if (!value.matches("[\\x21-\\x7e&&[^#]]+")) {
            throw new IllegalArgumentException("'" + value + "' cannot be the value of " + key + ": printable ASCII without spaces and #.");
        }
    }

    /** Any attribute, for nodes that have no method of their own. */
    public static Option of(String key, String value) {
        return new Option(key, value);
    }

    /** Any attribute that is a number. */
    public static Option of(String key, double value) {
        return new Option(key, text(value));
    }

    /** The node's name, and the first part of its parameters' names. Without it the node is called after its op. */
    public static Option name(String name) {
        return new Option(NAME, name);
    }

    /** Inputs: the axis that the rows belong to; without it the node's own name. */
    public static Option axis(String axis) {
        return new Option("axis", axis);
    }

    /** Inputs: one row for each sequence instead of each step. Dropout: one mask for each sequence instead of each element. */
    public static Option perSequence() {
        return new Option("per", "sequence");
    }

    /** Float inputs: backward computes the gradient of the input, too. */
    public static Option gradient() {
        return new Option("gradient", "true");
    }

    /** Any node with parameters: training leaves them as they are. */
    public static Option frozen() {
        return new Option("trainable", "false");
    }

    /** Any node with parameters: how they begin. */
    public static Option init(Initializer initializer) {
        return new Option("init", initializer.spec());
    }

    /** Recurrent: the number of layers, 1 without it. */
    public static Option layers(int layers) {
        return new Option("layers", Integer.toString(layers));
    }

    /** Recurrent: both directions; the output has the columns of both. */
    public static Option bidirectional() {
        return new Option("bidirectional", "true");
    }

    /**
     * From 0 to less than 1. Recurrent: the share of a layer's outputs dropped before the next layer. Embedding: the share of the ids whose
     * rows are zeros, wherever they stand in a call (Gal and Ghahramani 2016).
     */
    public static Option dropout(double p) {
        return new Option("dropout", text(p));
    }

    /**
     * Recurrent: the share of the recurrent weights dropped while training, the same for all steps of a call, from 0 to less than 1
     * (DropConnect; Merity et al. 2018).
     */
    public static Option weightDrop(double p) {
        return new Option("weight_drop", text(p));
    }

    /** Linear and recurrent: without bias vectors. */
    public static Option noBias() {
        return new Option("bias", "false");
    }

    /** LSTM: what the forget gate's bias begins with. */
    public static Option forgetBias(double bias) {
        return new Option("forget_bias", text(bias));
    }

    /** Projected LSTM: the columns of the hidden state. */
    public static Option projection(int columns) {
        return new Option("proj", Integer.toString(columns));
    }

    /** Recurrent: the initial hidden state, {@code [N, layers*directions*H]}, zero without it. */
    public static Option h0(Node node) {
        return new Option("h0", node.name());
    }

    /** LSTM: the initial cell state, {@code [N, layers*directions*H]}, zero without it. */
    public static Option c0(Node node) {
        return new Option("c0", node.name());
    }

    /** Attention with an additive score: the columns that queries and keys are projected to, as many as the keys have without it. */
    public static Option size(int columns) {
        return new Option("size", Integer.toString(columns));
    }

    /** Attention decoder, additive score: the columns that states and keys are projected to, as many as the keys have without it. */
    public static Option attentionSize(int columns) {
        return new Option("attention_size", Integer.toString(columns));
    }

    /** Attention and its decoder: the weights can be seen, {@code [rows of x, columns]}, 0 past the last key; no sequence of keys may be longer. */
    public static Option weights(int columns) {
        return new Option("weights", Integer.toString(columns));
    }

    /** Embedding: the id whose row stays zero. */
    public static Option padding(int id) {
        return new Option("padding", Integer.toString(id));
    }

    /** Layer norm: what is added to the variance, 1e-5 without it. */
    public static Option eps(double eps) {
        return new Option("eps", text(eps));
    }

    /** Layer norm: without weight and bias. */
    public static Option noAffine() {
        return new Option("affine", "false");
    }

    /** Cross entropy: targets with this id are not counted. */
    public static Option ignore(int id) {
        return new Option("ignore", Integer.toString(id));
    }

    /** Cross entropy: label smoothing, the share of the target that is spread over all classes. */
    public static Option labelSmoothing(double share) {
        return new Option("label_smoothing", text(share));
    }

    /** Cross entropy: one weight for each class. */
    public static Option classWeights(double... weights) {
        return new Option("class_weights", DoubleStream.of(weights).mapToObj(Option::text).collect(Collectors.joining(",")));
    }

    /** CTC: the class that stands for no label, 0 without it. */
    public static Option blank(int id) {
        return new Option("blank", Integer.toString(id));
    }

    /** CTC: a target that does not fit its frames, or that no path can spell, counts 0 instead of being an error or infinite. */
    public static Option zeroInfinity() {
        return new Option("zero_infinity", "true");
    }

    /** Activation regularization: the weight of the mean square, 2 without it. */
    public static Option alpha(double weight) {
        return new Option("alpha", text(weight));
    }

    /** Activation regularization: the weight of the mean squared difference of consecutive steps, 1 without it. */
    public static Option beta(double weight) {
        return new Option("beta", text(weight));
    }

    /** Losses: the sum over the targets instead of the mean. */
    public static Option sum() {
        return new Option("reduction", "sum");
    }

    private static String text(double value) {
        if (!Double.isFinite(value)) {
            throw new IllegalArgumentException(value + " is no number that a spec can hold.");
        }
        boolean whole = value == Math.rint(value) && Math.abs(value) < 1e15;
        return whole ? Long.toString((long) value) : Double.toString(value).toLowerCase(Locale.ROOT);
    }
}
