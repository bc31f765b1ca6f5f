package org.tidegate.task;

import java.util.List;
import org.tidegate.Cell;
import org.tidegate.Model;
import org.tidegate.text.Vocabulary;
import org.tidegate.text.VocabularyBuilder;

/**
 * The shape of a captioner: a linear layer and tanh turn an image's pixels into a decoder's first state, from which it writes words
 * until the end sign. The defaults are a GRU of 128 units over embeddings of 64, with dropout 0.2 and images shifted by up to one
 * pixel while it learns. It takes images of the size of the largest it is built for.
 */
public final class CaptionerBuilder {
    private final List<CaptionedImage> examples;
    private Cell cell = Cell.GRU;
    private int hidden = 128;
    private int embedding = 64;
    private double dropout = 0.2;
    private int shift = 1;
    private SideBySide sideBySide = SideBySide.ALONE;
    private long seed = 1;

    CaptionerBuilder(List<CaptionedImage> examples) {
        this.examples = examples;
    }

    /**
     * The recurrent cell, a GRU by default.
     *
     * @throws IllegalArgumentException for {@link Cell#LSTM_PROJECTED}, whose projection this model has no size for
     */
    public CaptionerBuilder cell(Cell value) {
        cell = Settings.cell("a captioner", value);
        return this;
    }

    /**
     * Units of the decoder, 128 by default.
     *
     * @throws IllegalArgumentException if it is not positive
     */
    public CaptionerBuilder hidden(int units) {
        hidden = Settings.positive("hidden size", units);
        return this;
    }

    /**
     * The size of a word's embedding, 64 by default.
     *
     * @throws IllegalArgumentException if it is not positive
     */
    public CaptionerBuilder embedding(int columns) {
        embedding = Settings.positive("embedding size", columns);
        return this;
    }

    /**
     * The share of the first state and of the decoder's outputs that is dropped in training, 0.2 by default.
     *
     * @throws IllegalArgumentException if it is not at least 0 and less than 1
     */
    public CaptionerBuilder dropout(double probability) {
        dropout = Settings.share("dropout", probability);
        return this;
    }

    /**
     * By how many pixels an image is shifted at most, in each direction, whenever it is learned from; 1 by default, 0 for never.
     *
     * @throws IllegalArgumentException if it is negative
     */
    public CaptionerBuilder shift(int pixels) {
        if (pixels < 0) {
            throw new IllegalArgumentException("the shift is " + pixels + " pixels; expected 0 or more");
        }
        shift = pixels;
        return this;
    }

    /** How the examples were put side by side, for the model's file; alone by default. */
    public CaptionerBuilder sideBySide(SideBySide value) {
        sideBySide = value;
        return this;
    }

    /** The seed of the initial parameters, 1 by default. */
    public CaptionerBuilder seed(long value) {
        seed = value;
        return this;
    }

    /**
     * The model, untrained. The caller closes it.
     *
     * @throws IllegalArgumentException if there are no examples
     * @throws org.tidegate.TidegateException if the native library cannot be loaded or memory is short
     */
    public Captioner build() {
        VocabularyBuilder words = Vocabulary.builder(Vocabulary.Unit.TOKEN).sequenceEnds();
        int rows = 1;
        int columns = 1;
        int longest = 0;
        for (CaptionedImage example : examples) {
            words.add(example.caption());
            rows = Math.max(rows, example.image().rows());
            columns = Math.max(columns, example.image().columns());
            longest = Math.max(longest, Captioner.words(example.caption()).size());
        }
        Vocabulary vocabulary = words.build();
        Captioner.Shape shape = new Captioner.Shape(rows, columns, longest + 1, shift, sideBySide);
        return new Captioner(vocabulary, shape, Model.of(spec(vocabulary.size(), rows * columns), seed));
    }

    private String spec(int words, int pixels) {
        SpecText spec = new SpecText();
        spec.line("%s = input axis=%s cols=%d per=sequence", Captioner.IMAGE, Captioner.AXIS, pixels);
        spec.line("%s = ids axis=%s", Captioner.WORDS, Captioner.AXIS);
        spec.line("%s = ids axis=%s", Captioner.NEXT, Captioner.AXIS);
        String states = start(spec, "h");
        if (cell == Cell.LSTM) {
            states += start(spec, "c");
        }
        spec.line("embedding = embedding %s rows=%d cols=%d", Captioner.WORDS, words, embedding);
        spec.line("rnn = recurrent embedding cell=%s size=%d%s", cell.spec(), hidden, states);
        spec.line("%s = linear %s cols=%d", Captioner.LOGITS, spec.dropped("rnn", dropout), words);
        spec.line("loss = cross_entropy %s %s", Captioner.LOGITS, Captioner.NEXT);
        return spec.toString();
    }

    private String start(SpecText spec, String state) {
        spec.line("seen_%s = linear %s cols=%d", state, Captioner.IMAGE, hidden);
        spec.line("start_%s = activation seen_%s kind=tanh", state, state);
        return " " + state + "0=" + spec.dropped("start_" + state, dropout);
    }
}
