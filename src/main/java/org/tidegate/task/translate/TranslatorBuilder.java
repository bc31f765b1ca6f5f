package org.tidegate.task.translate;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.tidegate.Activation;
import org.tidegate.Attribute;
import org.tidegate.Cell;
import org.tidegate.Initializer;
import org.tidegate.Model;
import org.tidegate.ModelBuilder;
import org.tidegate.Node;
import org.tidegate.task.Layers;
import org.tidegate.task.TextBuilder;
import org.tidegate.text.Unicode;
import org.tidegate.text.Vocabulary;
import org.tidegate.text.VocabularyBuilder;

/**
 * The network of a translator: a bidirectional encoder over the source sentence, and a decoder that starts from its final states and writes
 * the target sentence word by word, with {@link Attention}. The hidden size is the decoder's, {@link #encoder} sets the encoder's. Dropout
 * is on the embeddings, the encoder's output and the decoder's. The defaults are {@link #LAYERS} over {@link #WORDS}, {@link #ENCODER}
 * units of the encoder in each direction, additive attention, and a loss with {@link #LABEL_SMOOTHING}.
 */
public final class TranslatorBuilder extends TextBuilder<TranslatorBuilder> {
    /** The recurrent layers by default; the hidden size is the decoder's. */
    public static final Layers LAYERS = new Layers(Cell.LSTM, 256, 1, 0.4);
    /** The words by default. */
    public static final Words WORDS = new Words(128, 2);
    /** Units of the encoder in each direction by default. */
    public static final int ENCODER = 128;
    /** The attention by default. */
    public static final Attention ATTENTION = Attention.ADDITIVE;
    /** The label smoothing by default. */
    public static final double LABEL_SMOOTHING = 0.1;

    /** The standard deviation with which embeddings begin where they are weights, too; 1 elsewhere. */
    private static final double TIED_SCALE = 0.1;

    private final List<SentencePair> pairs;
    private Attention attention = ATTENTION;
    private int encoder = ENCODER;
    private double labelSmoothing = LABEL_SMOOTHING;
    private boolean copied = true;
    private boolean tied = true;

    TranslatorBuilder(List<SentencePair> pairs) {
        super(LAYERS, WORDS, TranslatorReading.UNIT);
        this.pairs = List.copyOf(pairs);
    }

    /**
     * Sets the attention, {@link Attention#ADDITIVE} by default; {@link Attention#BAHDANAU} needs a decoder of one layer.
     *
     * @param value the attention
     * @return this builder
     */
    public TranslatorBuilder attention(Attention value) {
        attention = Objects.requireNonNull(value, "attention");
        return this;
    }

    /**
     * Sets the hidden size of the encoder, 128 by default. Where the decoder's is not twice as large, a learned linear layer maps the
     * encoder's final states to the decoder's initial ones.
     *
     * @param units units in each direction
     * @return this builder
     * @throws IllegalArgumentException if it is not positive
     */
    public TranslatorBuilder encoder(int units) {
        encoder = positive("encoder's size", units);
        return this;
    }

    /**
     * Sets label smoothing, 0.1 by default. Held-out losses are not smoothed.
     *
     * @param share the part of each target's probability that is spread evenly over all words
     * @return this builder
     * @throws IllegalArgumentException if it is not at least 0 and less than 1
     */
    public TranslatorBuilder labelSmoothing(double share) {
        labelSmoothing = probability("label smoothing", share);
        return this;
    }

    /**
     * Sets whether a word of a translation that the vocabulary lacks is copied from the sentence, the word that was looked at most; true by
     * default where there is attention. Else {@code <unk>} is in its place.
     *
     * @param value whether it is
     * @return this builder
     */
    public TranslatorBuilder copied(boolean value) {
        copied = value;
        return this;
    }

    /**
     * Sets whether the decoder's embeddings are also the weights of its output layer (O. Press and L. Wolf, 2017), true by default. Where
     * the embedding size is not the decoder's hidden size a linear layer stands between them. Both embeddings then begin ten times smaller.
     *
     * @param value whether they are
     * @return this builder
     */
    public TranslatorBuilder tied(boolean value) {
        tied = value;
        return this;
    }

    /**
     * {@return the untrained model} The caller closes it.
     *
     * @throws IllegalArgumentException if the pairs have no word that occurs often enough, the sizes do not go with the attention, or a
     *     token is neither a word ({@link Vocabulary.Unit#WORD_PART}) nor a part of one ({@link Vocabulary.Unit#BPE})
     * @throws org.tidegate.TidegateException if the native library cannot be loaded or memory is short
     */
    public Translator build() {
        if (unit() != TranslatorReading.UNIT && unit() != Vocabulary.Unit.BPE) {
            throw new IllegalArgumentException("a translator has no tokens of the unit " + unit() + "; expected " + TranslatorReading.UNIT
                    + " or " + Vocabulary.Unit.BPE);
        }
        if (attention == Attention.BAHDANAU && layers().count() > 1) {
            throw new IllegalArgumentException("attention inside the decoder has one layer, not " + layers().count()
                    + "; choose another attention");
        }
        boolean alike = attention == Attention.DOT || attention == Attention.SCALED_DOT;
        if (alike && layers().hidden() != 2 * encoder) {
            throw new IllegalArgumentException("with " + attention + " attention the decoder's hidden size is twice the encoder's; it is "
                    + layers().hidden() + " and not " + 2 * encoder + ". Choose general or additive attention for other sizes.");
        }
        TranslatorReading reading = reading();
        Model model = network(reading.sourceVocabulary().size(), reading.targetVocabulary().size()).build(seed());
        return new Translator(reading, model);
    }

    private TranslatorReading reading() {
        VocabularyBuilder source = counter().sequenceEnds();
        VocabularyBuilder target = counter().sequenceEnds();
        for (SentencePair pair : pairs) {
            source.add(counted(pair.source()));
            target.add(counted(pair.target()));
        }
        TranslatorReading any = new TranslatorReading(source.build(), target.build(), 1, false);
        int longest = pairs.stream().mapToInt(pair -> any.targetTokens(pair.target()).size()).max().orElse(0);
        // One and a half times the longest translation seen, and the end: a decoder that circles is stopped there.
        return new TranslatorReading(any.sourceVocabulary(), any.targetVocabulary(), longest + longest / 2 + 1,
                copied && attention != Attention.NONE && any.targetVocabulary().unknownId() >= 0);
    }

    private String counted(String sentence) {
        return unit() == Vocabulary.Unit.BPE ? TranslatorReading.spelled(sentence) : Unicode.lowerCase(sentence);
    }

    private ModelBuilder network(int sourceWords, int targetWords) {
        ModelBuilder net = new ModelBuilder();
        Node source = net.ids(TranslatorReading.SOURCE, Attribute.axis(TranslatorReading.SOURCE));
        Node words = net.ids(TranslatorReading.WORDS, Attribute.axis(TranslatorReading.TARGET));
        Node next = net.ids(TranslatorReading.NEXT, words);
        Node read = table(net, source, sourceWords, TranslatorReading.READ);
        Node encoded = encoder(net, dropped(net, read));
        Node keys = dropped(net, encoded);
        List<Attribute> start = start(net, encoded);
        Node table = table(net, words, targetWords, TranslatorReading.WRITTEN);
        Node written = dropped(net, table);
        Node decoded = decoder(net, written, keys, start);
        Node logits = logits(net, dropped(net, decoded), table, targetWords);
        if (labelSmoothing > 0) {
            net.crossEntropy(logits, next, Attribute.name("loss"), Attribute.labelSmoothing(labelSmoothing));
        } else {
            net.crossEntropy(logits, next, Attribute.name("loss"));
        }
        return net;
    }

    private Node table(ModelBuilder net, Node ids, int rows, String name) {
        int columns = words().embedding();
        return tied ? net.embedding(ids, rows, columns, Attribute.name(name), Attribute.init(Initializer.NORMAL),
                Attribute.of("init_scale", TIED_SCALE)) : net.embedding(ids, rows, columns, Attribute.name(name));
    }

    private Node logits(ModelBuilder net, Node decoded, Node table, int targetWords) {
        Attribute name = Attribute.name(TranslatorReading.LOGITS);
        if (!tied) {
            return net.linear(decoded, targetWords, name);
        }
        boolean fits = layers().hidden() == words().embedding();
        return net.tiedLinear(fits ? decoded : net.linear(decoded, words().embedding(), Attribute.name("projection")), table, name);
    }

    /** Without {@link #recurrent}, to keep the order of attributes in the specs of earlier models. */
    private Node encoder(ModelBuilder net, Node read) {
        List<Attribute> attributes = new ArrayList<>(List.of(Attribute.name("encoder"), Attribute.bidirectional()));
        if (layers().count() > 1) {
            attributes.addAll(List.of(Attribute.layers(layers().count()), Attribute.dropout(layers().dropout())));
        }
        return net.recurrent(read, layers().cell(), encoder, attributes.toArray(Attribute[]::new));
    }

    /** The decoder over the words so far and, with attention, the encoder's outputs as keys. */
    private Node decoder(ModelBuilder net, Node written, Node keys, List<Attribute> start) {
        if (attention == Attention.BAHDANAU) {
            start.add(Attribute.name(TranslatorReading.ATTENTION));
            Node decoder = net.attentionDecoder(written, keys, layers().cell(), layers().hidden(), attention.score().orElseThrow(),
                    start.toArray(Attribute[]::new));
            return mixed(net, decoder, decoder.context());
        }
        Node decoder = recurrent(net, written, layers(), "decoder", start.toArray(Attribute[]::new));
        return attention.score().map(score -> mixed(net,
                net.attention(decoder, keys, score, Attribute.name(TranslatorReading.ATTENTION)), decoder)).orElse(decoder);
    }

    private Node mixed(ModelBuilder net, Node... seen) {
        Node mixed = net.linear(net.node("concat", List.of(seen), Attribute.name("seen")), layers().hidden(), Attribute.name("mixed"));
        return net.activation(mixed, Activation.TANH, Attribute.name("attentional"));
    }

    /** The decoder's initial states: the encoder's final ones. */
    private List<Attribute> start(ModelBuilder net, Node encoded) {
        List<Attribute> start = new ArrayList<>(List.of(Attribute.h0(start(net, encoded.finalHidden(), "h"))));
        if (layers().cell() == Cell.LSTM) {
            start.add(Attribute.c0(start(net, encoded.finalCell(), "c")));
        }
        return start;
    }

    /** The encoder's columns are [layer][direction][unit], the decoder's [layer][unit]: the same where it is twice as wide. */
    private Node start(ModelBuilder net, Node last, String state) {
        if (layers().hidden() == 2 * encoder) {
            return last;
        }
        Node bridge = net.linear(last, layers().count() * layers().hidden(), Attribute.name("bridge_" + state));
        return net.activation(bridge, Activation.TANH, Attribute.name("start_" + state));
    }

    private Node dropped(ModelBuilder net, Node x) {
        return dropped(net, x, layers().dropout(), Attribute.name(x.name() + "_dropped"));
    }
}
