package org.tidegate.task;

import static org.tidegate.Attribute.axis;
import static org.tidegate.Attribute.bidirectional;
import static org.tidegate.Attribute.init;
import static org.tidegate.Attribute.name;

import java.util.List;
import java.util.Locale;
import org.tidegate.Cell;
import org.tidegate.Initializer;
import org.tidegate.ModelBuilder;
import org.tidegate.Node;
import org.tidegate.Attribute;
import org.tidegate.text.Vocabulary;
import org.tidegate.text.VocabularyBuilder;

/**
 * The shape of a tagger: letters → bidirectional layer → a word's spelling; beside it the word's embedding; both → bidirectional
 * layers over the sentence → scores of the tags. Words, letters and tags are those of the training sentences.
 */
public final class TaggerBuilder {
    /** The deviation that word embeddings begin with. Near 0 a rare word says little itself, so that its letters are listened to. */
    private static final double WORD_SCALE = 0.1;

    private final Vocabulary forms;
    private final VocabularyBuilder words = Vocabulary.builder(Vocabulary.Unit.TOKEN);
    private final Vocabulary letters;
    private final Vocabulary tags;
    private Cell cell = Cell.LSTM;
    private int letterEmbedding = 32;
    private int letterHidden = 48;
    private int embedding = 64;
    private int hidden = 128;
    private int layers = 1;
    private double dropout = 0.4;
    private double wordDropout = 0.25;
    private int minimumCount = 2;
    private boolean crf;
    private String column = "";
    private long seed = 1;

    TaggerBuilder(List<TaggedSentence> sentences) {
        if (sentences.isEmpty()) {
            throw new IllegalArgumentException("there are no sentences to learn words and tags from");
        }
        VocabularyBuilder formCounts = Vocabulary.builder(Vocabulary.Unit.TOKEN);
        VocabularyBuilder letterCounts = Vocabulary.builder(Vocabulary.Unit.CODE_POINT);
        VocabularyBuilder tagCounts = Vocabulary.builder(Vocabulary.Unit.TOKEN).refuseUnknown();
        for (TaggedSentence sentence : sentences) {
            sentence.words().forEach(word -> {
                formCounts.addToken(word);
                letterCounts.add(word);
                words.addToken(word.toLowerCase(Locale.ROOT));
            });
            sentence.tags().forEach(tagCounts::addToken);
        }
        forms = formCounts.build();
        letters = letterCounts.build();
        tags = tagCounts.build();
    }

    /**
     * The cell of all recurrent layers, an LSTM by default.
     *
     * @throws IllegalArgumentException for {@link Cell#LSTM_PROJECTED}, whose projection this model has no size for
     */
    public TaggerBuilder cell(Cell value) {
        cell = Settings.cell("a tagger", value);
        return this;
    }

    /** The columns of a letter's embedding, 32 by default. */
    public TaggerBuilder letterEmbedding(int columns) {
        letterEmbedding = Settings.positive("letter embedding size", columns);
        return this;
    }

    /** Units of each direction of the layer that reads a word's letters, 48 by default. */
    public TaggerBuilder letterHidden(int units) {
        letterHidden = Settings.positive("hidden size of the letters' layer", units);
        return this;
    }

    /** The columns of a word's embedding, 64 by default. */
    public TaggerBuilder embedding(int columns) {
        embedding = Settings.positive("embedding size", columns);
        return this;
    }

    /** Units of each direction of the layers that read a sentence, 128 by default. */
    public TaggerBuilder hidden(int units) {
        hidden = Settings.positive("hidden size", units);
        return this;
    }

    /** The number of layers that read a sentence, 1 by default. */
    public TaggerBuilder layers(int count) {
        layers = Settings.positive("number of layers", count);
        return this;
    }

    /** The probability with which an element is dropped before and after the sentence's layers in training, 0.4 by default. */
    public TaggerBuilder dropout(double probability) {
        dropout = Settings.share("dropout", probability);
        return this;
    }

    /** The share of words whose embedding training hides, so that the spelling must tell; 0.25 by default. */
    public TaggerBuilder wordDropout(double probability) {
        wordDropout = Settings.share("word dropout", probability);
        return this;
    }

    /** How often a word must occur in training, in whatever case, to have an embedding of its own; 2 by default. */
    public TaggerBuilder minimumCount(int count) {
        minimumCount = Settings.positive("minimum count", count);
        return this;
    }

    /** Whether a conditional random field scores whole sequences of tags instead of each tag by itself; not by default. */
    public TaggerBuilder crf(boolean value) {
        crf = value;
        return this;
    }

    /** What the tags are called in their file, "upos" for example: the model's file keeps it for whoever reads more of these files. */
    public TaggerBuilder column(String name) {
        column = name;
        return this;
    }

    /** The seed of the initial parameters, 1 by default. */
    public TaggerBuilder seed(long value) {
        seed = value;
        return this;
    }

    /**
     * The model, untrained. The caller closes it.
     *
     * @throws IllegalArgumentException if no word occurs often enough
     * @throws org.tidegate.TidegateException if the native library cannot be loaded or memory is short
     */
    public Tagger build() {
        TaggerInputs inputs = new TaggerInputs(forms, words.minimumCount(minimumCount).build(), letters, wordDropout);
        return new Tagger(inputs, tags, column, network(inputs).build(seed));
    }

    private ModelBuilder network(TaggerInputs inputs) {
        ModelBuilder net = new ModelBuilder();
        Node lettersIn = net.ids(TaggerInputs.LETTERS, axis(TaggerInputs.SPELLINGS));
        Node wordsIn = net.ids(TaggerInputs.WORDS, axis(TaggerInputs.SENTENCES));
        Node spelled = net.ids(TaggerInputs.SPELLED, axis(TaggerInputs.SENTENCES));
        Node letterRows = net.embedding(lettersIn, inputs.letters().size(), letterEmbedding, name("letter_embedding"));
        Node spelling = net.recurrent(letterRows, cell, letterHidden, bidirectional(), name("spelling"));
        Node word = net.embedding(wordsIn, inputs.words().size(), embedding, init(Initializer.NORMAL),
                Attribute.of("init_scale", WORD_SCALE), name(Tagger.WORD_EMBEDDING));
        Node x = dropped(net, net.concat(net.gather(spelling.finalHidden(), spelled), word), "input_dropped");
        Attribute between = Attribute.dropout(layers > 1 ? dropout : 0);
        Node read = net.recurrent(x, cell, hidden, bidirectional(), Attribute.layers(layers), between, name("sentence"));
        Node scores = net.linear(dropped(net, read, "sentence_dropped"), tags.size(), name(Tagger.SCORES));
        Node gold = net.ids(Tagger.TAGS, axis(TaggerInputs.SENTENCES));
        if (crf) {
            net.crf(scores, gold, name(Tagger.CRF));
        } else {
            net.crossEntropy(scores, gold, name("loss"));
        }
        return net;
    }

    private Node dropped(ModelBuilder net, Node x, String name) {
        return dropout > 0 ? net.dropout(x, dropout, name(name)) : x;
    }
}
