package org.tidegate.task.fill;

import static org.tidegate.Attribute.axis;
import static org.tidegate.Attribute.ignore;
import static org.tidegate.Attribute.name;

import java.util.List;
import java.util.Objects;
import org.tidegate.Cell;
import org.tidegate.ModelBuilder;
import org.tidegate.Node;
import org.tidegate.data.WordSplitter;
import org.tidegate.task.Layers;
import org.tidegate.task.WordBuilder;
import org.tidegate.text.Vocabulary;
import org.tidegate.text.VocabularyBuilder;

/**
 * The network of a fill-in model: embedding → recurrent layers from the left and others from the right → the hidden state before the gap
 * and the one after it → logits of all words. Dropout is on the embeddings and the hidden states. With one side only, its layers have twice
 * as many units. The defaults are {@link #LAYERS} and {@link #WORDS}.
 */
public final class FillInBuilder extends WordBuilder<FillInBuilder> {
    /** The recurrent layers of each side by default. */
    public static final Layers LAYERS = new Layers(Cell.LSTM, 128, 1, 0.5);
    /** The words by default; rarer ones are the unknown word, which is never an answer. */
    public static final Words WORDS = new Words(128, 3);

    private final List<List<String>> sentences;
    private FillInReading.Side side = FillInReading.Side.BOTH;
    private WordSplitter splitter = WordSplitter.WORDS;

    FillInBuilder(List<List<String>> sentences) {
        super(LAYERS, WORDS);
        if (sentences.isEmpty()) {
            throw new IllegalArgumentException("there are no sentences to learn words from");
        }
        this.sentences = List.copyOf(sentences);
    }

    /**
     * Sets the side of the context, both by default.
     *
     * @param value the side
     * @return this builder
     */
    public FillInBuilder side(FillInReading.Side value) {
        side = Objects.requireNonNull(value, "side");
        return this;
    }

    /**
     * Sets how texts become words as the training sentences have them, {@link WordSplitter#WORDS} by default; {@link WordSplitter#of}
     * learns it from CoNLL-U files. Kept with the model, for {@link FillInAnswers#cloze} and its evaluation.
     *
     * @param value the splitter
     * @return this builder
     */
    public FillInBuilder splitter(WordSplitter value) {
        splitter = Objects.requireNonNull(value, "splitter");
        return this;
    }

    /**
     * {@return the untrained model} The caller closes it.
     *
     * @throws IllegalArgumentException if no word occurs often enough
     * @throws org.tidegate.TidegateException if the native library cannot be loaded or memory is short
     */
    public FillIn build() {
        VocabularyBuilder known = Vocabulary.builder(Vocabulary.Unit.TOKEN).sequenceEnds().minimumCount(words().minimumCount());
        sentences.forEach(sentence -> sentence.forEach(known::addToken));
        FillInReading reading = new FillInReading(known.build(), side, splitter);
        return new FillIn(reading, network(reading.vocabulary()).build(seed()));
    }

    private ModelBuilder network(Vocabulary vocabulary) {
        double dropout = layers().dropout();
        ModelBuilder net = new ModelBuilder();
        Node words = net.ids(FillInReading.WORDS, axis(FillInReading.SENTENCES));
        Node before = net.ids(FillInReading.BEFORE, axis(FillInReading.GAPS));
        Node embedding = net.embedding(words, vocabulary.size(), words().embedding(), name(FillInReading.EMBEDDING));
        Node x = dropped(net, embedding, dropout, name("embedding_dropped"));
        Node context;
        if (side == FillInReading.Side.BOTH) {
            Node after = net.ids(FillInReading.AFTER, axis(FillInReading.GAPS));
            Node left = recurrent(net, x, layers(), "left");
            Node right = net.reverse(recurrent(net, net.reverse(x), layers(), "right"));
            context = net.concat(net.gather(left, before), net.gather(right, after));
        } else {
            context = net.gather(recurrent(net, x, layers().hidden(2 * layers().hidden()), "left"), before);
        }
        Node scores = net.linear(dropped(net, context, dropout, name("context_dropped")), vocabulary.size(), name(FillInReading.SCORES));
        Node missing = net.ids(FillInReading.MISSING, axis(FillInReading.GAPS));
        net.crossEntropy(scores, missing, ignore(vocabulary.unknownId()), name("loss"));
        return net;
    }
}
