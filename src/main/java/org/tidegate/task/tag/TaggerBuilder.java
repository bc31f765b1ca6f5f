package org.tidegate.task.tag;

import static org.tidegate.Attribute.axis;
import static org.tidegate.Attribute.bidirectional;
import static org.tidegate.Attribute.init;
import static org.tidegate.Attribute.name;

import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.tidegate.Attribute;
import org.tidegate.Cell;
import org.tidegate.Initializer;
import org.tidegate.ModelBuilder;
import org.tidegate.Node;
import org.tidegate.data.ConlluColumn;
import org.tidegate.task.Layers;
import org.tidegate.task.WordBuilder;
import org.tidegate.text.Vocabulary;
import org.tidegate.text.VocabularyBuilder;

/**
 * The shape of a tagger: letters → bidirectional layer → a word's spelling; beside it the word's embedding; both → bidirectional layers
 * over the sentence, {@link #LAYERS} by default → scores of the tags. Elements are dropped before and after the sentence's layers. Words,
 * {@link #WORDS} by default, letters and tags are those of the training sentences.
 */
public final class TaggerBuilder extends WordBuilder<TaggerBuilder> {
    /** The recurrent layers over a sentence by default, each in both directions. */
    public static final Layers LAYERS = new Layers(Cell.LSTM, 128, 1, 0.4);
    /** The words by default; those that occur less often, in whatever case, have no embedding of their own. */
    public static final Words WORDS = new Words(64, 2);
    /** Columns of a letter's embedding by default. */
    public static final int LETTER_EMBEDDING = 32;
    /** Units of each direction of the layer that reads a word's letters by default. */
    public static final int LETTER_HIDDEN = 48;
    /** The share of words whose embedding training hides by default. */
    public static final double WORD_DROPOUT = 0.25;

    /** The deviation that word embeddings begin with. Near 0 a rare word says little itself, so that its letters are listened to. */
    private static final double WORD_SCALE = 0.1;

    private final Vocabulary forms;
    private final VocabularyBuilder known = Vocabulary.builder(Vocabulary.Unit.TOKEN);
    private final Vocabulary letters;
    private final Vocabulary tags;
    private int letterEmbedding = LETTER_EMBEDDING;
    private int letterHidden = LETTER_HIDDEN;
    private double wordDropout = WORD_DROPOUT;
    private boolean crf;
    private ConlluColumn column = ConlluColumn.UPOS;

    TaggerBuilder(List<TaggedSentence> sentences) {
        super(LAYERS, WORDS);
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
                known.addToken(word.toLowerCase(Locale.ROOT));
            });
            sentence.tags().forEach(tagCounts::addToken);
        }
        forms = formCounts.build();
        letters = letterCounts.build();
        tags = tagCounts.build();
    }

    /** The columns of a letter's embedding, 32 by default. */
    public TaggerBuilder letterEmbedding(int columns) {
        letterEmbedding = positive("letter embedding size", columns);
        return this;
    }

    /** Units of each direction of the layer that reads a word's letters, 48 by default. */
    public TaggerBuilder letterHidden(int units) {
        letterHidden = positive("hidden size of the letters' layer", units);
        return this;
    }

    /** The share of words whose embedding training hides, so that the spelling must tell; 0.25 by default. */
    public TaggerBuilder wordDropout(double probability) {
        wordDropout = probability("word dropout", probability);
        return this;
    }

    /** Whether a conditional random field scores whole sequences of tags instead of each tag by itself; not by default. */
    public TaggerBuilder crf(boolean value) {
        crf = value;
        return this;
    }

    /** The column of CoNLL-U that the tags come from, UPOS by default: kept for whoever reads more of these files. */
    public TaggerBuilder column(ConlluColumn value) {
        column = Objects.requireNonNull(value, "column");
        return this;
    }

    /**
     * The model, untrained. The caller closes it.
     *
     * @throws IllegalArgumentException if no word occurs often enough
     * @throws org.tidegate.TidegateException if the native library cannot be loaded or memory is short
     */
    public Tagger build() {
        Vocabulary words = known.minimumCount(words().minimumCount()).build();
        TaggerReading reading = new TaggerReading(tags, forms, words, letters, wordDropout, crf, column);
        return new Tagger(reading, network(words.size()).build(seed()));
    }

    private ModelBuilder network(int wordCount) {
        double dropout = layers().dropout();
        ModelBuilder net = new ModelBuilder();
        Node lettersIn = net.ids(TaggerReading.LETTERS, axis(TaggerReading.SPELLINGS));
        Node wordsIn = net.ids(TaggerReading.WORDS, axis(TaggerReading.SENTENCES));
        Node spelled = net.ids(TaggerReading.SPELLED, axis(TaggerReading.SENTENCES));
        Node letterRows = net.embedding(lettersIn, letters.size(), letterEmbedding, name(TaggerReading.LETTER_EMBEDDING));
        Node spelling = net.recurrent(letterRows, layers().cell(), letterHidden, bidirectional(), name("spelling"));
        Node word = net.embedding(wordsIn, wordCount, words().embedding(), init(Initializer.NORMAL),
                Attribute.of("init_scale", WORD_SCALE), name(TaggerReading.WORD_EMBEDDING));
        Node x = dropped(net, net.concat(net.gather(spelling.finalHidden(), spelled), word), dropout, name("input_dropped"));
        Node read = recurrent(net, x, layers(), "sentence", bidirectional());
        Node scores = net.linear(dropped(net, read, dropout, name("sentence_dropped")), tags.size(), name(TaggerReading.SCORES));
        Node right = net.ids(TaggerReading.TAGS, axis(TaggerReading.SENTENCES));
        if (crf) {
            net.crf(scores, right, name(TaggerReading.CRF));
        } else {
            net.crossEntropy(scores, right, name("loss"));
        }
        return net;
    }
}
