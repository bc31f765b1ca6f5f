package org.tidegate.task.classify;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.tidegate.Attribute;
import org.tidegate.Cell;
import org.tidegate.Model;
import org.tidegate.ModelBuilder;
import org.tidegate.Node;
import org.tidegate.Pooling;
import org.tidegate.task.Layers;
import org.tidegate.task.WordBuilder;
import org.tidegate.text.Vocabulary;
import org.tidegate.text.VocabularyBuilder;
import org.tidegate.text.WordVectors;

/**
 * The shape of a classifier: tokens, one-hot or embedded → recurrent layers → one row for the text → scores of the classes. Elements are
 * dropped in the embeddings ({@link #embeddingDropout}) and in each layer's output. The defaults are {@link #LAYERS}, in both directions, over
 * {@link #WORDS}, and the maximum over the steps.
 */
public final class ClassifierBuilder extends WordBuilder<ClassifierBuilder> {
    /** The recurrent layers by default. */
    public static final Layers LAYERS = new Layers(Cell.LSTM, 128, 1, 0.5);
    /** The tokens by default. */
    public static final Words WORDS = new Words(128, 1);
    /** The dropout of the embeddings by default. */
    public static final double EMBEDDING_DROPOUT = 0.4;
    /** The share of tokens that training replaces by the unknown one by default. */
    public static final double WORD_DROPOUT = 0.2;

    private final List<LabelledText> examples;
    private final Map<String, Integer> counts = new TreeMap<>();
    private Vocabulary.Unit tokens = Vocabulary.Unit.WORD;
    private boolean lowerCase;
    private LabelledColumns columns = LabelledColumns.LABEL_THEN_TEXT;
    private boolean bidirectional = true;
    private Pooling pooling = Pooling.MAX;
    private boolean oneHot;
    private WordVectors vectors;
    private boolean frozen;
    private double embeddingDropout = EMBEDDING_DROPOUT;
    private double wordDropout = WORD_DROPOUT;
    private boolean balanced;
    private Map<String, Double> weights = Map.of();

    ClassifierBuilder(List<LabelledText> examples) {
        super(LAYERS, WORDS);
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

    /** Where in files the labels and the texts stand; kept with the model, so that it can be evaluated on files like those. */
    public ClassifierBuilder columns(LabelledColumns value) {
        columns = Objects.requireNonNull(value, "columns");
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

    /** Whether tokens are one-hot rows, without dropout on them, instead of embeddings; false by default. */
    public ClassifierBuilder oneHot(boolean value) {
        oneHot = value;
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
     * The probability with which an element of an embedding is dropped in training, 0.4 by default.
     *
     * @throws IllegalArgumentException if it is not at least 0 and less than 1
     */
    public ClassifierBuilder embeddingDropout(double probability) {
        embeddingDropout = probability("embedding dropout", probability);
        return this;
    }

    /**
     * The probability with which a token is replaced by the unknown one in training, 0.2 by default.
     *
     * @throws IllegalArgumentException if it is not at least 0 and less than 1
     */
    public ClassifierBuilder wordDropout(double probability) {
        wordDropout = probability("word dropout", probability);
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

    /**
     * The vocabulary that the model will have with the settings so far: of a large file of word vectors only its words are of use.
     *
     * @throws IllegalArgumentException if no token is left
     */
    public Vocabulary vocabulary() {
        VocabularyBuilder known = Vocabulary.builder(tokens).minimumCount(words().minimumCount());
        examples.forEach(example -> known.add(ClassifierReading.prepared(example.text(), lowerCase)));
        return known.build();
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
        Model model = network(reading.vocabulary().size()).build(seed());
        try {
            if (vectors != null) {
                new PretrainedEmbedding(vectors).fill(model.parameter(ClassifierReading.EMBEDDING + ".weight"), reading.vocabulary());
            }
            return new Classifier(reading, model);
        } catch (RuntimeException | Error e) {
            model.close();
            throw e;
        }
    }

    private ModelBuilder network(int tokenCount) {
        ModelBuilder net = new ModelBuilder();
        Node ids = net.ids(ClassifierReading.TOKENS, Attribute.axis(ClassifierReading.AXIS));
        Node label = net.ids(ClassifierReading.LABEL, ids, Attribute.perSequence());
        Node text = dropped(net, pooled(net, input(net, ids, tokenCount)), layers().dropout());
        Node logits = net.linear(text, counts.size(), Attribute.name(ClassifierReading.LOGITS));
        if (balanced || !weights.isEmpty()) {
            net.crossEntropy(logits, label, Attribute.name("loss"), Attribute.classWeights(classWeights()));
        } else {
            net.crossEntropy(logits, label, Attribute.name("loss"));
        }
        return net;
    }

    private Node input(ModelBuilder net, Node ids, int tokenCount) {
        if (oneHot) {
            return net.oneHot(ids, tokenCount, Attribute.name(ClassifierReading.ONE_HOT));
        }
        int size = vectors == null ? words().embedding() : vectors.columns();
        Attribute name = Attribute.name(ClassifierReading.EMBEDDING);
        Node embedded = frozen ? net.embedding(ids, tokenCount, size, name, Attribute.frozen()) : net.embedding(ids, tokenCount, size, name);
        return dropped(net, embedded, embeddingDropout);
    }

    /** The recurrent layers and the row that stands for the text. */
    private Node pooled(ModelBuilder net, Node input) {
        int count = layers().count();
        if (pooling != Pooling.LAST || !bidirectional) {
            return net.pool(recurrent(net, input, count, "rnn"), pooling);
        }
        // The final states of all layers stand side by side, so that those of the last layer are alone only if it is a node of its own.
        Node below = count == 1 ? input : dropped(net, recurrent(net, input, count - 1, "rnn"), layers().dropout());
        return recurrent(net, below, 1, count == 1 ? "rnn" : "rnn_last").finalHidden();
    }

    private Node recurrent(ModelBuilder net, Node input, int count, String name) {
        return bidirectional ? recurrent(net, input, layers().count(count), name, Attribute.bidirectional())
                : recurrent(net, input, layers().count(count), name);
    }

    private double[] classWeights() {
        return counts.entrySet().stream()
                .mapToDouble(each -> balanced ? (double) examples.size() / (counts.size() * each.getValue())
                        : weights.getOrDefault(each.getKey(), 1.0))
                .toArray();
    }
}
