package org.tidegate.task;

import static org.tidegate.Attribute.axis;
import static org.tidegate.Attribute.ignore;
import static org.tidegate.Attribute.name;

import java.util.List;
import org.tidegate.Cell;
import org.tidegate.ModelBuilder;
import org.tidegate.Node;
import org.tidegate.Attribute;
import org.tidegate.text.Vocabulary;
import org.tidegate.text.VocabularyBuilder;

/**
 * The shape of a fill-in model: embedding → a recurrent layer from the left and another from the right → the state before the gap and
 * the state after it → scores of all words. With one side the layer from the left has the units of both.
 */
public final class FillInBuilder {
    private final List<List<String>> sentences;
    private Cell cell = Cell.LSTM;
    private FillIn.Side side = FillIn.Side.BOTH;
    private int embedding = 128;
    private int hidden = 128;
    private int layers = 1;
    private double dropout = 0.5;
    private int minimumCount = 3;
    private long seed = 1;

    FillInBuilder(List<List<String>> sentences) {
        if (sentences.isEmpty()) {
            throw new IllegalArgumentException("there are no sentences to learn words from");
        }
        this.sentences = List.copyOf(sentences);
    }

    /**
     * The recurrent cell, an LSTM by default.
     *
     * @throws IllegalArgumentException for {@link Cell#LSTM_PROJECTED}, whose projection this model has no size for
     */
    public FillInBuilder cell(Cell value) {
        cell = Settings.cell("a fill-in model", value);
        return this;
    }

    /** Which words are read, those of both sides by default. */
    public FillInBuilder side(FillIn.Side value) {
        side = value;
        return this;
    }

    /** The columns of a word's embedding, 128 by default. */
    public FillInBuilder embedding(int columns) {
        embedding = Settings.positive("embedding size", columns);
        return this;
    }

    /** Units of each side's layers, 128 by default; where only one side is read, its layers have twice as many. */
    public FillInBuilder hidden(int units) {
        hidden = Settings.positive("hidden size", units);
        return this;
    }

    /** The number of layers of each side, 1 by default. */
    public FillInBuilder layers(int count) {
        layers = Settings.positive("number of layers", count);
        return this;
    }

    /**
     * The probability with which an element of the embeddings and of the states is dropped in training, 0.5 by default.
     *
     * @throws IllegalArgumentException if it is not at least 0 and less than 1
     */
    public FillInBuilder dropout(double probability) {
        dropout = Settings.share("dropout", probability);
        return this;
    }

    /** How often a word must occur to be known, 3 by default. The others are read as the unknown word and never answered. */
    public FillInBuilder minimumCount(int count) {
        minimumCount = Settings.positive("minimum count", count);
        return this;
    }

    /** The seed of the initial parameters, 1 by default. */
    public FillInBuilder seed(long value) {
        seed = value;
        return this;
    }

    /**
     * The model, untrained. The caller closes it.
     *
     * @throws IllegalArgumentException if no word occurs often enough
     * @throws org.tidegate.TidegateException if the native library cannot be loaded or memory is short
     */
    public FillIn build() {
        VocabularyBuilder words = Vocabulary.builder(Vocabulary.Unit.TOKEN).sequenceEnds().minimumCount(minimumCount);
        sentences.forEach(sentence -> sentence.forEach(words::addToken));
        Vocabulary vocabulary = words.build();
        return new FillIn(vocabulary, network(vocabulary).build(seed));
    }

    private ModelBuilder network(Vocabulary vocabulary) {
        ModelBuilder net = new ModelBuilder();
        Node words = net.ids(FillIn.WORDS, axis(FillIn.SENTENCES));
        Node before = net.ids(FillIn.BEFORE, axis(FillIn.GAPS));
        Node x = dropped(net, net.embedding(words, vocabulary.size(), embedding, name("embedding")), "embedding_dropped");
        Node context;
        if (side == FillIn.Side.BOTH) {
            Node after = net.ids(FillIn.AFTER, axis(FillIn.GAPS));
            Node left = layer(net, x, hidden, "left");
            Node right = net.reverse(layer(net, net.reverse(x), hidden, "right"));
            context = net.concat(net.gather(left, before), net.gather(right, after));
        } else {
            context = net.gather(layer(net, x, 2 * hidden, "left"), before);
        }
        Node scores = net.linear(dropped(net, context, "context_dropped"), vocabulary.size(), name(FillIn.SCORES));
        net.crossEntropy(scores, net.ids(FillIn.MISSING, axis(FillIn.GAPS)), ignore(vocabulary.unknownId()), name("loss"));
        return net;
    }

    private Node layer(ModelBuilder net, Node x, int units, String name) {
        return net.recurrent(x, cell, units, Attribute.layers(layers), Attribute.dropout(layers > 1 ? dropout : 0), name(name));
    }

    private Node dropped(ModelBuilder net, Node x, String name) {
        return dropout > 0 ? net.dropout(x, dropout, name(name)) : x;
    }
}
