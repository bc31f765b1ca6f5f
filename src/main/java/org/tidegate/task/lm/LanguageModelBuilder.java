package org.tidegate.task.lm;

import org.tidegate.Attribute;
import org.tidegate.Cell;
import org.tidegate.Initializer;
import org.tidegate.ModelBuilder;
import org.tidegate.Node;
import org.tidegate.task.Layers;
import org.tidegate.task.RecurrentBuilder;
import org.tidegate.text.Vocabulary;

/**
 * The shape of a language model: embedding → recurrent layers → scores of the next token. Elements are dropped in each layer's output.
 * (Dropping embeddings too costs a small model more than it gives: 1.48 instead of below 1.47 nats on tiny-shakespeare in 7.5 epochs.) The
 * defaults are {@link #LAYERS} over embeddings of {@link #EMBEDDING} columns.
 *
 * <p>A model of words has a small text for its many parameters. What helps it is that of the AWD-LSTM (S. Merity, N. S. Keskar and
 * R. Socher: Regularizing and optimizing LSTM language models, 2018): {@link #tied}, {@link #embeddingDropout},
 * {@link #sequenceMasks}, {@link #weightDrop}, {@link #activationRegularization} and {@link #temporalActivationRegularization}. All
 * are off by default.
 */
public final class LanguageModelBuilder extends RecurrentBuilder<LanguageModelBuilder> {
    /** The recurrent layers by default. */
    public static final Layers LAYERS = new Layers(Cell.LSTM, 256, 1, 0.2);
    /** The columns of a token's embedding by default. */
    public static final int EMBEDDING = 96;

    private static final String RECURRENT = "rnn";
    /** The greatest magnitude that a tied embedding begins with, as in the AWD-LSTM. */
    private static final double TIED_SCALE = 0.1;

    private final LanguageModelReading reading;
    private int embedding = EMBEDDING;
    private double embeddingDropout;
    private double weightDrop;
    private double activationCost;
    private double temporalCost;
    private boolean sequenceMasks;
    private boolean tied;

    LanguageModelBuilder(Vocabulary vocabulary) {
        super(LAYERS);
        reading = new LanguageModelReading(vocabulary);
    }

    /** Columns of a token's embedding; not positive is an {@link IllegalArgumentException}. */
    public LanguageModelBuilder embedding(int columns) {
        embedding = positive("embedding size", columns);
        return this;
    }

    /**
     * The probability with which an element of a token's embedding is dropped in training, 0 by default.
     *
     * @throws IllegalArgumentException if it is not at least 0 and less than 1
     */
    public LanguageModelBuilder embeddingDropout(double probability) {
        embeddingDropout = probability("embedding dropout", probability);
        return this;
    }

    /**
     * Whether what is dropped is the same for all steps of a sequence in a batch (Y. Gal and Z. Ghahramani, 2016), rather than drawn
     * anew for each; off by default.
     */
    public LanguageModelBuilder sequenceMasks(boolean value) {
        sequenceMasks = value;
        return this;
    }

    /**
     * The probability with which a weight from a layer's state to its next state is dropped in training, for all steps of a batch
     * alike, 0 by default.
     *
     * @throws IllegalArgumentException if it is not at least 0 and less than 1
     */
    public LanguageModelBuilder weightDrop(double probability) {
        weightDrop = probability("weight drop", probability);
        return this;
    }

    /**
     * Adds α times the mean square of the last layer's dropped outputs to the loss of the training, also to the one that it reports; 0
     * by default, 2 in the paper.
     *
     * @throws IllegalArgumentException if it is negative or not finite
     */
    public LanguageModelBuilder activationRegularization(double alpha) {
        activationCost = cost("activation regularisation", alpha);
        return this;
    }

    /**
     * Adds β times the mean squared difference of the last layer's outputs at neighbouring steps to the loss of the training, also to
     * the one that it reports; 0 by default, 1 in the paper.
     *
     * @throws IllegalArgumentException if it is negative or not finite
     */
    public LanguageModelBuilder temporalActivationRegularization(double beta) {
        temporalCost = cost("temporal activation regularisation", beta);
        return this;
    }

    /**
     * Whether the scores are made with the embeddings themselves as weights (H. Inan et al., O. Press and L. Wolf, 2017); off by
     * default. Where the hidden size is not that of the embeddings, a linear layer without an activation stands between.
     */
    public LanguageModelBuilder tied(boolean value) {
        tied = value;
        return this;
    }

    /**
     * The model, untrained. The caller closes it.
     *
     * @throws org.tidegate.TidegateException if the native library cannot be loaded or memory is short
     */
    public LanguageModel build() {
        return new LanguageModel(reading, network().build(seed()));
    }

    private ModelBuilder network() {
        ModelBuilder net = new ModelBuilder();
        Node tokens = net.ids(LanguageModelReading.TOKENS, Attribute.axis(LanguageModelReading.AXIS));
        Node next = net.ids(LanguageModelReading.NEXT, tokens);
        Node embedded = embedded(net, tokens);
        Node outputs = recurrent(net, masked(net, embedded, embeddingDropout));
        Node dropped = masked(net, outputs, layers().dropout());
        if (activationCost > 0) {
            net.activationRegularization(dropped, Attribute.name("activity"), Attribute.alpha(activationCost), Attribute.beta(0));
        }
        if (temporalCost > 0) {
            net.activationRegularization(outputs, Attribute.name("slowness"), Attribute.alpha(0), Attribute.beta(temporalCost));
        }
        net.crossEntropy(scores(net, embedded, dropped), next, Attribute.name("loss"));
        return net;
    }

    /** Embeddings begin at N(0,1), and scores made with such weights would be far too sure of themselves. */
    private Node embedded(ModelBuilder net, Node tokens) {
        int rows = reading.vocabulary().size();
        Attribute name = Attribute.name(LanguageModelReading.EMBEDDING);
        if (!tied) {
            return net.embedding(tokens, rows, embedding, name);
        }
        return net.embedding(tokens, rows, embedding, name, Attribute.init(Initializer.UNIFORM), Attribute.of("init_scale", TIED_SCALE));
    }

    /** The recurrent layers in one node, or, as a node's own dropout draws each element, in one for each layer. */
    private Node recurrent(ModelBuilder net, Node input) {
        if (!sequenceMasks || layers().dropout() == 0) {
            return recurrent(net, input, layers(), RECURRENT, Attribute.weightDrop(weightDrop));
        }
        Node below = input;
        for (int layer = 1; layer < layers().count(); layer++) {
            Node outputs = recurrent(net, below, layers().count(1), RECURRENT + "_" + layer, Attribute.weightDrop(weightDrop));
            below = masked(net, outputs, layers().dropout());
        }
        return recurrent(net, below, layers().count(1), RECURRENT, Attribute.weightDrop(weightDrop));
    }

    private Node masked(ModelBuilder net, Node x, double probability) {
        Attribute name = Attribute.name(x + "_dropped");
        return sequenceMasks ? dropped(net, x, probability, name, Attribute.perSequence()) : dropped(net, x, probability, name);
    }

    private Node scores(ModelBuilder net, Node embedded, Node outputs) {
        Attribute name = Attribute.name(LanguageModelReading.LOGITS);
        if (!tied) {
            return net.linear(outputs, reading.vocabulary().size(), name);
        }
        Node fitting = layers().hidden() == embedding ? outputs : net.linear(outputs, embedding, Attribute.name("projection"));
        return net.tiedLinear(fitting, embedded, name);
    }

    private static double cost(String name, double value) {
        if (!(value >= 0 && Double.isFinite(value))) {
            throw new IllegalArgumentException("the " + name + " is " + value + "; expected 0 (off) or more");
        }
        return value;
    }
}
