package org.tidegate.task.classify;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.tidegate.Attribute;
import org.tidegate.Cell;
import org.tidegate.Elementwise;
import org.tidegate.Initializer;
import org.tidegate.Model;
import org.tidegate.ModelBuilder;
import org.tidegate.Node;
import org.tidegate.Pooling;
import org.tidegate.task.Layers;
import org.tidegate.task.TextBuilder;
import org.tidegate.text.Vocabulary;
import org.tidegate.text.VocabularyBuilder;
import org.tidegate.text.WordVectors;

/**
 * The network of a classifier: tokens, one-hot or embedded → recurrent layers → pooling over the steps → logits of the classes, to which
 * {@link #wide} adds those of naive Bayes. Dropout is on the embeddings ({@link #embeddingDropout}) and on each layer's output. The defaults
 * are {@link #LAYERS}, bidirectional, over {@link #WORDS}, and max pooling.
 */
public final class ClassifierBuilder extends TextBuilder<ClassifierBuilder> {
    /** The recurrent layers by default. */
    public static final Layers LAYERS = new Layers(Cell.LSTM, 128, 1, 0.5);
    /** The tokens by default. */
    public static final Words WORDS = new Words(128, 1);
    /** The dropout of the embeddings by default. */
    public static final double EMBEDDING_DROPOUT = 0.4;
    /** The word dropout by default: the share of tokens that training replaces by the unknown token. */
    public static final double WORD_DROPOUT = 0.2;

    private static final long MOST_WIDE = 20_000_000; // parameters

    private final List<LabelledText> examples;
    private final Map<String, Integer> counts = new TreeMap<>();
    private boolean lowerCase;
    private LabelledColumns columns = LabelledColumns.LABEL_THEN_TEXT;
    private boolean multiLabel;
    private boolean bidirectional = true;
    private Pooling pooling = Pooling.MAX;
    private boolean oneHot;
    private Wide wide = Wide.LEARNED;
    private WordVectors vectors;
    private boolean frozen;
    private double embeddingDropout = EMBEDDING_DROPOUT;
    private double wordDropout = WORD_DROPOUT;
    private int span;
    private boolean balanced;
    private Map<String, Double> weights = Map.of();

    ClassifierBuilder(List<LabelledText> examples) {
        super(LAYERS, WORDS, Vocabulary.Unit.WORD);
        this.examples = List.copyOf(examples);
        examples.forEach(example -> example.labels().forEach(label -> counts.merge(label, 1, Integer::sum)));
        if (counts.isEmpty()) {
            throw new IllegalArgumentException(examples.isEmpty() ? "there are no examples to learn classes from"
                    : "none of the " + examples.size() + " examples has a label; expected at least one. Is it the right column?");
        }
    }

    /**
     * Sets whether texts are lower-cased, false by default.
     *
     * @param value whether they are
     * @return this builder
     */
    public ClassifierBuilder lowerCase(boolean value) {
        lowerCase = value;
        return this;
    }

    /**
     * Sets whether a text may have several labels, or none; false by default. Then each label is learned by itself (binary cross entropy),
     * and one label is enough.
     *
     * @param value whether it may
     * @return this builder
     */
    public ClassifierBuilder multiLabel(boolean value) {
        multiLabel = value;
        return this;
    }

    /**
     * Sets the columns of the labels and texts in files; kept with the model, so that it can be evaluated on files of the same form.
     *
     * @param value the columns; those of {@link #multiLabel} have a separator, {@link LabelledColumns#SEPARATOR} if these have none
     * @return this builder
     */
    public ClassifierBuilder columns(LabelledColumns value) {
        columns = Objects.requireNonNull(value, "columns");
        return this;
    }

    /**
     * Sets whether the recurrent layers are bidirectional, true by default.
     *
     * @param value whether they are
     * @return this builder
     */
    public ClassifierBuilder bidirectional(boolean value) {
        bidirectional = value;
        return this;
    }

    /**
     * Sets the pooling over the steps: max (the default), mean, or last, which for both directions are the states after the last and,
     * backwards, after the first token.
     *
     * @param value the pooling
     * @return this builder
     */
    public ClassifierBuilder pooling(Pooling value) {
        pooling = Objects.requireNonNull(value, "pooling");
        return this;
    }

    /**
     * Sets whether tokens are one-hot rows, without dropout on them, instead of embeddings; false by default.
     *
     * @param value whether they are
     * @return this builder
     */
    public ClassifierBuilder oneHot(boolean value) {
        oneHot = value;
        return this;
    }

    /**
     * Sets pretrained embeddings, which give the embedding size. A token without a vector begins with random numbers of the same deviation.
     *
     * @param value the vectors
     * @param frozen whether training leaves the embeddings unchanged
     * @return this builder
     */
    public ClassifierBuilder vectors(WordVectors value, boolean frozen) {
        vectors = Objects.requireNonNull(value, "vectors");
        this.frozen = frozen;
        return this;
    }

    /**
     * Sets whether the network has a wide path, {@link Wide#LEARNED} by default: naive Bayes over the tokens stands beside the recurrent
     * layers, and the held-out texts decide how much each of both counts. More than 20 million pairs of a token and a label have none.
     *
     * @param value whether it has, and what it counts
     * @return this builder
     */
    public ClassifierBuilder wide(Wide value) {
        wide = Objects.requireNonNull(value, "wide");
        return this;
    }

    /**
     * Sets the dropout of the embeddings, 0.4 by default.
     *
     * @param probability the probability with which an element of an embedding is dropped in training
     * @return this builder
     * @throws IllegalArgumentException if it is not at least 0 and less than 1
     */
    public ClassifierBuilder embeddingDropout(double probability) {
        embeddingDropout = probability("embedding dropout", probability);
        return this;
    }

    /**
     * Sets the word dropout, 0.2 by default.
     *
     * @param probability the probability with which a token is replaced by the unknown token in training, or a part of a word by padding
     * @return this builder
     * @throws IllegalArgumentException if it is not at least 0 and less than 1
     */
    public ClassifierBuilder wordDropout(double probability) {
        wordDropout = probability("word dropout", probability);
        return this;
    }

    /**
     * Sets the most tokens of a text that training reads at once, all by default: of a longer text the recurrent layers learn from a span
     * of so many, drawn anew in each epoch, in less time. The wide path counts, and validation and answers read, whole texts.
     *
     * @param tokens the length of a span, or 0 for whole texts
     * @return this builder
     * @throws IllegalArgumentException if it is negative
     */
    public ClassifierBuilder span(int tokens) {
        if (tokens < 0) {
            throw new IllegalArgumentException("the span is " + tokens + " tokens; expected a positive number, or 0 for whole texts");
        }
        span = tokens;
        return this;
    }

    /**
     * Sets balanced class weights, so that all classes count the same in the loss: examples / (classes · examples of the class). Where a
     * text may have several labels, so that a label's presence counts as much as its absence: examples without it / examples with it.
     *
     * @return this builder
     */
    public ClassifierBuilder balanced() {
        balanced = true;
        weights = Map.of();
        return this;
    }

    /**
     * Sets the weights of some classes in the loss; the others have 1. Where a text may have several labels they are weights of the texts
     * that have the label.
     *
     * @param byLabel the weights by label
     * @return this builder
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
     * {@return the vocabulary that the model will have with the settings so far} Of a large file of word vectors only its words are of use.
     *
     * @throws IllegalArgumentException if no token is left
     */
    public Vocabulary vocabulary() {
        VocabularyBuilder known = unit() == Vocabulary.Unit.BPE ? counter().padding() : counter();
        examples.forEach(example -> known.add(ClassifierReading.prepared(example.text(), lowerCase)));
        return known.build();
    }

    /**
     * {@return the untrained model} The caller closes it.
     *
     * @throws IllegalArgumentException if no token is left, or there are word vectors for one-hot tokens or parts of words; if an
     *     example has not one label, or all have the same, unless {@link #multiLabel}; if only the columns have a separator
     * @throws org.tidegate.TidegateException if the native library cannot be loaded or memory is short
     */
    public Classifier build() {
        if (oneHot && vectors != null) {
            throw new IllegalArgumentException("one-hot tokens have no vectors; choose one of both");
        }
        if (unit() == Vocabulary.Unit.BPE && vectors != null) {
            throw new IllegalArgumentException("parts of words have no word vectors; choose words, or leave the vectors out");
        }
        Vocabulary vocabulary = vocabulary();
        ClassifierReading reading = new ClassifierReading(vocabulary, List.copyOf(counts.keySet()), lowerCase, wordDropout,
                span, wide(vocabulary),
                multiLabel && columns.separator().isEmpty() ? columns.separator(LabelledColumns.SEPARATOR) : columns);
        checkLabels(reading);
        Model model = network(vocabulary.size(), reading.wide() != Wide.OFF).build(seed());
        try {
            if (vectors != null) {
                new PretrainedEmbedding(vectors).fill(model.parameter(ClassifierReading.EMBEDDING + ".weight"), reading.vocabulary());
            }
            return new Classifier(reading, model, true);
        } catch (RuntimeException | Error e) {
            model.close();
            throw e;
        }
    }

    private Wide wide(Vocabulary vocabulary) {
        return (long) vocabulary.size() * counts.size() <= MOST_WIDE ? wide : Wide.OFF;
    }

    private void checkLabels(ClassifierReading reading) {
        if (!multiLabel && reading.multiLabel()) {
            throw new IllegalArgumentException("the columns have a separator of labels, \"" + columns.separator().get()
                    + "\", and texts have one label; set multiLabel(true), or leave the separator out");
        }
        examples.forEach(reading::labels);
        if (!multiLabel && counts.size() < 2) {
            throw new IllegalArgumentException("all " + examples.size() + " examples have the label \"" + examples.get(0).label()
                    + "\"; expected at least two labels. Is it the right column?");
        }
    }

    private ModelBuilder network(int tokenCount, boolean isWide) {
        ModelBuilder net = new ModelBuilder();
        Node ids = net.ids(ClassifierReading.TOKENS, Attribute.axis(ClassifierReading.AXIS));
        Node label = multiLabel ? net.input(ClassifierReading.LABEL, counts.size(), ids, Attribute.perSequence())
                : net.ids(ClassifierReading.LABEL, ids, Attribute.perSequence());
        Node text = dropped(net, pooled(net, input(net, ids, tokenCount)), layers().dropout());
        Node found = net.linear(text, counts.size(), Attribute.name(isWide ? WidePath.RECURRENT : ClassifierReading.LOGITS));
        if (isWide) {
            net.node("add", List.of(found, wide(net, ids, tokenCount)), Attribute.name(ClassifierReading.LOGITS));
        }
        List<Attribute> attributes = new ArrayList<>(List.of(Attribute.name("loss")));
        if (balanced || !weights.isEmpty()) {
            attributes.add(multiLabel ? Attribute.positiveWeights(classWeights()) : Attribute.classWeights(classWeights()));
        }
        net.node(multiLabel ? "binary_cross_entropy" : "cross_entropy", List.of(found, label), attributes.toArray(Attribute[]::new));
        return net;
    }

    /** The wide path: a row of logits for each token, their mean over the text, and how much it counts. */
    private Node wide(ModelBuilder net, Node ids, int tokenCount) {
        Node rows = net.embedding(ids, tokenCount, counts.size(), Attribute.name(WidePath.ROWS), Attribute.init(Initializer.ZERO),
                Attribute.frozen());
        Node mean = net.pool(rows, Pooling.MEAN, Attribute.name(WidePath.MEAN));
        return net.apply(Elementwise.MUL, mean, Attribute.name(WidePath.SHARE), Attribute.parameter(), Attribute.frozen());
    }

    private Node input(ModelBuilder net, Node ids, int tokenCount) {
        if (oneHot) {
            return net.oneHot(ids, tokenCount, Attribute.name(ClassifierReading.ONE_HOT));
        }
        int size = vectors == null ? words().embedding() : vectors.columns();
        Attribute name = Attribute.name(ClassifierReading.EMBEDDING);
        Node embedded = frozen ? net.embedding(ids, tokenCount, size, name, Attribute.frozen())
                : net.embedding(ids, tokenCount, size, name);
        return dropped(net, embedded, embeddingDropout);
    }

    /** The recurrent layers and the pooled row of a text. */
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
                .mapToDouble(each -> balanced ? balancedWeight(each.getValue()) : weights.getOrDefault(each.getKey(), 1.0))
                .toArray();
    }

    /** Of a class, or of a label, that so many examples have. */
    private double balancedWeight(int having) {
        return multiLabel ? (double) Math.max(1, examples.size() - having) / having : (double) examples.size() / (counts.size() * having);
    }
}
