package org.tidegate.task;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.tidegate.Cell;
import org.tidegate.Model;
import org.tidegate.ModelBuilder;
import org.tidegate.Node;
import org.tidegate.Attribute;
import org.tidegate.Pooling;
import org.tidegate.text.Vocabulary;
import org.tidegate.text.VocabularyBuilder;
import org.tidegate.text.WordVectors;

/**
 * The shape of a classifier: tokens, one-hot or embedded → recurrent layers → one row for the text → scores of the classes. The
 * defaults are a bidirectional LSTM of 128 units each way over embeddings of 128, the maximum over the steps, and dropout before and
 * after it.
 */
public final class ClassifierBuilder {
    static final String ONE_HOT = "one_hot";
    static final String EMBEDDING = "embedding";

    private final List<LabelledText> examples;
    private final Map<String, Integer> counts = new TreeMap<>();
    private Vocabulary.Unit tokens = Vocabulary.Unit.WORD;
    private boolean lowerCase;
    private int minimumCount = 1;
    private LabelledColumns columns = LabelledColumns.LABEL_THEN_TEXT;
    private Cell cell = Cell.LSTM;
    private int hidden = 128;
    private int layers = 1;
    private boolean bidirectional = true;
    private Pooling pooling = Pooling.MAX;
    private int embedding = 128;
    private boolean oneHot;
    private WordVectors vectors;
    private boolean frozen;
    private double dropout = 0.5;
    private double embeddingDropout = 0.4;
    private double wordDropout = 0.2;
    private boolean balanced;
    private Map<String, Double> weights = Map.of();
    private long seed = 1;

    ClassifierBuilder(List<LabelledText> examples) {
        this.examples = List.copyOf(examples);
        examples.forEach(example -> counts.merge(example.label(), 1, Integer::sum));
        if (counts.size() < 2) {
            throw new IllegalArgumentException(counts.isEmpty() ? "there are no examples to learn classes from"
                    : "all " + examples.size() + " examples have the label \"" + examples.get(0).label()
                            + "\"; expected at least two labels. Is it the right column?");
        }
    }

    /** What a token is: a word (the default), a character, or what stands between spaces. */
    public ClassifierBuilder tokens(Vocabulary.Unit unit) {
        tokens = Objects.requireNonNull(unit, "unit");
        return this;
    }

    /** Whether texts are put into lower case, false by default. */
    public ClassifierBuilder lowerCase(boolean value) {
        lowerCase = value;
        return this;
    }

    /**
     * How often a token must occur in the examples to be known, 1 by default. Others are the unknown token.
     *
     * @throws IllegalArgumentException if it is not positive
     */
    public ClassifierBuilder minimumCount(int count) {
        minimumCount = Settings.positive("minimum count", count);
        return this;
    }

    /** Where in files the labels and the texts stand; kept with the model, so that it can be evaluated on files like those. */
    public ClassifierBuilder columns(LabelledColumns value) {
        columns = Objects.requireNonNull(value, "columns");
        return this;
    }

    /**
     * The recurrent cell, an LSTM by default.
     *
     * @throws IllegalArgumentException for {@link Cell#LSTM_PROJECTED}, whose projection this model has no size for
     */
    public ClassifierBuilder cell(Cell value) {
        cell = Settings.cell("a classifier", value);
        return this;
    }

    /**
     * Units of each recurrent layer and direction, 128 by default.
     *
     * @throws IllegalArgumentException if it is not positive
     */
    public ClassifierBuilder hidden(int units) {
        hidden = Settings.positive("hidden size", units);
        return this;
    }

    /**
     * The number of recurrent layers, 1 by default.
     *
     * @throws IllegalArgumentException if it is not positive
     */
    public ClassifierBuilder layers(int count) {
        layers = Settings.positive("number of layers", count);
        return this;
    }

    /** Whether the text is read in both directions, true by default. */
    public ClassifierBuilder bidirectional(boolean value) {
        bidirectional = value;
        return this;
    }

    /**
     * What stands for the whole text: the greatest value of each unit over the steps (the default), the mean, or the last states,
     * which are the one after the last token and, reading backwards, the one after the first.
     */
    public ClassifierBuilder pooling(Pooling value) {
        pooling = Objects.requireNonNull(value, "pooling");
        return this;
    }

    /**
     * The size of a token's embedding, 128 by default.
     *
     * @throws IllegalArgumentException if it is not positive
     */
    public ClassifierBuilder embedding(int columns) {
        embedding = Settings.positive("embedding size", columns);
        oneHot = false;
        return this;
    }

    /** Tokens as one-hot rows instead of embeddings, without dropout on them. */
    public ClassifierBuilder oneHot() {
        oneHot = true;
        return this;
    }

    /**
     * Embeddings that begin with these vectors, and have their size. A token without one begins with random numbers of the same
     * deviation.
     *
     * @param frozen whether training leaves the embeddings as they are
     */
    public ClassifierBuilder vectors(WordVectors value, boolean frozen) {
        vectors = Objects.requireNonNull(value, "vectors");
        this.frozen = frozen;
        return this;
    }

    /**
     * The probability with which an element of each layer's output is dropped in training, 0.5 by default.
     *
     * @throws IllegalArgumentException if it is not at least 0 and less than 1
     */
    public ClassifierBuilder dropout(double probability) {
        dropout = Settings.share("dropout", probability);
        return this;
    }

    /**
     * The probability with which an element of an embedding is dropped in training, 0.4 by default.
     *
     * @throws IllegalArgumentException if it is not at least 0 and less than 1
     */
    public ClassifierBuilder embeddingDropout(double probability) {
        embeddingDropout = Settings.share("embedding dropout", probability);
        return this;
    }

    /**
     * The probability with which a token is replaced by the unknown one in training, 0.2 by default.
     *
     * @throws IllegalArgumentException if it is not at least 0 and less than 1
     */
    public ClassifierBuilder wordDropout(double probability) {
        wordDropout = Settings.share("word dropout", probability);
        return this;
    }

    /**
     * Weighs the loss of each class so that all count the same, however many examples they have: examples / (classes · examples of
     * it).
     */
    public ClassifierBuilder balanced() {
        balanced = true;
        weights = Map.of();
        return this;
    }

    /**
     * Weighs the loss of some classes; the others have 1.
     *
     * @throws IllegalArgumentException if a label has no example, or a weight is negative or not finite
     */
    public ClassifierBuilder classWeights(Map<String, Double> byLabel) {
        byLabel.forEach((label, weight) -> {
            if (!counts.containsKey(label)) {
                throw new IllegalArgumentException("the class \"" + label + "\" has a weight and no example; the examples have "
                        + String.join(", ", counts.keySet()));
            }
            if (!(weight >= 0 && Double.isFinite(weight))) {
                throw new IllegalArgumentException("the weight of the class \"" + label + "\" is " + weight + "; expected 0 or more");
            }
        });
        weights = Map.copyOf(byLabel);
        balanced = false;
        return this;
    }

    /** The seed of the initial parameters, 1 by default. */
    public ClassifierBuilder seed(long value) {
        seed = value;
        return this;
    }

    /**
     * The vocabulary that the model will have with the settings so far: of a large file of word vectors only its words are of use.
     *
     * @throws IllegalArgumentException if no token is left
     */
    public Vocabulary vocabulary() {
        VocabularyBuilder words = Vocabulary.builder(tokens).minimumCount(minimumCount);
        examples.forEach(example -> words.add(ClassifierReading.prepared(example.text(), lowerCase)));
        return words.build();
    }

    /**
     * The model, untrained. The caller closes it.
     *
     * @throws IllegalArgumentException if no token is left, or word vectors shall meet one-hot tokens
     * @throws org.tidegate.TidegateException if the native library cannot be loaded or memory is short
     */
    public Classifier build() {
        if (oneHot && vectors != null) {
            throw new IllegalArgumentException("one-hot tokens have no vectors; choose one of both");
        }
        ClassifierReading reading = new ClassifierReading(vocabulary(), List.copyOf(counts.keySet()), lowerCase, wordDropout, columns);
        Model model = network(reading.vocabulary().size()).build(seed);
        try {
            if (vectors != null) {
                new PretrainedEmbedding(vectors).fill(model.parameter(EMBEDDING + ".weight"), reading.vocabulary());
            }
            return new Classifier(reading, model);
        } catch (RuntimeException | Error e) {
            model.close();
            throw e;
        }
    }

    private ModelBuilder network(int tokenCount) {
        ModelBuilder net = new ModelBuilder();
        Node ids = net.ids(Classifier.TOKENS, Attribute.axis(Classifier.AXIS));
        Node label = net.ids(Classifier.LABEL, ids, Attribute.perSequence());
        Node text = pooled(net, input(net, ids, tokenCount));
        Node logits = net.linear(dropped(net, text, dropout), counts.size(), Attribute.name(Classifier.LOGITS));
        if (balanced || !weights.isEmpty()) {
            net.crossEntropy(logits, label, Attribute.name("loss"), Attribute.classWeights(classWeights()));
        } else {
            net.crossEntropy(logits, label, Attribute.name("loss"));
        }
        return net;
    }

    private Node input(ModelBuilder net, Node ids, int tokenCount) {
        if (oneHot) {
            return net.oneHot(ids, tokenCount, Attribute.name(ONE_HOT));
        }
        int size = vectors == null ? embedding : vectors.columns();
        List<Attribute> options = frozen ? List.of(Attribute.name(EMBEDDING), Attribute.frozen()) : List.of(Attribute.name(EMBEDDING));
        return dropped(net, net.embedding(ids, tokenCount, size, options.toArray(Attribute[]::new)), embeddingDropout);
    }

    /** The recurrent layers and the row that stands for the text. */
    private Node pooled(ModelBuilder net, Node input) {
        if (pooling != Pooling.LAST || !bidirectional) {
            return net.pool(recurrent(net, input, layers, "rnn"), pooling);
        }
        // The final states of all layers stand side by side, so that those of the last layer are alone only if it is a node of its
        // own.
        Node below = layers == 1 ? input : dropped(net, recurrent(net, input, layers - 1, "rnn"), dropout);
        return recurrent(net, below, 1, layers == 1 ? "rnn" : "rnn_last").finalHidden();
    }

    private Node recurrent(ModelBuilder net, Node input, int count, String name) {
        Map<String, Attribute> options = new LinkedHashMap<>();
        options.put("name", Attribute.name(name));
        options.put("layers", Attribute.layers(count));
        if (bidirectional) {
            options.put("bidirectional", Attribute.bidirectional());
        }
        if (count > 1 && dropout > 0) {
            options.put("dropout", Attribute.dropout(dropout));
        }
        return net.recurrent(input, cell, hidden, options.values().toArray(Attribute[]::new));
    }

    private static Node dropped(ModelBuilder net, Node x, double probability) {
        return probability > 0 ? net.dropout(x, probability) : x;
    }

    private double[] classWeights() {
        return counts.entrySet().stream()
                .mapToDouble(each -> balanced ? (double) examples.size() / (counts.size() * each.getValue())
                        : weights.getOrDefault(each.getKey(), 1.0))
                .toArray();
    }
}
