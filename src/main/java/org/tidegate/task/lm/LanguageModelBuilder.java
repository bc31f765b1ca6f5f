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
 * The network of a language model: embedding → recurrent layers → logits of the next token. Dropout is on each layer's output. (Dropout of
 * the embeddings costs a small model more than it gains: 1.48 instead of below 1.47 nats on tiny-shakespeare in 7.5 epochs.) The defaults
 * are {@link #LAYERS} over embeddings of {@link #EMBEDDING} columns.
 *
 * <p>A word model has many parameters for a small text. It gains from the regularisation of the AWD-LSTM (S. Merity, N. S. Keskar and R.
 * Socher: Regularizing and optimizing LSTM language models, 2018): {@link #tied}, {@link #embeddingDropout}, {@link #sequenceMasks}, {@link
 * #weightDrop}, {@link #activationRegularization} and {@link #temporalActivationRegularization}. All are off by default.
 */
public final class LanguageModelBuilder extends RecurrentBuilder<LanguageModelBuilder> {
    /** The recurrent layers by default. */
    public static final Layers LAYERS = new Layers(Cell.LSTM, 256, 1, 0.2);
    /** The columns of a token's embedding by default. */
    public static final int EMBEDDING = 96;

    private static final String RECURRENT = "rnn";
    /** The range of the uniform initialisation of tied embeddings, as in the AWD-LSTM. */
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

    /**
     * Sets the size of the token embeddings.
     *
     * @param columns the columns of a token's embedding
     * @return this builder
     * @throws IllegalArgumentException if it is not positive
     */
    public LanguageModelBuilder embedding(int columns) {
        embedding = positive("embedding size", columns);
        return this;
    }

    /**
     * Sets the dropout of the embeddings, 0 by default.
     *
     * @param probability the probability with which an element of an embedding is dropped in training
     * @return this builder
     * @throws IllegalArgumentException if it is not at least 0 and less than 1
     */
    public LanguageModelBuilder embeddingDropout(double probability) {
        embeddingDropout = probability("embedding dropout", probability);
        return this;
    }

    /**
     * Sets whether a dropout mask is the same for all steps of a sequence (variational dropout, Y. Gal and Z. Ghahramani, 2016), rather
     * than drawn anew for each step; off by default.
     *
     * @param value whether it is the same
     * @return this builder
     */
    public LanguageModelBuilder sequenceMasks(boolean value) {
        sequenceMasks = value;
        return this;
    }

    /**
     * Sets the weight drop (DropConnect) of the recurrent weights, one mask for all steps of a batch; 0 by default.
     *
     * @param probability the probability with which a recurrent weight is dropped in training
     * @return this builder
     * @throws IllegalArgumentException if it is not at least 0 and less than 1
     */
    public LanguageModelBuilder weightDrop(double probability) {
        weightDrop = probability("weight drop", probability);
        return this;
    }

    /**
     * Adds activation regularisation to the training loss: α times the mean square of the last layer's outputs after dropout. The reported
     * training loss has it, too.
     *
     * @param alpha the factor α, 0 by default, 2 in the paper
     * @return this builder
     * @throws IllegalArgumentException if it is negative or not finite
     */
    public LanguageModelBuilder activationRegularization(double alpha) {
        activationCost = cost("activation regularisation", alpha);
        return this;
    }

    /**
     * Adds temporal activation regularisation to the training loss: β times the mean squared difference of the last layer's outputs at
     * neighbouring steps. The reported training loss has it, too.
     *
     * @param beta the factor β, 0 by default, 1 in the paper
     * @return this builder
     * @throws IllegalArgumentException if it is negative or not finite
     */
    public LanguageModelBuilder temporalActivationRegularization(double beta) {
        temporalCost = cost("temporal activation regularisation", beta);
        return this;
    }

    /**
     * Sets whether the output layer's weights are the embeddings (weight tying, H. Inan et al., O. Press and L. Wolf, 2017); off by
     * default. Where the hidden size is not that of the embeddings, a linear projection comes between.
     *
     * @param value whether they are
     * @return this builder
     */
    public LanguageModelBuilder tied(boolean value) {
        tied = value;
        return this;
    }

    /**
     * {@return the untrained model} The caller closes it.
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

    /** Embeddings are drawn from N(0,1), which as output weights would give logits of far too large a magnitude. */
    private Node embedded(ModelBuilder net, Node tokens) {
        int rows = reading.vocabulary().size();
        Attribute name = Attribute.name(LanguageModelReading.EMBEDDING);
        if (!tied) {
            return net.embedding(tokens, rows, embedding, name);
        }
        return net.embedding(tokens, rows, embedding, name, Attribute.init(Initializer.UNIFORM), Attribute.of("init_scale", TIED_SCALE));
    }

    /** The recurrent layers as one node, or with sequence masks as one node each, as a node's own dropout draws each element. */
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
