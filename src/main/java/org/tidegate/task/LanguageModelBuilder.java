package org.tidegate.task;

import org.tidegate.Cell;
import org.tidegate.Model;
import org.tidegate.text.Vocabulary;

/**
 * The shape of a language model: embedding → recurrent layers → scores of the next token, with dropout between them. The defaults are
 * one LSTM layer of 512 units over embeddings of 96, with dropout 0.3.
 *
 * <p>A model of words has a small text for its many parameters. What helps it is that of the AWD-LSTM (S. Merity, N. S. Keskar and
 * R. Socher: Regularizing and optimizing LSTM language models, 2018): {@link #tied}, {@link #embeddingDropout},
 * {@link #sequenceMasks}, {@link #weightDrop}, {@link #activationRegularization} and {@link #temporalActivationRegularization}. All
 * are off by default.
 */
public final class LanguageModelBuilder {
    private static final String EMBEDDING = "embedding";
    private static final String RECURRENT = "rnn";
    /** The greatest magnitude that a tied embedding begins with, as in the AWD-LSTM. */
    private static final double TIED_SCALE = 0.1;

    private final Vocabulary vocabulary;
    private Cell cell = Cell.LSTM;
    private int hidden = 512;
    private int layers = 1;
    private int embedding = 96;
    private double dropout = 0.3;
    private double embeddingDropout;
    private double weightDrop;
    private double activationCost;
    private double temporalCost;
    private boolean sequenceMasks;
    private boolean tied;
    private long seed = 1;

    LanguageModelBuilder(Vocabulary vocabulary) {
        this.vocabulary = vocabulary;
    }

    /**
     * The recurrent cell, an LSTM by default.
     *
     * @throws IllegalArgumentException for {@link Cell#LSTM_PROJECTED}, whose projection this model has no size for
     */
    public LanguageModelBuilder cell(Cell value) {
        cell = Settings.cell("a language model", value);
        return this;
    }

    /**
     * Units of each recurrent layer, 512 by default.
     *
     * @throws IllegalArgumentException if it is not positive
     */
    public LanguageModelBuilder hidden(int units) {
        hidden = Settings.positive("hidden size", units);
        return this;
    }

    /**
     * The number of recurrent layers, 1 by default.
     *
     * @throws IllegalArgumentException if it is not positive
     */
    public LanguageModelBuilder layers(int count) {
        layers = Settings.positive("number of layers", count);
        return this;
    }

    /**
     * The size of a token's embedding, 96 by default.
     *
     * @throws IllegalArgumentException if it is not positive
     */
    public LanguageModelBuilder embedding(int columns) {
        embedding = Settings.positive("embedding size", columns);
        return this;
    }

    /**
     * The probability with which an element of each layer's output is dropped in training, 0.3 by default. (Dropping embeddings too
     * costs a small model more than it gives: 1.48 instead of below 1.47 nats on tiny-shakespeare in 7.5 epochs.)
     *
     * @throws IllegalArgumentException if it is not at least 0 and less than 1
     */
    public LanguageModelBuilder dropout(double probability) {
        dropout = Settings.share("dropout", probability);
        return this;
    }

    /**
     * The probability with which an element of a token's embedding is dropped in training, 0 by default.
     *
     * @throws IllegalArgumentException if it is not at least 0 and less than 1
     */
    public LanguageModelBuilder embeddingDropout(double probability) {
        embeddingDropout = Settings.share("embedding dropout", probability);
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
        weightDrop = Settings.share("weight drop", probability);
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

    /** The seed of the initial parameters, 1 by default. */
    public LanguageModelBuilder seed(long value) {
        seed = value;
        return this;
    }

    /**
     * The model, untrained. The caller closes it.
     *
     * @throws org.tidegate.TidegateException if the native library cannot be loaded or memory is short
     */
    public LanguageModel build() {
        return new LanguageModel(vocabulary, Model.of(spec(), seed));
    }

    private String spec() {
        SpecText spec = new SpecText();
        spec.line("%s = ids axis=text", LanguageModel.TOKENS);
        spec.line("%s = ids axis=text", LanguageModel.NEXT);
        // Embeddings begin at N(0,1), and scores made with such weights would be far too sure of themselves.
        String small = tied ? " init=uniform init_scale=" + TIED_SCALE : "";
        spec.line("%s = embedding %s rows=%d cols=%d%s", EMBEDDING, LanguageModel.TOKENS, vocabulary.size(), embedding, small);
        String outputs = dropped(spec, recurrent(spec, dropped(spec, EMBEDDING, embeddingDropout)), dropout);
        if (activationCost > 0) {
            spec.line("activity = activation_regularization %s alpha=%s beta=0", outputs, activationCost);
        }
        if (temporalCost > 0) {
            spec.line("slowness = activation_regularization %s alpha=0 beta=%s", RECURRENT, temporalCost);
        }
        scores(spec, outputs);
        spec.line("loss = cross_entropy %s %s", LanguageModel.LOGITS, LanguageModel.NEXT);
        return spec.toString();
    }

    /** The recurrent layers in one node, or, as a node's own dropout draws each element, in one for each layer. */
    private String recurrent(SpecText spec, String input) {
        String weights = weightDrop > 0 ? " weight_drop=" + weightDrop : "";
        if (!sequenceMasks || dropout == 0) {
            String between = layers > 1 && dropout > 0 ? " dropout=" + dropout : "";
            spec.line("%s = recurrent %s cell=%s size=%d layers=%d%s%s", RECURRENT, input, cell.spec(), hidden, layers, between,
                    weights);
            return RECURRENT;
        }
        String below = input;
        for (int layer = 1; layer <= layers; layer++) {
            String name = layer == layers ? RECURRENT : RECURRENT + "_" + layer;
            spec.line("%s = recurrent %s cell=%s size=%d layers=1%s", name, below, cell.spec(), hidden, weights);
            below = layer == layers ? name : dropped(spec, name, dropout);
        }
        return below;
    }

    private String dropped(SpecText spec, String node, double probability) {
        return spec.dropped(node, probability, sequenceMasks ? " per=sequence" : "");
    }

    private void scores(SpecText spec, String outputs) {
        if (!tied) {
            spec.line("%s = linear %s cols=%d", LanguageModel.LOGITS, outputs, vocabulary.size());
            return;
        }
        if (hidden != embedding) {
            spec.line("projection = linear %s cols=%d", outputs, embedding);
        }
        spec.line("%s = tied_linear %s to=%s", LanguageModel.LOGITS, hidden != embedding ? "projection" : outputs, EMBEDDING);
    }

    private static double cost(String name, double value) {
        if (!(value >= 0 && Double.isFinite(value))) {
            throw new IllegalArgumentException("the " + name + " is " + value + "; expected 0 (off) or more");
        }
        return value;
    }
}
