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
public record Attribute(String key, String value) {
    static final String NAME = "name";

    /**
     * An attribute.
     *
     * @param value its text
     * @param key its name in the spec, or "name" for the node's own name
     * @throws IllegalArgumentException if one cannot stand in a spec
     */
    public Attribute {
        Objects.requireNonNull(value, "value");
        if (!key.matches("[A-Za-z_][A-Za-z0-9_]*")) {
            throw new IllegalArgumentException("'" + key + "' is no name of an attribute: letters, digits and _.");
        }
        if (!value.matches("[\\x21-\\x7e&&[^#]]+")) {
            throw new IllegalArgumentException("'" + value + "' cannot be the value of " + key + ": printable ASCII without spaces and #.");
        }
    }

    /**
     * Any attribute, for nodes that have no method of their own.
     *
     * @param key its name in the spec
     * @param value its value
     * @return the attribute
     */
    public static Attribute of(String key, String value) {
        return new Attribute(key, value);
    }

    /**
     * Any attribute that is a number.
     *
     * @param key its name in the spec
     * @param value its value
     * @return the attribute
     */
    public static Attribute of(String key, double value) {
        return new Attribute(key, text(value));
    }

    /**
     * Any attribute that is a list of numbers.
     *
     * @param key its name in the spec
     * @param values its values
     * @return the attribute
     */
    public static Attribute of(String key, double... values) {
        return new Attribute(key, DoubleStream.of(values).mapToObj(Attribute::text).collect(Collectors.joining(",")));
    }

    /**
     * {@return the node's name, and the first part of its parameters' names} Without it the node is called after its op.
     *
     * @param name letters, digits and _
     */
    public static Attribute name(String name) {
        return new Attribute(NAME, name);
    }

    /**
     * Inputs: the axis that the rows belong to; without it the node's own name.
     *
     * @param axis its name
     * @return the attribute
     */
    public static Attribute axis(String axis) {
        return new Attribute("axis", axis);
    }

    /**
     * Inputs: one row for each sequence instead of each step. Dropout: one mask for each sequence instead of each element.
     *
     * @return the attribute
     */
    public static Attribute perSequence() {
        return new Attribute("per", "sequence");
    }

    /**
     * Float inputs: backward computes the gradient of the input, too.
     *
     * @return the attribute
     */
    public static Attribute gradient() {
        return new Attribute("gradient", "true");
    }

    /**
     * Any node with parameters: training leaves them as they are.
     *
     * @return the attribute
     */
    public static Attribute frozen() {
        return new Attribute("trainable", "false");
    }

    /**
     * Any node with parameters: how they begin.
     *
     * @param initializer the distribution of the initial values
     * @return the attribute
     */
    public static Attribute init(Initializer initializer) {
        return new Attribute("init", initializer.spec());
    }

    /**
     * Recurrent: the number of layers, 1 without it.
     *
     * @param layers how many
     * @return the attribute
     */
    public static Attribute layers(int layers) {
        return new Attribute("layers", Integer.toString(layers));
    }

    /**
     * Recurrent: both directions; the output has the columns of both.
     *
     * @return the attribute
     */
    public static Attribute bidirectional() {
        return new Attribute("bidirectional", "true");
    }

    /**
     * From 0 to less than 1. Recurrent: the share of a layer's outputs dropped before the next layer. Embedding: the share of the ids whose
     * rows are zeros, wherever they stand in a call (Gal and Ghahramani 2016).
     *
     * @param p the share, from 0 to less than 1
     * @return the attribute
     */
    public static Attribute dropout(double p) {
        return new Attribute("dropout", text(p));
    }

    /**
     * Recurrent: the share of the recurrent weights dropped while training, the same for all steps of a call, from 0 to less than 1
     * (DropConnect; Merity et al. 2018).
     *
     * @param p the share, from 0 to less than 1
     * @return the attribute
     */
    public static Attribute weightDrop(double p) {
        return new Attribute("weight_drop", text(p));
    }

    /**
     * Linear and recurrent: without bias vectors.
     *
     * @return the attribute
     */
    public static Attribute noBias() {
        return new Attribute("bias", "false");
    }

    /**
     * LSTM: what the forget gate's bias begins with.
     *
     * @param bias its initial value
     * @return the attribute
     */
    public static Attribute forgetBias(double bias) {
        return new Attribute("forget_bias", text(bias));
    }

    /**
     * Projected LSTM: the columns of the hidden state.
     *
     * @param columns how many
     * @return the attribute
     */
    public static Attribute projection(int columns) {
        return new Attribute("proj", Integer.toString(columns));
    }

    /**
     * LSTM: the input and forget gates see the old cell state, the output gate the new one (Gers and Schmidhuber 2000). Parameters
     * {@code weight_ci_l0}, {@code weight_cf_l0} and {@code weight_co_l0}, each {@code [H]}.
     *
     * @return the attribute
     */
    public static Attribute peepholes() {
        return new Attribute("peepholes", "true");
    }

    /**
     * LSTM: the forget gate is 1 minus the input gate. The parameters of the forget gate stay, as in ONNX's input_forget; they change nothing.
     *
     * @return the attribute
     */
    public static Attribute coupled() {
        return new Attribute("coupled", "true");
    }

    /**
     * LSTM, GRU and vanilla RNN: the inputs of the gates' activations are clipped to [-limit, limit], as ONNX's clip does; the gradient is 0
     * outside.
     *
     * @param limit the greatest magnitude; 0 for none
     * @return the attribute
     */
    public static Attribute clip(double limit) {
        return new Attribute("clip", text(limit));
    }

    /**
     * LSTM: with layer normalization of both products and of the cell state (Ba, Kiros and Hinton 2016); not with {@link #peepholes},
     * {@link #coupled}, {@link #clip} or {@link #activations}. Parameters {@code gain_ih_l0}, {@code gain_hh_l0} and {@code bias_l0}, each
     * {@code [4H]}, and {@code gain_c_l0} and {@code bias_c_l0}, each {@code [H]}, stand for the two biases.
     *
     * @return the attribute
     */
    public static Attribute layerNorm() {
        return new Attribute("layer_norm", "true");
    }

    /**
     * GRU: the activation of the candidate, tanh without it.
     *
     * @param activation the function
     * @return the attribute
     */
    public static Attribute activation(Activation activation) {
        return new Attribute("activation", activation.spec());
    }

    /**
     * Vanilla RNN, GRU and LSTM: the activations, as ONNX names them f, g and h. One of {@link Cell#RNN}; two of a GRU, of the gates r and z
     * and of the candidate; three of an LSTM, of the gates i, f and o, of the candidate and of the cell state on its way out. They train like
     * the cell's own. Not with {@link #activation} or {@link #layerNorm}.
     *
     * @param functions each an {@link Activation#spec(double...)}: {@code HARD_SIGMOID.spec(0.2, 0.5), TANH.spec(), SOFTSIGN.spec()}
     * @return the attribute
     */
    public static Attribute activations(String... functions) {
        return new Attribute("activations", String.join(",", functions));
    }

    /**
     * Recurrent: the initial hidden state, {@code [N, layers*directions*H]}, zero without it.
     *
     * @param node the state
     * @return the attribute
     */
    public static Attribute h0(Node node) {
        return new Attribute("h0", node.name());
    }

    /**
     * LSTM: the initial cell state, {@code [N, layers*directions*H]}, zero without it.
     *
     * @param node the state
     * @return the attribute
     */
    public static Attribute c0(Node node) {
        return new Attribute("c0", node.name());
    }

    /**
     * Attention with an additive score: the columns that queries and keys are projected to, as many as the keys have without it.
     *
     * @param columns how many
     * @return the attribute
     */
    public static Attribute size(int columns) {
        return new Attribute("size", Integer.toString(columns));
    }

    /**
     * Attention decoder, additive score: the columns that states and keys are projected to, as many as the keys have without it.
     *
     * @param columns how many
     * @return the attribute
     */
    public static Attribute attentionSize(int columns) {
        return new Attribute("attention_size", Integer.toString(columns));
    }

    /**
     * Attention and its decoder: the weights can be seen, {@code [rows of x, columns]}, 0 past the last key; no sequence of keys may be
     * longer.
     *
     * @param columns how many, at least the length of the longest sequence of keys
     * @return the attribute
     */
    public static Attribute weights(int columns) {
        return new Attribute("weights", Integer.toString(columns));
    }

    /**
     * Embedding: the id whose row stays zero.
     *
     * @param id the id
     * @return the attribute
     */
    public static Attribute padding(int id) {
        return new Attribute("padding", Integer.toString(id));
    }

    /**
     * Layer norm: what is added to the variance, 1e-5 without it. Gaussian loss: the least variance, 1e-6 without it. Poisson loss: what is
     * added to a rate before its logarithm, 1e-8 without it.
     *
     * @param eps from 0 to 1; in losses from 1e-12 on
     * @return the attribute
     */
    public static Attribute eps(double eps) {
        return new Attribute("eps", text(eps));
    }

    /**
     * Layer norm: without weight and bias.
     *
     * @return the attribute
     */
    public static Attribute noAffine() {
        return new Attribute("affine", "false");
    }

    /**
     * Cross entropy: targets with this id are not counted.
     *
     * @param id the id
     * @return the attribute
     */
    public static Attribute ignore(int id) {
        return new Attribute("ignore", Integer.toString(id));
    }

    /**
     * Cross entropy: label smoothing, the share of the target that is spread over all classes.
     *
     * @param share from 0 to 1
     * @return the attribute
     */
    public static Attribute labelSmoothing(double share) {
        return new Attribute("label_smoothing", text(share));
    }

    /**
     * Cross entropy: one weight for each class.
     *
     * @param weights one for each class
     * @return the attribute
     */
    public static Attribute classWeights(double... weights) {
        return of("class_weights", weights);
    }

    /**
     * CTC: the class that stands for no label, 0 without it.
     *
     * @param id the class
     * @return the attribute
     */
    public static Attribute blank(int id) {
        return new Attribute("blank", Integer.toString(id));
    }

    /**
     * CTC: a target that does not fit its frames, or that no path can spell, counts 0 instead of being an error or infinite.
     *
     * @return the attribute
     */
    public static Attribute zeroInfinity() {
        return new Attribute("zero_infinity", "true");
    }

    /**
     * Activation regularization: the weight of the mean square, 2 without it. Activations: the slope of {@link Activation#LEAKY_RELU} below
     * 0, 0.01 without it, and of {@link Activation#HARD_SIGMOID}, 1/6 without it; how far {@link Activation#ELU} goes down, 1 without it; of
     * {@link Activation#AFFINE}, {@link Activation#SCALED_TANH} and {@link Activation#THRESHOLDED_RELU} what stands there.
     *
     * @param weight 0 or more; of activations any number
     * @return the attribute
     */
    public static Attribute alpha(double weight) {
        return new Attribute("alpha", text(weight));
    }

    /**
     * Activation regularization: the weight of the mean squared difference of consecutive steps. Smooth L1: the difference from which on
     * the loss is linear, from 1e-6 to 1e6. {@link Activation#HARD_SIGMOID}: what it is at 0. 1 without it, of the activation 0.5.
     * {@link Activation#AFFINE} and {@link Activation#SCALED_TANH}: what stands there.
     *
     * @param beta 0 or more; of activations any number
     * @return the attribute
     */
    public static Attribute beta(double beta) {
        return new Attribute("beta", text(beta));
    }

    /**
     * Huber: the difference from which on the loss is linear, 1 without it.
     *
     * @param delta from 1e-6 to 1e6
     * @return the attribute
     */
    public static Attribute delta(double delta) {
        return new Attribute("delta", text(delta));
    }

    /**
     * Binary cross entropy: how much a label that is there counts, against one that is not; 1 without it.
     *
     * @param weights 0 or more; one for each column, or one for all
     * @return the attribute
     */
    public static Attribute positiveWeights(double... weights) {
        return of("pos_weight", weights);
    }

    /**
     * Gaussian and Poisson losses: with the terms that do not depend on the network's output.
     *
     * @return the attribute
     */
    public static Attribute full() {
        return new Attribute("full", "true");
    }

    /**
     * Poisson loss: the input is the rate, not its logarithm.
     *
     * @return the attribute
     */
    public static Attribute noLogInput() {
        return new Attribute("log_input", "false");
    }

    /**
     * {@link Elementwise#CLIP}: the lower bound.
     *
     * @param bound at most the upper one
     * @return the attribute
     */
    public static Attribute min(double bound) {
        return new Attribute("min", text(bound));
    }

    /**
     * {@link Elementwise#CLIP}: the upper bound.
     *
     * @param bound at least the lower one
     * @return the attribute
     */
    public static Attribute max(double bound) {
        return new Attribute("max", text(bound));
    }

    /**
     * Operations of two values: a trained parameter, one number for each column, is the second operand.
     *
     * @return the attribute
     */
    public static Attribute parameter() {
        return new Attribute("parameter", "true");
    }

    /**
     * Operations of a value and a constant or parameter: that one is the first operand.
     *
     * @return the attribute
     */
    public static Attribute reversed() {
        return new Attribute("reverse", "true");
    }

    /**
     * Losses: the sum over the targets instead of the mean.
     *
     * @return the attribute
     */
    public static Attribute sum() {
        return new Attribute("reduction", "sum");
    }

    /**
     * Pooling: over windows of so many steps, or positions, instead of whole sequences.
     *
     * @param rows of a window
     * @return the attribute
     */
    public static Attribute window(int rows) {
        return new Attribute("window", Integer.toString(rows));
    }

    /**
     * Windows: how far apart they begin. Slice: from a column to the next, 1 without it.
     *
     * @param step 1 or more; of a slice not 0, and a negative one reads backwards
     * @return the attribute
     */
    public static Attribute stride(int step) {
        return new Attribute("stride", Integer.toString(step));
    }

    /**
     * Windows: zeros ahead of a sequence and behind it (of a row, with {@link #channels}); 0 without it.
     *
     * @param before ahead, less than a window
     * @param after behind, less than a window; a stream needs 0
     * @return the attribute
     */
    public static Attribute padding(int before, int after) {
        return new Attribute("pad", before + "," + after);
    }

    /**
     * Convolution: what is padded mirrors the rows inside, without the outermost, instead of zeros.
     *
     * @return the attribute
     */
    public static Attribute reflect() {
        return new Attribute("pad_mode", "reflect");
    }

    /**
     * Convolution: how far apart the taps of a window are, 1 without it.
     *
     * @param rows 1 or more
     * @return the attribute
     */
    public static Attribute dilation(int rows) {
        return new Attribute("dilation", Integer.toString(rows));
    }

    /**
     * Convolution: into how many groups channels and filters are cut, each seeing nothing of the others; 1 without it.
     *
     * @param groups divides both
     * @return the attribute
     */
    public static Attribute groups(int groups) {
        return new Attribute("groups", Integer.toString(groups));
    }

    /**
     * Windows inside a row: its columns are {@code [channels, positions]}.
     *
     * @param channels divides the columns
     * @return the attribute
     */
    public static Attribute channels(int channels) {
        return new Attribute("channels", Integer.toString(channels));
    }

    static String text(double value) {
        if (!Double.isFinite(value)) {
            throw new IllegalArgumentException(value + " is no number that a spec can hold.");
        }
        boolean whole = value == Math.rint(value) && Math.abs(value) < 1e15;
        return whole ? Long.toString((long) value) : Double.toString(value).toLowerCase(Locale.ROOT);
    }
}
