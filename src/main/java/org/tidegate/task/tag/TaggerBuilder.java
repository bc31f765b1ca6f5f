package org.tidegate.task.tag;

import static org.tidegate.Attribute.axis;
import static org.tidegate.Attribute.bidirectional;
import static org.tidegate.Attribute.init;
import static org.tidegate.Attribute.name;

import java.util.List;
import java.util.Objects;
import org.tidegate.Attribute;
import org.tidegate.Cell;
import org.tidegate.Initializer;
import org.tidegate.ModelBuilder;
import org.tidegate.Node;
import org.tidegate.data.ConlluColumn;
import org.tidegate.data.WordSplitter;
import org.tidegate.task.Layers;
import org.tidegate.task.WordBuilder;
import org.tidegate.text.Unicode;
import org.tidegate.text.Vocabulary;
import org.tidegate.text.VocabularyBuilder;

/**
 * The network of a tagger: letters → bidirectional layer → a word's spelling; concatenated with the word's embedding → bidirectional layers
 * over the sentence, {@link #LAYERS} by default → scores of the tags. Dropout is before and after the sentence's layers. Words, {@link
 * #WORDS} by default, letters and tags are those of the training sentences.
 */
public final class TaggerBuilder extends WordBuilder<TaggerBuilder> {
    /** The recurrent layers over a sentence by default, each in both directions. */
    public static final Layers LAYERS = new Layers(Cell.LSTM, 128, 1, 0.4);
    /** The words by default; rarer ones, in whatever case, have no embedding of their own. */
    public static final Words WORDS = new Words(64, 2);
    /** Columns of a letter's embedding by default. */
    public static final int LETTER_EMBEDDING = 32;
    /** Units of each direction of the layer over a word's letters by default. */
    public static final int LETTER_HIDDEN = 48;
    /** The word dropout by default: the share of words that training reads as the unknown word, so that only the spelling is left. */
    public static final double WORD_DROPOUT = 0.25;

    /** The initial deviation of word embeddings. Near 0 a rare word's embedding is weak beside its spelling. */
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
    private WordSplitter splitter = WordSplitter.WORDS;

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
                known.addToken(Unicode.lowerCase(word));
            });
            sentence.tags().forEach(tagCounts::addToken);
        }
        forms = formCounts.build();
        letters = letterCounts.build();
        tags = tagCounts.build();
    }

    /**
     * Sets the size of the letter embeddings, 32 by default.
     *
     * @param columns the columns of a letter's embedding
     * @return this builder
     * @throws IllegalArgumentException if it is not positive
     */
    public TaggerBuilder letterEmbedding(int columns) {
        letterEmbedding = positive("letter embedding size", columns);
        return this;
    }

    /**
     * Sets the hidden size of the layer over a word's letters, 48 by default.
     *
     * @param units units of each direction
     * @return this builder
     * @throws IllegalArgumentException if it is not positive
     */
    public TaggerBuilder letterHidden(int units) {
        letterHidden = positive("hidden size of the letters' layer", units);
        return this;
    }

    /**
     * Sets the word dropout, 0.25 by default.
     *
     * @param probability the probability with which a word is replaced by the unknown word in training, so that only its spelling is left
     * @return this builder
     * @throws IllegalArgumentException if it is not at least 0 and less than 1
     */
    public TaggerBuilder wordDropout(double probability) {
        wordDropout = probability("word dropout", probability);
        return this;
    }

    /**
     * Sets whether a conditional random field scores whole sequences of tags instead of each tag by itself; false by default.
     *
     * @param value whether it does
     * @return this builder
     */
    public TaggerBuilder crf(boolean value) {
        crf = value;
        return this;
    }

    /**
     * Sets the CoNLL-U column of the tags, UPOS by default; kept with the model, so that it can be evaluated on files of the same form.
     *
     * @param value the column
     * @return this builder
     */
    public TaggerBuilder column(ConlluColumn value) {
        column = Objects.requireNonNull(value, "column");
        return this;
    }

    /**
     * Sets how texts become words as the training sentences have them, {@link WordSplitter#WORDS} by default; {@link WordSplitter#of}
     * learns it from CoNLL-U files. Kept with the model, for {@link TaggerAnswers#words}.
     *
     * @param value the splitter
     * @return this builder
     */
    public TaggerBuilder splitter(WordSplitter value) {
        splitter = Objects.requireNonNull(value, "splitter");
        return this;
    }

    /**
     * {@return the untrained model} The caller closes it.
     *
     * @throws IllegalArgumentException if no word occurs often enough
     * @throws org.tidegate.TidegateException if the native library cannot be loaded or memory is short
     */
    public Tagger build() {
        Vocabulary words = known.minimumCount(words().minimumCount()).build();
        TaggerReading reading = new TaggerReading(tags, forms, words, letters, wordDropout, crf, column, splitter);
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
