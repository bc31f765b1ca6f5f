package org.tidegate.task;

import java.util.List;
import org.tidegate.Cell;
import org.tidegate.Model;
import org.tidegate.text.Vocabulary;
import org.tidegate.text.VocabularyBuilder;

/**
 * The shape of a translator: an encoder reads the sentence in both directions, a decoder starts from its last states and writes the
 * translation word by word, looking back by {@link Attention}. The defaults are LSTMs, 2 × 128 units that read and 256 that write,
 * over embeddings of 128, general attention, dropout 0.4, and the words that occur at least twice.
 */
public final class TranslatorBuilder {
    /** The node of the words that the encoder reads, embedded. */
    static final String READ = "read";
    private final List<SentencePair> pairs;
    private Cell cell = Cell.LSTM;
    private Attention attention = Attention.GENERAL;
    private int encoder = 128;
    private int decoder = 256;
    private int layers = 1;
    private int embedding = 128;
    private double dropout = 0.4;
    private double labelSmoothing;
    private int minimumCount = 2;
    private long seed = 1;

    TranslatorBuilder(List<SentencePair> pairs) {
        this.pairs = pairs;
    }

    /**
     * The recurrent cell of encoder and decoder, an LSTM by default.
     *
     * @throws IllegalArgumentException for {@link Cell#LSTM_PROJECTED}, whose projection this model has no size for
     */
    public TranslatorBuilder cell(Cell value) {
        cell = Settings.cell("a translator", value);
        return this;
    }

    /** How the decoder looks back, {@link Attention#GENERAL} by default. */
    public TranslatorBuilder attention(Attention value) {
        attention = value;
        return this;
    }

    /**
     * Units of the encoder in each direction, 128 by default.
     *
     * @throws IllegalArgumentException if it is not positive
     */
    public TranslatorBuilder encoder(int units) {
        encoder = Settings.positive("encoder's size", units);
        return this;
    }

    /**
     * Units of the decoder, 256 by default. Where it is not twice the encoder's, a learned layer turns the encoder's last states into
     * the decoder's first.
     *
     * @throws IllegalArgumentException if it is not positive
     */
    public TranslatorBuilder decoder(int units) {
        decoder = Settings.positive("decoder's size", units);
        return this;
    }

    /**
     * Recurrent layers of both, 1 by default; {@link Attention#BAHDANAU} has one.
     *
     * @throws IllegalArgumentException if it is not positive
     */
    public TranslatorBuilder layers(int count) {
        layers = Settings.positive("number of layers", count);
        return this;
    }

    /**
     * The size of a word's embedding, 128 by default.
     *
     * @throws IllegalArgumentException if it is not positive
     */
    public TranslatorBuilder embedding(int columns) {
        embedding = Settings.positive("embedding size", columns);
        return this;
    }

    /**
     * The share of embeddings, of the encoder's output and of the decoder's that is dropped in training, 0.4 by default.
     *
     * @throws IllegalArgumentException if it is not at least 0 and less than 1
     */
    public TranslatorBuilder dropout(double probability) {
        dropout = Settings.share("dropout", probability);
        return this;
    }

    /**
     * How much of each target's probability the loss gives to all words alike, 0 by default.
     *
     * @throws IllegalArgumentException if it is not at least 0 and less than 1
     */
    public TranslatorBuilder labelSmoothing(double share) {
        labelSmoothing = Settings.share("label smoothing", share);
        return this;
    }

    /**
     * How often a word must occur to be known, 2 by default.
     *
     * @throws IllegalArgumentException if it is not positive
     */
    public TranslatorBuilder minimumCount(int count) {
        minimumCount = Settings.positive("minimum count", count);
        return this;
    }

    /** The seed of the initial parameters, 1 by default. */
    public TranslatorBuilder seed(long value) {
        seed = value;
        return this;
    }

    /**
     * The model, untrained. The caller closes it.
     *
     * @throws IllegalArgumentException if the pairs have no word that occurs often enough, or the sizes do not go with the attention
     * @throws org.tidegate.TidegateException if the native library cannot be loaded or memory is short
     */
    public Translator build() {
        if (attention == Attention.BAHDANAU && layers > 1) {
            throw new IllegalArgumentException("attention inside the decoder has one layer, not " + layers
                    + "; choose another attention");
        }
        boolean alike = attention == Attention.DOT || attention == Attention.SCALED_DOT;
        if (alike && decoder != 2 * encoder) {
            throw new IllegalArgumentException("with " + attention + " attention the decoder's size is twice the encoder's; it is "
                    + decoder + " and not " + 2 * encoder + ". Choose general or additive attention for other sizes.");
        }
        VocabularyBuilder sources = Vocabulary.builder(Vocabulary.Unit.TOKEN).minimumCount(minimumCount).sequenceEnds();
        VocabularyBuilder targets = Vocabulary.builder(Vocabulary.Unit.TOKEN).minimumCount(minimumCount).sequenceEnds();
        int longest = 0;
        for (SentencePair pair : pairs) {
            List<String> target = Translator.words(pair.target());
            sources.add(String.join(" ", Translator.words(pair.source())));
            targets.add(String.join(" ", target));
            longest = Math.max(longest, target.size());
        }
        Vocabulary source = sources.build();
        Vocabulary target = targets.build();
        // One and a half times the longest translation seen, and the end: a decoder that circles is stopped there.
        return new Translator(source, target, longest + longest / 2 + 1, Model.of(spec(source.size(), target.size()), seed));
    }

    private String spec(int sourceWords, int targetWords) {
        SpecText spec = new SpecText();
        spec.line("%s = ids axis=source", Translator.SOURCE);
        spec.line("%s = ids axis=target", Translator.WORDS);
        spec.line("%s = ids axis=target", Translator.NEXT);
        spec.line("%s = embedding %s rows=%d cols=%d", READ, Translator.SOURCE, sourceWords, embedding);
        spec.line("encoder = recurrent %s cell=%s size=%d bidirectional=true%s", spec.dropped(READ, dropout), cell.spec(), encoder,
                deep());
        String keys = spec.dropped("encoder", dropout);
        String states = start(spec, "h");
        if (cell == Cell.LSTM) {
            states += start(spec, "c");
        }
        spec.line("written = embedding %s rows=%d cols=%d", Translator.WORDS, targetWords, embedding);
        String written = spec.dropped("written", dropout);
        if (attention == Attention.BAHDANAU) {
            spec.line("%s = attention_decoder %s %s cell=%s size=%d%s", Translator.ATTENTION, written, keys, cell.spec(), decoder,
                    states);
            spec.line("seen = concat %s %s.context", Translator.ATTENTION, Translator.ATTENTION);
        } else {
            spec.line("decoder = recurrent %s cell=%s size=%d%s%s", written, cell.spec(), decoder, deep(), states);
            if (attention != Attention.NONE) {
                spec.line("%s = attention decoder %s score=%s", Translator.ATTENTION, keys, attention.score());
                spec.line("seen = concat %s decoder", Translator.ATTENTION);
            }
        }
        String last = "decoder";
        if (attention != Attention.NONE) {
            spec.line("mixed = linear seen cols=%d", decoder);
            spec.line("attentional = activation mixed kind=tanh");
            last = "attentional";
        }
        spec.line("%s = linear %s cols=%d", Translator.LOGITS, spec.dropped(last, dropout), targetWords);
        spec.line("loss = cross_entropy %s %s%s", Translator.LOGITS, Translator.NEXT,
                labelSmoothing > 0 ? " label_smoothing=" + labelSmoothing : "");
        return spec.toString();
    }

    // The encoder's last states are columns [layer][direction][unit], the decoder's first [layer][unit]: the same where it is twice as
    // wide.
    private String start(SpecText spec, String state) {
        if (decoder == 2 * encoder) {
            return " " + state + "0=encoder." + state + "_n";
        }
        spec.line("bridge_%s = linear encoder.%s_n cols=%d", state, state, layers * decoder);
        spec.line("start_%s = activation bridge_%s kind=tanh", state, state);
        return " " + state + "0=start_" + state;
    }

    private String deep() {
        return layers == 1 ? "" : " layers=" + layers + (dropout > 0 ? " dropout=" + dropout : "");
    }
}
